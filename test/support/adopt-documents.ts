/**
 * Builders of the documents of an adoption: ticket, package with its secrets, bundle.
 * @module
 */
import type { Adoption, AdoptFound } from '../../shared/bundle/adopt.ts';
import { sealAdoptPackage, type AdoptSecrets } from '../../shared/bundle/adopt-package.ts';
import { bundleType, type AdoptBundle, type BundleDocument } from '../../shared/bundle/bundle.ts';
import {
  packageType,
  type AdoptPackage,
  type PackageDocument,
} from '../../shared/bundle/package.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { ENCRYPTED_KEK, makeTicket, packageCommon, type TestTicket } from './documents.ts';
import { at } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

/** What a sync finds where Vault and the row of one version agree, with one stored survey key. */
export function foundSame(keyVersion: string): AdoptFound {
  return {
    vault: 'there',
    forms: ['upper-case'],
    versions: [
      {
        version: keyVersion,
        state: 'active',
        compared: 'same',
        escrows: 3,
        proof: { userId: 7, surveyId: 31 },
      },
    ],
  };
}

export function secretsSame(set: TestShareSet): AdoptSecrets {
  return [
    {
      version: set.manifest.body.keyVersion,
      components: [{ place: 'both', bytes: set.vaultComponent }],
      encryptedKeks: [ENCRYPTED_KEK],
    },
  ];
}

export interface AdoptPackageOptions {
  readonly random?: RandomSource;
  readonly found?: AdoptFound;
  readonly secrets?: AdoptSecrets;
}

export interface TestAdoptPackage {
  readonly document: PackageDocument & { readonly body: AdoptPackage };
  readonly ticket: TestTicket;
}

export async function makeAdoptPackage(
  set: TestShareSet,
  options: AdoptPackageOptions = {},
): Promise<TestAdoptPackage> {
  const { random = randomBytes } = options;
  const { keyVersion } = set.manifest.body;
  const ticket = await makeTicket(set, random, 'adopt');
  const body = await sealAdoptPackage(
    {
      ...packageCommon(set, random),
      epoch: 0,
      kind: 'adopt',
      keyVersion,
      ticketId: ticket.document.body.ticketId,
      ticketDigest: ticket.document.digest,
      found: options.found ?? foundSame(keyVersion),
    },
    ticket.keys.publicKey,
    options.secrets ?? secretsSame(set),
  );
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, ticket };
}

export interface AdoptBundleOptions {
  readonly random?: RandomSource;
  readonly package?: PackageDocument;
  readonly said?: Partial<Adoption>;
  readonly ceremonyId?: string;
  readonly transcript?: AdoptBundle['transcript'];
  readonly signers?: readonly Signer[];
}

export interface TestAdoptBundle {
  readonly document: BundleDocument & { readonly body: AdoptBundle };
}

export async function makeAdoptBundle(
  set: TestShareSet,
  options: AdoptBundleOptions = {},
): Promise<TestAdoptBundle> {
  const { random = randomBytes } = options;
  const source = options.package ?? (await makeAdoptPackage(set, { random })).document;
  const body: AdoptBundle = {
    mode: set.mode,
    audience: set.sync.audience,
    nonce: source.body.nonce,
    epoch: source.body.epoch,
    packageDigest: source.digest,
    ceremonyId: options.ceremonyId ?? set.manifest.body.ceremonyId,
    operator: set.cast.operator.signer.keyid,
    createdAt: at(3600),
    transcript: options.transcript ?? { entries: 1, head: 'ab'.repeat(32) },
    manifestDigest: set.manifest.digest,
    rosterDigest: set.roster.digest,
    kind: 'adopt',
    keyVersion: set.manifest.body.keyVersion,
    manifest: envelopeToJson(set.manifest.envelope),
    roster: envelopeToJson(set.roster.envelope),
    compared: 'same',
    component: 'both',
    proof: 'escrow',
    decided: null,
    legacy: { threshold: 3, count: 4 },
    ...options.said,
  };
  const signers = options.signers ?? [...set.quorum, set.cast.operator.signer];
  return { document: { ...(await bundleType.sign(body, signers)), body } };
}
