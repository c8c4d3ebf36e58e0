/**
 * Builders of the documents of a further set: another split of the same component, package, bundle.
 * @module
 */
import { type AddSetBundle, bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import {
  type AddSetPackage,
  packageType,
  type PackageDocument,
} from '../../shared/bundle/package.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { packageCommon } from './documents.ts';
import { at, makePerson } from './people.ts';
import { makeNextSet, type NextSetOptions } from './rotate-documents.ts';
import type { TestShareSet } from './share-sets.ts';

/** Another split of the component of `set`, two of four: custodian 1 and three others who come to it. */
export async function makeFurtherSet(
  set: TestShareSet,
  options: Omit<NextSetOptions, 'beside' | 'version' | 'count'> & { readonly label?: string } = {},
): Promise<TestShareSet> {
  const { label: beside = 'On-call', ...rest } = options;
  const [first] = set.cast.custodians;
  const come = [1, 2, 3].map((one) =>
    makePerson(set.mode, `${beside} ${one}`, ['custodian'], options.random),
  );
  const custodians = [...(first === undefined ? [] : [first]), ...come];
  // In the roster are the people of both.
  const cast = { ...set.cast, custodians, all: [...set.cast.all, ...come] };
  return makeNextSet(set, { threshold: 2, count: custodians.length, cast, ...rest, beside });
}

export type TestAddSetPackage = PackageDocument & { readonly body: AddSetPackage };

/** @param more `others`: further sets that are trusted; `roster`: where another set signed the one in force */
export async function makeAddSetPackage(
  set: TestShareSet,
  more: {
    readonly random?: RandomSource;
    readonly others?: readonly Pick<TestShareSet, 'manifest'>[];
    readonly roster?: TestShareSet['roster'];
  } = {},
): Promise<TestAddSetPackage> {
  const { random = randomBytes, others = [], roster = set.roster } = more;
  const body: AddSetPackage = {
    ...packageCommon(set, random),
    kind: 'add-set',
    keyVersion: set.manifest.body.keyVersion,
    manifest: envelopeToJson(set.manifest.envelope),
    roster: envelopeToJson(roster.envelope),
    ...(others.length === 0
      ? {}
      : { others: others.map(({ manifest }) => envelopeToJson(manifest.envelope)) }),
  };
  return { ...(await packageType.sign(body, [set.sync.signer])), body };
}

export interface TestAddSetBundle {
  readonly document: BundleDocument & { readonly body: AddSetBundle };
}

/** Signed by a quorum of `set`, bringing `next`. */
export async function makeAddSetBundle(
  set: TestShareSet,
  next: TestShareSet,
  source: TestAddSetPackage,
  options: { readonly signers?: readonly Signer[]; readonly change?: Partial<AddSetBundle> } = {},
): Promise<TestAddSetBundle> {
  const operator = next.cast.operator.signer;
  const body: AddSetBundle = {
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
    kind: 'add-set',
    keyVersion: set.manifest.body.keyVersion,
    manifest: envelopeToJson(next.manifest.envelope),
    newManifestDigest: next.manifest.digest,
    roster: envelopeToJson(next.roster.envelope),
    ...options.change,
  };
  const signers = options.signers ?? [...set.quorum, operator];
  return { document: { ...(await bundleType.sign(body, signers)), body } };
}
