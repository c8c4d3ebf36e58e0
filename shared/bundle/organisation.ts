/**
 * Survey keys of an organisation are wrapped anew: what package and bundle say openly of it, and whether
 * the one answers the other. Either the owner forgot the passphrase, and a survey is helped by a user's
 * own escrow of its key; or the organisation moves to another key version and keeps its passphrase, and
 * its own entries are opened. Every other survey is named and stays as it is.
 *
 * Source: docs/decisions/0029-organisations.md, 0039-organisations-move-to-another-version.md.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '../encoding/bytes.ts';
import { digest, keyVersion, name, rowId, z } from '../encoding/schema.ts';
import { handedOver } from './organisation-half.ts';

/** Surveys that one package brings at most: half a second each on a laptop. */
export const ORGANISATION_SURVEYS = 100;

/** Surveys that one package names at most as left alone. */
export const LEFT_SURVEYS = 1_000;

export const organisationFacts = z.strictObject({
  requestCode: z.string().regex(/^[A-Z]{3}-[0-9]{3}-[A-Z]{3}$/),
  requestId: z.uuid(),
  organisationId: rowId,
  /** As CheckTick's table has it; empty: this CheckTick keeps none. */
  organisationName: z.string().max(255),
  /** Who acts for it, as the verification of the business recorded. */
  owner: name,
  /** The version under whose platform key the survey keys are wrapped. */
  keyVersion,
});
export type OrganisationFacts = z.infer<typeof organisationFacts>;

/** Which survey, and whose key wraps its key: the team's, or with `teamId` null the organisation's. */
const place = { surveyId: rowId, teamId: rowId.nullable() };

/** A survey whose key goes along: a user's escrow keeps it, or the organisation's own entry is opened. */
const packagedSurvey = z
  .strictObject({
    ...place,
    surveyName: z.string().max(255),
    /** Whose escrow goes along; null: the organisation's own entry. */
    userId: rowId.nullable(),
    /** Whose kind it is, and the SHA-256 of its bytes. */
    escrow: z.strictObject({ kind: z.enum(['checktick', 'sealed', 'organisation']), digest }),
    /** Whether CheckTick's row of the survey has a hash of its key; it is in the sealed part. */
    keyHash: z.enum(['sealed', 'none']),
    /** SHA-256 of what lies at `surveys/{id}/kek` as text; null: nothing. */
    entry: digest.nullable(),
  })
  // Anybody with the public half can seal a key: without a hash nothing shows that it is the survey's.
  .refine(({ escrow, keyHash }) => escrow.kind !== 'sealed' || keyHash === 'sealed')
  .refine(({ escrow, userId, entry }) =>
    escrow.kind === 'organisation' ? userId === null && entry !== null : userId !== null,
  );
export type PackagedSurvey = z.infer<typeof packagedSurvey>;

/** Why sync does not bring a survey. */
export const WHY_LEFT = [
  'no-entry',
  'no-escrow',
  'damaged',
  'other-key-version',
  'nothing-proves-it',
  'entry-damaged',
  'entry-other-version',
] as const;
export type WhyLeft = (typeof WHY_LEFT)[number];

const leftSurvey = z.strictObject({
  ...place,
  surveyName: z.string().max(255),
  why: z.enum(WHY_LEFT),
});
export type LeftSurvey = z.infer<typeof leftSurvey>;

const surveysDiffer = (all: readonly { readonly surveyId: number }[]) =>
  new Set(all.map(({ surveyId }) => surveyId)).size === all.length;

/** What the package says openly, beside what all packages say. */
export const organisationPackaged = {
  facts: organisationFacts,
  surveys: z.array(packagedSurvey).min(1).max(ORGANISATION_SURVEYS).refine(surveysDiffer),
  left: z.array(leftSurvey).max(LEFT_SURVEYS).refine(surveysDiffer),
  /** Surveys with an escrow that this package has no room for. */
  further: z.int().min(0),
  /**
   * A survey that an earlier ceremony wrapped anew: its entry goes along, and the passphrase must open
   * it, so that an organisation never has two. Null: a new passphrase is made up.
   */
  continues: z.strictObject(place).nullable(),
  /**
   * The organisation moves from another version to that of `facts`, and keeps its passphrase: the half
   * that opens its entries of before. Absent: its owner forgot the passphrase.
   */
  moves: handedOver.optional(),
};
const packaged = z.strictObject(organisationPackaged);
export type OrganisationPackaged = z.infer<typeof packaged>;

/** Whether its surveys are all of the one kind, and it can be of another version. */
export function isOfOneKind({ facts, surveys, continues, moves }: OrganisationPackaged): boolean {
  const own = surveys.filter(({ escrow }) => escrow.kind === 'organisation').length;
  return moves === undefined
    ? own === 0
    : own === surveys.length && continues === null && moves.from !== facts.keyVersion;
}

/** Whose passphrase it is: made up now, that of an earlier ceremony, or the one that was in use. */
export const PASSPHRASES = ['new', 'continued', 'kept'] as const;
export type WhosePassphrase = (typeof PASSPHRASES)[number];

/** What a package asks for. */
export function whosePassphrase({
  continues,
  moves,
}: Pick<OrganisationPackaged, 'continues' | 'moves'>): WhosePassphrase {
  if (moves !== undefined) return 'kept';
  return continues === null ? 'new' : 'continued';
}

/** Why the laptop wrapped nothing for a survey: what is in a user's escrow, or in its own entry. */
export const WHY_NOT_OPENED = [
  'not-opened',
  'not-the-surveys',
  'entry-not-opened',
  'entry-not-the-surveys',
] as const;
export type WhyNotOpened = (typeof WHY_NOT_OPENED)[number];

const movedSurvey = z.strictObject({
  ...place,
  /** By whose escrow; null: by its own entry. */
  userId: rowId.nullable(),
  /** Against CheckTick's hash; `not-compared`: there is none. */
  surveyKey: z.enum(['fits', 'not-compared']),
  /** SHA-256 of the bytes of the new entry, which is in the sealed part. */
  entry: digest,
});
export type MovedSurvey = z.infer<typeof movedSurvey>;

const unopenedSurvey = z.strictObject({ ...place, why: z.enum(WHY_NOT_OPENED) });
export type UnopenedSurvey = z.infer<typeof unopenedSurvey>;

/** What the bundle says openly, beside what all bundles say. */
export const organisationMoved = {
  facts: organisationFacts,
  passphrase: z.enum(PASSPHRASES),
  /** Of an organisation that moves: the version of before. */
  movedFrom: keyVersion.optional(),
  /** In the order of the package. */
  moved: z.array(movedSurvey).min(1).max(ORGANISATION_SURVEYS).refine(surveysDiffer),
  unopened: z.array(unopenedSurvey).max(ORGANISATION_SURVEYS).refine(surveysDiffer),
};

/** Whether it names a version of before where it moved, and then no user's escrow. */
export function saysWhence({
  facts,
  passphrase,
  movedFrom,
  moved,
}: Pick<OrganisationMoved, 'facts' | 'passphrase' | 'movedFrom' | 'moved'>): boolean {
  const isKept = passphrase === 'kept';
  return (
    isKept === (movedFrom !== undefined) &&
    movedFrom !== facts.keyVersion &&
    moved.every(({ userId }) => isKept === (userId === null))
  );
}

const whole = z.strictObject(organisationMoved);
export type OrganisationMoved = z.infer<typeof whole>;

/** Bytes of an entry: nonce, wrapped key, tag. */
export const ENTRY_BYTES = 60;

/** SHA-256 of an entry's bytes, in hex. */
export function entryDigest(entry: Uint8Array): string {
  return bytesToHex(sha256(entry));
}

const FACT_FIELDS = Object.keys(organisationFacts.shape) as readonly (keyof OrganisationFacts)[];

/**
 * Whether the bundle speaks of exactly the surveys that the package brought: each one moved or named
 * as not opened, under the same team and by the same escrow, compared where there was a hash.
 */
export function answersOrganisation(
  asked: Pick<OrganisationPackaged, 'facts' | 'surveys' | 'continues' | 'moves'>,
  said: OrganisationMoved,
): boolean {
  const { facts, surveys, moves } = asked;
  if (!FACT_FIELDS.every((field) => facts[field] === said.facts[field])) return false;
  if (said.passphrase !== whosePassphrase(asked) || said.movedFrom !== moves?.from) return false;
  const moved = new Map(said.moved.map((one) => [one.surveyId, one]));
  const unopened = new Map(said.unopened.map((one) => [one.surveyId, one]));
  if (moved.size + unopened.size !== surveys.length) return false;
  const order = surveys.filter(({ surveyId }) => moved.has(surveyId));
  if (order.some(({ surveyId }, at) => said.moved[at]?.surveyId !== surveyId)) return false;
  return surveys.every(({ surveyId, teamId, userId, keyHash }) => {
    const one = moved.get(surveyId);
    if (one === undefined) return unopened.get(surveyId)?.teamId === teamId;
    const compared = keyHash === 'sealed' ? 'fits' : 'not-compared';
    return one.teamId === teamId && one.userId === userId && one.surveyKey === compared;
  });
}

/** `survey 31 (team 9)`; part of a list. */
export function surveyInWords({
  surveyId,
  teamId,
}: Pick<PackagedSurvey, 'surveyId' | 'teamId'>): string {
  return teamId === null ? `survey ${surveyId}` : `survey ${surveyId} (team ${teamId})`;
}

/** `organisation 4 (Ward group)` */
export function organisationInWords({
  organisationId,
  organisationName,
}: Pick<OrganisationFacts, 'organisationId' | 'organisationName'>): string {
  return organisationName === ''
    ? `organisation ${organisationId}`
    : `organisation ${organisationId} (${organisationName})`;
}

/** Why a survey stays as it is; after its name and a colon. */
export const LEFT_IN_WORDS: Readonly<Record<WhyLeft | WhyNotOpened, string>> = {
  'no-entry': 'Vault holds no stored key of it for the organisation',
  'no-escrow': 'no user’s escrow keeps its key',
  damaged: 'the user’s escrow is damaged',
  'other-key-version': 'the user’s escrow is under another key version',
  'nothing-proves-it':
    'the user’s escrow is a sealed one, and CheckTick keeps no hash of the survey’s key to compare it with',
  'entry-damaged': 'what Vault holds of it is no stored key',
  'entry-other-version': 'its stored key is under a third key version',
  'not-opened': 'the user’s escrow did not open on the laptop',
  'not-the-surveys': 'the key in the user’s escrow is not the survey’s, by CheckTick’s hash',
  'entry-not-opened': 'its stored key did not open with the passphrase that opened the others',
  'entry-not-the-surveys': 'its stored key is not the survey’s, by CheckTick’s hash',
};

/** `by the escrow of user 7`, or from where else its key came; part of a sentence. */
export function sourceInWords({ userId }: Pick<PackagedSurvey, 'userId'>): string {
  return userId === null ? 'by its own entry of before' : `by the escrow of user ${userId}`;
}
