/**
 * Builders of the documents of a drill: package and bundle.
 * @module
 */
import { bundleType, type BundleDocument, type DrillBundle } from '../../shared/bundle/bundle.ts';
import { signDrill, type FailedShare, type ShareProof } from '../../shared/bundle/drill.ts';
import {
  packageType,
  type DrillPackage,
  type PackageDocument,
} from '../../shared/bundle/package.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { shareSigner } from '../../shared/sharing/share-key.ts';
import { packageCommon } from './documents.ts';
import { at, randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

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
