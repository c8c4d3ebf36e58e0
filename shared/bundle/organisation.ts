/**
 * The owner of an organisation forgot the passphrase: what package and bundle say openly of it, and
 * whether the one answers the other. A survey is helped by a user's own escrow of its key; every other
 * one is named and stays as it is.
 *
 * Source: docs/decisions/0029-organisations.md.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '../encoding/bytes.ts';
import { digest, keyVersion, name, rowId, z } from '../encoding/schema.ts';

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
  /** The version whose component CheckTick derives keys of organisations from. */
  keyVersion,
});
export type OrganisationFacts = z.infer<typeof organisationFacts>;

/** Which survey, and whose key wraps its key: the team's, or with `teamId` null the organisation's. */
const place = { surveyId: rowId, teamId: rowId.nullable() };

/** A survey whose key a user's escrow keeps as well. */
const packagedSurvey = z
  .strictObject({
    ...place,
    surveyName: z.string().max(255),
    /** Whose escrow goes along. */
    userId: rowId,
    /** Whose kind it is, and the SHA-256 of its bytes. */
    escrow: z.strictObject({ kind: z.enum(['checktick', 'sealed']), digest }),
    /** Whether CheckTick's row of the survey has a hash of its key; it is in the sealed part. */
    keyHash: z.enum(['sealed', 'none']),
    /** SHA-256 of what lies at `surveys/{id}/kek` as text; null: nothing. */
    entry: digest.nullable(),
  })
  // Anybody with the public half can seal a key: without a hash nothing shows that it is the survey's.
  .refine(({ escrow, keyHash }) => escrow.kind === 'checktick' || keyHash === 'sealed');
export type PackagedSurvey = z.infer<typeof packagedSurvey>;

/** Why sync does not bring a survey. */
export const WHY_LEFT = [
  'no-entry',
  'no-escrow',
  'damaged',
  'other-key-version',
  'nothing-proves-it',
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
};
const packaged = z.strictObject(organisationPackaged);
export type OrganisationPackaged = z.infer<typeof packaged>;

/** Why the laptop wrapped nothing for a survey. */
export const WHY_NOT_OPENED = ['not-opened', 'not-the-surveys'] as const;
export type WhyNotOpened = (typeof WHY_NOT_OPENED)[number];

const movedSurvey = z.strictObject({
  ...place,
  userId: rowId,
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
  passphrase: z.enum(['new', 'continued']),
  /** In the order of the package. */
  moved: z.array(movedSurvey).min(1).max(ORGANISATION_SURVEYS).refine(surveysDiffer),
  unopened: z.array(unopenedSurvey).max(ORGANISATION_SURVEYS).refine(surveysDiffer),
};
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
  asked: Pick<OrganisationPackaged, 'facts' | 'surveys' | 'continues'>,
  said: OrganisationMoved,
): boolean {
  const { facts, surveys, continues } = asked;
  if (!FACT_FIELDS.every((field) => facts[field] === said.facts[field])) return false;
  if (said.passphrase !== (continues === null ? 'new' : 'continued')) return false;
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
  'not-opened': 'the user’s escrow did not open on the laptop',
  'not-the-surveys': 'the key in the user’s escrow is not the survey’s, by CheckTick’s hash',
};
