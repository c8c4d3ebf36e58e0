/**
 * Builders of the documents of a drill: package and bundle.
 * @module
 */
import { bundleType, type BundleDocument, type DrillBundle } from '../../shared/bundle/bundle.ts';
import { signDrill, type FailedShare, type ShareProof } from '../../shared/bundle/drill.ts';
import { sealFullDrillPackage } from '../../shared/bundle/full-drill-package.ts';
import { makeTestEscrow } from '../../shared/bundle/full-drill.ts';
import {
  packageType,
  type DrillPackage,
  type FullDrillPackage,
  type PackageDocument,
} from '../../shared/bundle/package.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { shareSigner } from '../../shared/sharing/share-key.ts';
import { makeTicket, packageCommon, type TestTicket } from './documents.ts';
import { at, randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

/** A ticket of a full drill, and what its package holds. */
export interface FullDrillMade {
  readonly package: PackageDocument & { readonly body: FullDrillPackage };
  readonly ticket: TestTicket;
  /** The key of the test escrow. */
  readonly seed: Uint8Array;
}

/** As sync makes it: of a random key, with the set's vault component. */
export async function makeFullDrillPackage(
  set: TestShareSet,
  random: RandomSource = randomBytes,
): Promise<FullDrillMade> {
  const ticket = await makeTicket(set, random, 'drill');
  const seed = random(32);
  const { kind, keyVersion, ...common } = (await makeDrillPackage(set, random)).body;
  const { ticketId } = ticket.document.body;
  const { mode, audience, nonce } = common;
  const bound = { mode, audience, nonce, keyVersion, ticketId };
  const escrow = await makeTestEscrow(bound, set.manifest.body.escrowKey ?? '', seed);
  const full = { ticketId, ticketDigest: ticket.document.digest, ...escrow };
  const open = { ...common, kind, keyVersion, full };
  const body = await sealFullDrillPackage(open, ticket.keys.publicKey, set.vaultComponent);
  return { package: { ...(await packageType.sign(body, [set.sync.signer])), body }, ticket, seed };
}

export type TestDrillPackage = PackageDocument & { readonly body: DrillPackage };

/** @param others sets of the other versions that are trusted */
export async function makeDrillPackage(
  set: TestShareSet,
  random: RandomSource = randomBytes,
  others: readonly TestShareSet[] = [],
): Promise<TestDrillPackage> {
  const body: DrillPackage = {
    ...packageCommon(set, random),
    kind: 'drill',
    keyVersion: set.manifest.body.keyVersion,
    manifest: envelopeToJson(set.manifest.envelope),
    roster: envelopeToJson(set.roster.envelope),
    ...(others.length === 0
      ? {}
      : { others: others.map(({ manifest }) => envelopeToJson(manifest.envelope)) }),
  };
  return { ...(await packageType.sign(body, [set.sync.signer])), body };
}

export interface DrillBundleOptions {
  readonly random?: RandomSource;
  readonly package?: TestDrillPackage;
  /** Numbers of the shares that sign; default: the first two. */
  readonly proves?: readonly number[];
  readonly failed?: readonly FailedShare[];
  readonly signers?: readonly Signer[];
  /** Instead of a random one. */
  readonly ceremonyId?: string;
  readonly change?: Partial<DrillBundle>;
}

export interface TestDrillBundle {
  readonly document: BundleDocument & { readonly body: DrillBundle };
}

/** What the share of this number signs, read from a stick. */
export async function proveShare(
  set: TestShareSet,
  index: number,
  about: { readonly nonce: string; readonly ceremonyId: string },
): Promise<ShareProof> {
  const share = set.shares[index - 1];
  if (share === undefined) throw new Error(`no share ${index}`);
  const { setId, generation } = set.manifest.body;
  const { mode, sync } = set;
  const said = { mode, audience: sync.audience, ...about, setId, generation, index };
  return { index, medium: 'usb', signature: await signDrill(shareSigner(share), said) };
}

export async function makeDrillBundle(
  set: TestShareSet,
  options: DrillBundleOptions = {},
): Promise<TestDrillBundle> {
  const { random = randomBytes, proves = [1, 2], failed = [] } = options;
  const source = options.package ?? (await makeDrillPackage(set, random));
  const { nonce, epoch } = source.body;
  const { ceremonyId = randomId(random) } = options;
  const operator = set.cast.operator.signer;
  const proofs = await Promise.all(
    proves.map((index) => proveShare(set, index, { nonce, ceremonyId })),
  );
  const body: DrillBundle = {
    mode: set.mode,
    audience: set.sync.audience,
    nonce,
    epoch,
    packageDigest: source.digest,
    ceremonyId,
    operator: operator.keyid,
    createdAt: at(3600),
    transcript: { entries: 1, head: 'ab'.repeat(32) },
    manifestDigest: set.manifest.digest,
    rosterDigest: set.roster.digest,
    kind: 'drill',
    keyVersion: set.manifest.body.keyVersion,
    proofs,
    failed: [...failed],
    ...options.change,
  };
  return { document: { ...(await bundleType.sign(body, options.signers ?? [operator])), body } };
}
