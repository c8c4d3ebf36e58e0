/**
 * Builders of the documents of a recovery of an organisation's survey: package with its secrets,
 * bundle; and what lies in Vault for it.
 * @module
 */
import {
  bundleType,
  sealBundle,
  type BundleDocument,
  type MemberBundle,
} from '../../shared/bundle/bundle.ts';
import { sealMemberPackage } from '../../shared/bundle/member-package.ts';
import {
  packageType,
  type MemberPackage,
  type OrganisationWay,
  type PackageDocument,
} from '../../shared/bundle/package.ts';
import { sealKekBlob, vaultPaths, wayKey } from '../../shared/checktick/index.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import {
  ENCRYPTED_KEK,
  makeTicket,
  packageCommon,
  RECOVER_FACTS,
  type TestTicket,
} from './documents.ts';
import { at, randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

/** Of the survey in {@link RECOVER_FACTS}. */
export const TEAM: OrganisationWay = { organisationId: 4, teamId: 9 };

export const OWNERS_WORDS = 'Größe der Ward-Küche, 1987: ja!';

/** What Vault holds at `surveys/{id}/kek`. */
export async function organisationsKek(
  platformKey: Uint8Array,
  {
    kek,
    way = TEAM,
    words = OWNERS_WORDS,
    surveyId = RECOVER_FACTS.surveyId,
  }: {
    readonly kek: Uint8Array;
    readonly way?: OrganisationWay;
    readonly words?: string;
    readonly surveyId?: number;
  },
): Promise<string> {
  const key = await wayKey(platformKey, way, new TextEncoder().encode(words));
  return sealKekBlob(key, vaultPaths.surveyKek(surveyId), kek);
}

export interface TestMemberPackage {
  readonly document: PackageDocument & { readonly body: MemberPackage };
  readonly ticket: TestTicket;
}

export async function makeMemberPackage(
  set: TestShareSet,
  options: {
    readonly random?: RandomSource;
    readonly organisation?: OrganisationWay;
    readonly encryptedKek?: string;
    readonly ticket?: TestTicket;
  } = {},
): Promise<TestMemberPackage> {
  const { random = randomBytes, organisation = TEAM, encryptedKek = ENCRYPTED_KEK } = options;
  const ticket = options.ticket ?? (await makeTicket(set, random));
  const { keyVersion } = set.manifest.body;
  const body = await sealMemberPackage(
    {
      ...packageCommon(set, random),
      kind: 'recover-member',
      recipient: set.sync.recipient.publicKey,
      ticketId: ticket.document.body.ticketId,
      ticketDigest: ticket.document.digest,
      facts: { ...RECOVER_FACTS, keyVersion },
      organisation,
      manifest: envelopeToJson(set.manifest.envelope),
      roster: envelopeToJson(set.roster.envelope),
    },
    ticket.keys.publicKey,
    { vaultComponent: set.vaultComponent, encryptedKek },
  );
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, ticket };
}

export async function makeMemberBundle(
  set: TestShareSet,
  source: PackageDocument & { readonly body: MemberPackage },
  options: {
    readonly random?: RandomSource;
    readonly kek?: Uint8Array;
    readonly change?: Partial<MemberBundle>;
  } = {},
): Promise<{
  readonly document: BundleDocument & { readonly body: MemberBundle };
  readonly kek: Uint8Array;
}> {
  const { random = randomBytes, kek = random(32), change = {} } = options;
  const { nonce, epoch, facts, organisation, recipient } = source.body;
  const body = await sealBundle<MemberBundle>(
    {
      kind: 'recover-member',
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
      organisation,
      ...change,
    },
    recipient,
    kek,
  );
  const document = await bundleType.sign(body, [...set.quorum, set.cast.operator.signer]);
  return { document: { ...document, body }, kek };
}
