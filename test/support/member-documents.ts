/**
 * Builders of the documents of a recovery of an organisation's survey: package with its secrets,
 * bundle; and what lies in Vault for it.
 * @module
 */
import { bundleType, type BundleDocument, type MemberBundle } from '../../shared/bundle/bundle.ts';
import { sealBundle } from '../../shared/bundle/bundle-secret.ts';
import { entryTextDigest, sealMemberPackage } from '../../shared/bundle/member-package.ts';
import {
  packageType,
  type MemberPackage,
  type OrganisationWay,
  type PackageDocument,
} from '../../shared/bundle/package.ts';
import { type KeyHash, sealKekBlob, vaultPaths, wayKey } from '../../shared/checktick/index.ts';
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

/** What the package openly says of the stored key. */
export function saidOfEntry(
  encryptedKek: string,
  keyHash: KeyHash | null,
): NonNullable<MemberPackage['escrow']> {
  const digest = entryTextDigest(encryptedKek);
  return { kind: 'organisation', digest, keyHash: keyHash === null ? 'none' : 'sealed' };
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
    /** Of CheckTick's row; null: it has none. Without it, a package from before it was compared. */
    readonly keyHash?: KeyHash | null;
    readonly ticket?: TestTicket;
  } = {},
): Promise<TestMemberPackage> {
  const { random = randomBytes, organisation = TEAM, encryptedKek = ENCRYPTED_KEK } = options;
  const { keyHash } = options;
  const said = keyHash === undefined ? {} : { escrow: saidOfEntry(encryptedKek, keyHash) };
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
      ...said,
      manifest: envelopeToJson(set.manifest.envelope),
      roster: envelopeToJson(set.roster.envelope),
    },
    ticket.keys.publicKey,
    { vaultComponent: set.vaultComponent, encryptedKek, keyHash },
  );
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, ticket };
}

/** As the laptop answers where the key fits the hash, or there is none. */
function openedOf({
  kind,
  digest,
  keyHash,
}: NonNullable<MemberPackage['escrow']>): NonNullable<MemberBundle['escrow']> {
  return { kind, digest, surveyKey: keyHash === 'sealed' ? 'fits' : 'not-compared' };
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
  const { nonce, epoch, facts, organisation, recipient, escrow: said } = source.body;
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
      ...(said === undefined ? {} : { escrow: openedOf(said) }),
      ...change,
    },
    recipient,
    kek,
  );
  const document = await bundleType.sign(body, [...set.quorum, set.cast.operator.signer]);
  return { document: { ...document, body }, kek };
}
