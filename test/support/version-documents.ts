/**
 * Builders of the documents of a new key version: the set of another platform key, ticket, package,
 * bundle; and of what makes a version active or retires it.
 * @module
 */
import {
  bundleType,
  type ActivateBundle,
  type BundleDocument,
  type NewVersionBundle,
  type RetireBundle,
} from '../../shared/bundle/bundle.ts';
import { sealBundle } from '../../shared/bundle/bundle-secret.ts';
import {
  packageType,
  type ActivatePackage,
  type NewVersionPackage,
  type PackageDocument,
  type RetirePackage,
} from '../../shared/bundle/package.ts';
import { sealRotatePackage } from '../../shared/bundle/rotate-package.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { makeTicket, packageCommon, type TestTicket } from './documents.ts';
import { at, randomId } from './people.ts';
import { makeNextSet, type NextSetOptions } from './rotate-documents.ts';
import type { TestShareSet } from './share-sets.ts';

/** The first set of the next version: another platform key, 64 bytes. */
export async function makeNextVersion(
  set: TestShareSet,
  { keyVersion = 'v2', ...options }: NextSetOptions & { readonly keyVersion?: string } = {},
): Promise<TestShareSet> {
  const { random = randomBytes } = options;
  const vaultComponent = options.vaultComponent ?? random(64);
  const version = { keyVersion, platformKey: random(64) };
  return makeNextSet(set, { ...options, vaultComponent, version });
}

export interface TestVersionPackage {
  readonly document: PackageDocument & { readonly body: NewVersionPackage };
  readonly ticket: TestTicket;
}

export async function makeVersionPackage(
  set: TestShareSet,
  options: {
    readonly random?: RandomSource;
    /** Sets of other versions that are trusted. */
    readonly others?: readonly TestShareSet[];
    /** Instead of that of the set. */
    readonly roster?: TestShareSet['roster'];
    readonly nextVersion?: string;
  } = {},
): Promise<TestVersionPackage> {
  const { random = randomBytes, others = [], roster = set.roster, nextVersion = 'v2' } = options;
  const ticket = await makeTicket(set, random, 'new-version');
  const body = await sealRotatePackage(
    {
      ...packageCommon(set, random),
      kind: 'new-version',
      recipient: set.sync.recipient.publicKey,
      keyVersion: set.manifest.body.keyVersion,
      nextVersion,
      ticketId: ticket.document.body.ticketId,
      ticketDigest: ticket.document.digest,
      manifest: envelopeToJson(set.manifest.envelope),
      roster: envelopeToJson(roster.envelope),
      ...(others.length === 0
        ? {}
        : { others: others.map(({ manifest }) => envelopeToJson(manifest.envelope)) }),
    },
    ticket.keys.publicKey,
    set.vaultComponent,
  );
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, ticket };
}

export interface VersionBundleOptions {
  readonly random?: RandomSource;
  readonly package?: PackageDocument & { readonly body: NewVersionPackage };
  /** Instead of the new vault component. */
  readonly secret?: Uint8Array;
  readonly signers?: readonly Signer[];
  readonly change?: Partial<Omit<NewVersionBundle, 'sealed'>>;
}

export interface TestVersionBundle {
  readonly document: BundleDocument & { readonly body: NewVersionBundle };
}

/** Signed by a quorum of `set`, bringing `next`. */
export async function makeVersionBundle(
  set: TestShareSet,
  next: TestShareSet,
  options: VersionBundleOptions = {},
): Promise<TestVersionBundle> {
  const { random = randomBytes } = options;
  const source = options.package ?? (await makeVersionPackage(set, { random })).document;
  const operator = next.cast.operator.signer;
  const body = await sealBundle<NewVersionBundle>(
    {
      mode: set.mode,
      audience: set.sync.audience,
      nonce: source.body.nonce,
      epoch: source.body.epoch,
      packageDigest: source.digest,
      ceremonyId: next.ceremonyId,
      operator: operator.keyid,
      createdAt: at(3600),
      transcript: { entries: 1, head: 'ab'.repeat(32) },
      manifestDigest: set.manifest.digest,
      rosterDigest: next.roster.digest,
      kind: 'new-version',
      keyVersion: set.manifest.body.keyVersion,
      nextVersion: next.manifest.body.keyVersion,
      manifest: envelopeToJson(next.manifest.envelope),
      newManifestDigest: next.manifest.digest,
      roster: envelopeToJson(next.roster.envelope),
      ...options.change,
    },
    source.body.recipient,
    options.secret ?? next.vaultComponent,
  );
  const signers = options.signers ?? [...set.quorum, operator];
  return { document: { ...(await bundleType.sign(body, signers)), body } };
}

export type ChangePackage = PackageDocument & { readonly body: ActivatePackage | RetirePackage };

/** For making `version` active, or for retiring it; `set` is that of the active version. */
export async function makeChangePackage(
  set: TestShareSet,
  kind: 'activate' | 'retire',
  version: string,
  random: RandomSource = randomBytes,
  more: {
    /** Sets of the other versions. */
    readonly others?: readonly Pick<TestShareSet, 'manifest'>[];
    readonly stored?: ActivatePackage['stored'];
  } = {},
): Promise<ChangePackage> {
  const { others, stored } = more;
  const body: ActivatePackage | RetirePackage = {
    ...packageCommon(set, random),
    keyVersion: set.manifest.body.keyVersion,
    manifest: envelopeToJson(set.manifest.envelope),
    roster: envelopeToJson(set.roster.envelope),
    ...(others === undefined
      ? {}
      : { others: others.map(({ manifest }) => envelopeToJson(manifest.envelope)) }),
    ...(stored === undefined ? {} : { stored }),
    ...(kind === 'activate' ? { kind, activates: version } : { kind, retires: version }),
  };
  return { ...(await packageType.sign(body, [set.sync.signer])), body };
}

export interface TestChangeBundle {
  readonly document: BundleDocument & { readonly body: ActivateBundle | RetireBundle };
}

/** Signed by a quorum of `set`, of the active version. */
export async function makeChangeBundle(
  set: TestShareSet,
  source: ChangePackage,
  options: {
    readonly random?: RandomSource;
    readonly signers?: readonly Signer[];
    readonly change?: Partial<ActivateBundle> & Partial<RetireBundle>;
  } = {},
): Promise<TestChangeBundle> {
  const { random = randomBytes } = options;
  const { body: from } = source;
  const operator = set.cast.operator.signer;
  const common = {
    mode: set.mode,
    audience: set.sync.audience,
    nonce: from.nonce,
    epoch: from.epoch,
    packageDigest: source.digest,
    ceremonyId: randomId(random),
    operator: operator.keyid,
    createdAt: at(3600),
    transcript: { entries: 1, head: 'ab'.repeat(32) },
    manifestDigest: set.manifest.digest,
    rosterDigest: set.roster.digest,
    keyVersion: from.keyVersion,
  };
  const own =
    from.kind === 'activate'
      ? { kind: from.kind, activates: from.activates }
      : { kind: from.kind, retires: from.retires };
  const body = { ...common, ...own, ...options.change } as ActivateBundle | RetireBundle;
  const signers = options.signers ?? [...set.quorum, operator];
  return { document: { ...(await bundleType.sign(body, signers)), body } };
}
