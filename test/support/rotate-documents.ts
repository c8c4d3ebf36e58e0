/**
 * Builders of the documents of a rotation: the new set of the same platform key, ticket, package,
 * bundle.
 * @module
 */
import { bundleType, type BundleDocument, type RotateBundle } from '../../shared/bundle/bundle.ts';
import { sealBundle } from '../../shared/bundle/bundle-secret.ts';
import {
  packageType,
  type PackageDocument,
  type RotatePackage,
} from '../../shared/bundle/package.ts';
import { sealRotatePackage } from '../../shared/bundle/rotate-package.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import type { Roster } from '../../shared/identity/roster.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { encodeShare } from '../../shared/sharing/envelope.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import { shareSigner } from '../../shared/sharing/share-key.ts';
import { splitComponent } from '../../shared/sharing/split.ts';
import { makeTicket, packageCommon, type TestTicket } from './documents.ts';
import { at, makeCast, randomId, type Cast } from './people.ts';
import { makeManifest, makeRoster, type TestShareSet } from './share-sets.ts';

export interface NextSetOptions {
  readonly random?: RandomSource;
  readonly threshold?: number;
  readonly count?: number;
  /** Whatever differs from what an honest laptop would sign. */
  readonly change?: Partial<Manifest>;
  readonly rosterChange?: Partial<Roster>;
  /** Instead of the people of the set; with another count others come. */
  readonly cast?: Cast;
  /** Instead of a random one. */
  readonly vaultComponent?: Uint8Array;
  /** A further set of the same component, with this name, instead of one that takes its place. */
  readonly beside?: string;
  /** The set of another platform key, of another version. */
  readonly version?: { readonly keyVersion: string; readonly platformKey: Uint8Array };
}

/** New shares of the platform key of `set`, as a rotation makes them. */
export async function makeNextSet(
  set: TestShareSet,
  options: NextSetOptions = {},
): Promise<TestShareSet> {
  const { random = randomBytes } = options;
  const { threshold, count, escrowKey } = set.manifest.body;
  const { keyVersion, platformKey } = options.version ?? {
    keyVersion: set.manifest.body.keyVersion,
    platformKey: set.platformKey,
  };
  const wanted = { threshold: options.threshold ?? threshold, count: options.count ?? count };
  const { beside } = options;
  const vaultComponent =
    options.vaultComponent ??
    (beside === undefined ? random(set.vaultComponent.length) : set.vaultComponent);
  const component = xorComponents(platformKey, vaultComponent);
  const { mode } = set;
  const setId = randomId(random);
  const shares = await splitComponent(component, { mode, setId, generation: 1, ...wanted });
  const cast =
    options.cast ?? (wanted.count === count ? set.cast : makeCast(mode, wanted.count, random));
  const roots = {
    mode,
    cast,
    sync: set.sync,
    ceremonyId: randomId(random),
    componentId: beside === undefined ? randomId(random) : set.componentId,
    component,
    vaultComponent,
    platformKey,
    shares,
    wires: shares.map(encodeShare),
    quorum: shares.slice(0, wanted.threshold).map(shareSigner),
  };
  const roster = await makeRoster(roots, {
    serial: set.roster.body.serial + 1,
    previous: set.roster.digest,
    ...options.rosterChange,
  });
  const manifest = await makeManifest(
    { ...roots, roster },
    {
      label: beside ?? '2028 B',
      keyVersion,
      isOld: options.version === undefined && escrowKey === undefined,
    },
    { previous: set.manifest.digest, ...options.change },
  );
  return { ...roots, roster, manifest };
}

export interface TestRotatePackage {
  readonly document: PackageDocument & { readonly body: RotatePackage };
  readonly ticket: TestTicket;
}

export async function makeRotatePackage(
  set: TestShareSet,
  random: RandomSource = randomBytes,
): Promise<TestRotatePackage> {
  const ticket = await makeTicket(set, random, 'rotate-shares');
  const body = await sealRotatePackage(
    {
      ...packageCommon(set, random),
      kind: 'rotate-shares',
      recipient: set.sync.recipient.publicKey,
      keyVersion: set.manifest.body.keyVersion,
      ticketId: ticket.document.body.ticketId,
      ticketDigest: ticket.document.digest,
      compared: 'same',
      manifest: envelopeToJson(set.manifest.envelope),
      roster: envelopeToJson(set.roster.envelope),
    },
    ticket.keys.publicKey,
    set.vaultComponent,
  );
  const document = await packageType.sign(body, [set.sync.signer]);
  return { document: { ...document, body }, ticket };
}

export interface RotateBundleOptions {
  readonly random?: RandomSource;
  readonly package?: PackageDocument & { readonly body: RotatePackage };
  /** Instead of the new vault component. */
  readonly secret?: Uint8Array;
  readonly signers?: readonly Signer[];
  readonly change?: Partial<Omit<RotateBundle, 'sealed'>>;
}

export interface TestRotateBundle {
  readonly document: BundleDocument & { readonly body: RotateBundle };
}

/** Signed by a quorum of `set`, bringing `next`. */
export async function makeRotateBundle(
  set: TestShareSet,
  next: TestShareSet,
  options: RotateBundleOptions = {},
): Promise<TestRotateBundle> {
  const { random = randomBytes } = options;
  const source = options.package ?? (await makeRotatePackage(set, random)).document;
  const operator = next.cast.operator.signer;
  const body = await sealBundle<RotateBundle>(
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
      kind: 'rotate-shares',
      keyVersion: set.manifest.body.keyVersion,
      compared: source.body.compared,
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
