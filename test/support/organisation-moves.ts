/**
 * Builders of the documents of an organisation that moves to another key version: the half that is
 * handed over, its entries of before, package and bundle.
 * @module
 */
import { pbkdf2Sync } from 'node:crypto';
import type { MoveBundle, OrganisationBundle } from '../../shared/bundle/bundle.ts';
import { sealHalf, type HandedOver } from '../../shared/bundle/organisation-half.ts';
import {
  sealOrganisationPackage,
  type SurveyEscrow,
} from '../../shared/bundle/organisation-package.ts';
import { entryDigest } from '../../shared/bundle/organisation.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { organisationHalf } from '../../shared/checktick/organisation-half.ts';
import { readKekBlob, sealKekBlob, vaultPaths, wayKey } from '../../shared/checktick/index.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { makeTicket, packageCommon } from './documents.ts';
import {
  makeOrganisationBundle,
  ORGANISATION_FACTS,
  type TestOrganisationPackage,
} from './organisation-documents.ts';
import { randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

/** The passphrase in use. */
export const OWN_WORDS = 'Der Kiosk am Hafen oeffnet erst um neun, ausser montags';

/** Surveys of the organisation and of one of its teams, whose keys nobody else keeps. */
export const OWN_SURVEYS = [
  { surveyId: 51, teamId: 9, hashed: true },
  { surveyId: 52, teamId: null, hashed: false },
] as const;

/** The half of `set`, as its custodians seal it to the escrow key of `next`. */
export async function makeHalf(
  set: TestShareSet,
  next: TestShareSet,
  { ceremonyId, nonce }: Pick<MoveBundle, 'ceremonyId' | 'nonce'> = {
    ceremonyId: randomId(randomBytes),
    nonce: randomId(randomBytes),
  },
): Promise<HandedOver> {
  const [from, to] = [set.manifest.body.keyVersion, next.manifest.body.keyVersion];
  const place = { mode: set.mode, audience: set.sync.audience, from, to, ceremonyId, nonce };
  const half = organisationHalf(set.platformKey);
  const sealed = await sealHalf(place, next.manifest.body.escrowKey ?? '', half);
  return { from, ceremonyId, nonce, sealed };
}

/** What lies at `surveys/{id}/kek`, under a platform key and a passphrase. */
export async function ownEntry(
  platformKey: Uint8Array,
  {
    surveyId,
    teamId,
    hashed,
    organisationId = ORGANISATION_FACTS.organisationId,
  }: {
    readonly surveyId: number;
    readonly teamId: number | null;
    readonly hashed: boolean;
    readonly organisationId?: number;
  },
  kek: Uint8Array,
  { random = randomBytes, words = OWN_WORDS } = {},
): Promise<SurveyEscrow> {
  const way = { organisationId, teamId };
  const key = await wayKey(platformKey, way, new TextEncoder().encode(words));
  const bytes = readKekBlob(await sealKekBlob(key, vaultPaths.surveyKek(surveyId), kek));
  if (!hashed) return { bytes, keyHash: null };
  const salt = random(16);
  return {
    bytes,
    keyHash: { salt, hash: new Uint8Array(pbkdf2Sync(kek, salt, 200_000, 32, 'sha256')) },
  };
}

/** @param set of the version of before; @param next of the one it moves to, whose package it is */
export async function makeMovingPackage(
  set: TestShareSet,
  next: TestShareSet,
  {
    random = randomBytes,
    half,
  }: { readonly random?: RandomSource; readonly half?: HandedOver } = {},
): Promise<TestOrganisationPackage> {
  const ticket = await makeTicket(next, random);
  const keks = OWN_SURVEYS.map(() => random(32));
  const escrows: SurveyEscrow[] = [];
  for (const [at, survey] of OWN_SURVEYS.entries()) {
    escrows.push(await ownEntry(set.platformKey, survey, keks[at] ?? random(32), { random }));
  }
  const { vaultComponent } = next;
  const secrets = { vaultComponent, escrows, entry: null };
  const body = await sealOrganisationPackage(
    {
      ...packageCommon(next, random),
      kind: 'migrate-organisation',
      recipient: next.sync.recipient.publicKey,
      ticketId: ticket.document.body.ticketId,
      ticketDigest: ticket.document.digest,
      facts: { ...ORGANISATION_FACTS, keyVersion: next.manifest.body.keyVersion },
      surveys: OWN_SURVEYS.map(({ surveyId, teamId, hashed }, at) => {
        const digest = entryDigest(escrows[at]?.bytes ?? new Uint8Array());
        return {
          surveyId,
          teamId,
          surveyName: `Survey ${surveyId}`,
          userId: null,
          escrow: { kind: 'organisation' as const, digest },
          keyHash: hashed ? ('sealed' as const) : ('none' as const),
          entry: 'cd'.repeat(32),
        };
      }),
      left: [{ surveyId: 59, teamId: 9, surveyName: 'Survey 59', why: 'entry-damaged' }],
      further: 0,
      continues: null,
      moves: half ?? (await makeHalf(set, next)),
      manifest: envelopeToJson(next.manifest.envelope),
      roster: envelopeToJson(next.roster.envelope),
      others: [envelopeToJson(set.manifest.envelope)],
    },
    ticket.keys.publicKey,
    secrets,
  );
  const document = await packageType.sign(body, [next.sync.signer]);
  return { document: { ...document, body }, ticket, secrets, keks };
}

/** As the laptop makes it: every survey wrapped under the same passphrase, with the other platform key. */
export async function makeMovingBundle(
  set: TestShareSet,
  next: TestShareSet,
  source: TestOrganisationPackage,
  options: {
    readonly random?: RandomSource;
    readonly change?: Partial<OrganisationBundle>;
  } = {},
): Promise<Awaited<ReturnType<typeof makeOrganisationBundle>>> {
  const movedFrom = set.manifest.body.keyVersion;
  return makeOrganisationBundle(next, source, {
    ...options,
    words: OWN_WORDS,
    change: { passphrase: 'kept', movedFrom, ...options.change },
  });
}
