/**
 * Builders of the documents for an owner who forgot the passphrase: surveys with users' escrows of
 * both kinds, package with its secrets, bundle.
 * @module
 */
import { pbkdf2Sync } from 'node:crypto';
import {
  bundleType,
  type BundleDocument,
  type OrganisationBundle,
} from '../../shared/bundle/bundle.ts';
import { sealOrganisationBundle } from '../../shared/bundle/organisation-bundle.ts';
import {
  sealOrganisationPackage,
  type OrganisationSecrets,
  type SurveyEscrow,
} from '../../shared/bundle/organisation-package.ts';
import {
  entryDigest,
  type LeftSurvey,
  type MovedSurvey,
  type OrganisationFacts,
  type PackagedSurvey,
} from '../../shared/bundle/organisation.ts';
import {
  packageType,
  type OrganisationPackage,
  type PackageDocument,
} from '../../shared/bundle/package.ts';
import {
  readKekBlob,
  sealKekBlob,
  userRecoveryKey,
  vaultPaths,
  wayKey,
} from '../../shared/checktick/index.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { sealEscrow } from '../../shared/escrow/escrow.ts';
import type { Mode } from '../../shared/mode.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { makeTicket, packageCommon, type TestTicket } from './documents.ts';
import { at, randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

export const ORGANISATION_FACTS: OrganisationFacts = {
  requestCode: 'ORG-204-NEW',
  requestId: '9b2f6ad1-6d0e-4a1b-9a53-0e7f3c0a5d11',
  organisationId: 4,
  organisationName: 'Organisation 4',
  owner: 'owner 1',
  keyVersion: 'v1',
};

/** What the owner makes up. */
export const NEW_WORDS = 'Violett-Kran 7 zaehlt Moosbeeren, Quarz & Treppe';

/** The surveys: one of each kind that is to be helped, under a team and under the organisation. */
export const HELPED = [
  { surveyId: 31, teamId: 9, userId: 7, kind: 'checktick', hashed: true },
  { surveyId: 32, teamId: null, userId: 8, kind: 'checktick', hashed: false },
  { surveyId: 33, teamId: 9, userId: 7, kind: 'sealed', hashed: true },
] as const;

export const LEFT: readonly LeftSurvey[] = [
  { surveyId: 40, teamId: 9, surveyName: 'Survey 40', why: 'no-escrow' },
  { surveyId: 41, teamId: null, surveyName: 'Survey 41', why: 'other-key-version' },
];

/** What of a set a user's escrow is made with. */
export interface EscrowSource {
  readonly mode: Mode;
  readonly audience: string;
  readonly platformKey: Uint8Array;
  /** Of the manifest; X-Wing, base64. */
  readonly escrowKey: string;
}

/** As a real deployment holds it. `hashedKey`: CheckTick's hash is of that one. */
export async function surveyEscrow(
  { mode, audience, platformKey, escrowKey }: EscrowSource,
  survey: {
    readonly surveyId: number;
    readonly userId: number;
    readonly kind: 'checktick' | 'sealed';
    readonly kek: Uint8Array;
    readonly hashedKey?: Uint8Array;
  },
  random: RandomSource = randomBytes,
): Promise<SurveyEscrow> {
  const { surveyId, userId, kind, kek, hashedKey } = survey;
  const salt = random(16);
  const keyHash =
    hashedKey === undefined
      ? null
      : { salt, hash: new Uint8Array(pbkdf2Sync(hashedKey, salt, 200_000, 32, 'sha256')) };
  const { keyVersion } = ORGANISATION_FACTS;
  if (kind === 'sealed') {
    const binding = { mode, audience, keyVersion, userId, surveyId };
    return { bytes: await sealEscrow(escrowKey, binding, kek), keyHash };
  }
  const path = vaultPaths.userSurveyRecoveryKek(userId, surveyId);
  const blob = await sealKekBlob(await userRecoveryKey(platformKey, userId), path, kek);
  return { bytes: readKekBlob(blob), keyHash };
}

/** What is openly said of an escrow. */
export function packagedSurvey(
  { surveyId, teamId, userId, kind }: Omit<(typeof HELPED)[number], 'hashed'>,
  { bytes, keyHash }: SurveyEscrow,
): PackagedSurvey {
  return {
    surveyId,
    teamId,
    surveyName: `Survey ${surveyId}`,
    userId,
    escrow: { kind, digest: entryDigest(bytes) },
    keyHash: keyHash === null ? 'none' : 'sealed',
    entry: 'cd'.repeat(32),
  };
}

export interface TestOrganisationPackage {
  readonly document: PackageDocument & { readonly body: OrganisationPackage };
  readonly ticket: TestTicket;
  readonly secrets: OrganisationSecrets;
  /** Of {@link HELPED}, in its order. */
  readonly keks: readonly Uint8Array[];
}

export async function makeOrganisationPackage(
  set: TestShareSet,
  {
    random = randomBytes,
    change = {},
    entry = null,
  }: {
    readonly random?: RandomSource;
    readonly change?: Partial<OrganisationPackage>;
    readonly entry?: Uint8Array | null;
  } = {},
): Promise<TestOrganisationPackage> {
  const ticket = await makeTicket(set, random);
  const { mode, platformKey } = set;
  const { audience } = set.sync;
  const { keyVersion, escrowKey = '' } = set.manifest.body;
  const keks = HELPED.map(() => random(32));
  const escrows: SurveyEscrow[] = [];
  for (const [place, survey] of HELPED.entries()) {
    const kek = keks[place] ?? random(32);
    const hashed = survey.hashed ? { hashedKey: kek } : {};
    const from = { mode, audience, platformKey, escrowKey };
    escrows.push(await surveyEscrow(from, { ...survey, ...hashed, kek }, random));
  }
  const secrets: OrganisationSecrets = { vaultComponent: set.vaultComponent, escrows, entry };
  const body = await sealOrganisationPackage(
    {
      ...packageCommon(set, random),
      kind: 'migrate-organisation',
      recipient: set.sync.recipient.publicKey,
      ticketId: ticket.document.body.ticketId,
      ticketDigest: ticket.document.digest,
      facts: { ...ORGANISATION_FACTS, keyVersion },
      surveys: HELPED.flatMap((survey, place) => {
        const escrow = escrows[place];
        return escrow === undefined ? [] : [packagedSurvey(survey, escrow)];
      }),
      left: [...LEFT],
      further: 0,
      continues: null,
      manifest: envelopeToJson(set.manifest.envelope),
      roster: envelopeToJson(set.roster.envelope),
      ...change,
    },
    ticket.keys.publicKey,
    secrets,
  );
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, ticket, secrets, keks };
}

/** As the laptop makes it: every survey of the package wrapped under the new passphrase. */
export async function makeOrganisationBundle(
  set: TestShareSet,
  { document: source, keks }: Pick<TestOrganisationPackage, 'document' | 'keks'>,
  {
    random = randomBytes,
    change = {},
    words: typed = NEW_WORDS,
  }: {
    readonly random?: RandomSource;
    readonly change?: Partial<OrganisationBundle>;
    readonly words?: string;
  } = {},
): Promise<{
  readonly document: BundleDocument & { readonly body: OrganisationBundle };
  readonly entries: readonly Uint8Array[];
}> {
  const { nonce, epoch, facts, surveys, recipient } = source.body;
  const words = new TextEncoder().encode(typed);
  const entries: Uint8Array[] = [];
  const moved: MovedSurvey[] = [];
  for (const [place, { surveyId, teamId, userId, keyHash }] of surveys.entries()) {
    const way = { organisationId: facts.organisationId, teamId };
    const key = await wayKey(set.platformKey, way, words);
    const kek = keks[place] ?? random(32);
    const entry = readKekBlob(await sealKekBlob(key, vaultPaths.surveyKek(surveyId), kek));
    entries.push(entry);
    const surveyKey = keyHash === 'sealed' ? 'fits' : 'not-compared';
    moved.push({ surveyId, teamId, userId, surveyKey, entry: entryDigest(entry) });
  }
  const body = await sealOrganisationBundle(
    {
      kind: 'migrate-organisation',
      mode: set.mode,
      audience: set.sync.audience,
      nonce,
      epoch,
      packageDigest: source.digest,
      ceremonyId: randomId(random),
      operator: set.cast.operator.signer.keyid,
      createdAt: at(3600),
      transcript: { entries: 1, head: 'ab'.repeat(32) },
      manifestDigest: set.manifest.digest,
      rosterDigest: set.roster.digest,
      facts,
      passphrase: source.body.continues === null ? 'new' : 'continued',
      moved,
      unopened: [],
      ...change,
    },
    recipient,
    entries,
  );
  const document = await bundleType.sign(body, [...set.quorum, set.cast.operator.signer]);
  return { document: { ...document, body }, entries };
}
