/**
 * Builders of the documents of a refresh: the next generation of a set, package, bundle. The new shares
 * come from splitting the component again: to the wire that is the same as a polynomial that was added.
 * @module
 */
import { bundleType, type BundleDocument, type RefreshBundle } from '../../shared/bundle/bundle.ts';
import {
  packageType,
  type PackageDocument,
  type RefreshPackage,
} from '../../shared/bundle/package.ts';
import { envelopeToJson, type Signer } from '../../shared/encoding/dsse.ts';
import { rosterType, type Roster } from '../../shared/identity/roster.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { encodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { manifestType, type Manifest } from '../../shared/sharing/manifest.ts';
import { signRefresh } from '../../shared/sharing/refresh-statement.ts';
import { sharePublicKey, shareSigner } from '../../shared/sharing/share-key.ts';
import { packageCommon } from './documents.ts';
import { at, randomId } from './people.ts';
import type { TestShareSet } from './share-sets.ts';

export type TestRefreshPackage = PackageDocument & { readonly body: RefreshPackage };

export async function makeRefreshPackage(
  set: TestShareSet,
  random: RandomSource = randomBytes,
): Promise<TestRefreshPackage> {
  const body: RefreshPackage = {
    ...packageCommon(set, random),
    kind: 'refresh',
    keyVersion: set.manifest.body.keyVersion,
    manifest: envelopeToJson(set.manifest.envelope),
    roster: envelopeToJson(set.roster.envelope),
  };
  return { ...(await packageType.sign(body, [set.sync.signer])), body };
}

export interface RefreshedOptions {
  readonly random?: RandomSource;
  /** Numbers of the shares of before that come; default: all. */
  readonly comes?: readonly number[];
  /** Whatever differs from what an honest laptop would sign; the statements are about what is here. */
  readonly change?: Partial<Manifest>;
  readonly rosterChange?: Partial<Roster>;
  /** Instead of a random one. */
  readonly ceremonyId?: string;
  /** Instead of those of before. */
  readonly speakers?: readonly Share[];
}

/** `y` of the same component at the same coordinates, by another polynomial of the same degree. */
function otherShares(set: TestShareSet, came: readonly Share[], random: RandomSource): Share[] {
  const { threshold, componentBytes, generation } = set.manifest.body;
  const coefficients = Array.from({ length: threshold - 1 }, () => random(componentBytes));
  return came.map((share, place) => {
    const y = share.y.slice();
    let power = 1;
    for (const one of coefficients) {
      power = product(power, share.x);
      for (const [byte, value] of one.entries()) y[byte] = (y[byte] ?? 0) ^ product(value, power);
    }
    return { ...share, generation: generation + 1, index: place + 1, count: came.length, y };
  });
}

/** In GF(256) with the polynomial 0x11b. */
function product(one: number, other: number): number {
  let sum = 0;
  for (let bit = 0, of = one; bit < 8; bit += 1, of = (of << 1) ^ (of & 0x80 ? 0x11b : 0)) {
    if ((other >> bit) & 1) sum ^= of;
  }
  return sum;
}

/** The next generation of `set`, made for the package with this nonce. */
export async function makeRefreshed(
  set: TestShareSet,
  nonce: string,
  options: RefreshedOptions = {},
): Promise<TestShareSet> {
  const { random = randomBytes, speakers = set.shares } = options;
  const { body: present, digest: previous } = set.manifest;
  const comes = options.comes ?? set.shares.map(({ index }) => index);
  const came = comes.map((index) => mustBe(set.shares[index - 1]));
  const shares = otherShares(set, came, random);
  const keys = shares.map(shareSigner);
  const roster = await rosterType.sign(
    {
      ...set.roster.body,
      serial: set.roster.body.serial + 1,
      previous: set.roster.digest,
      // Of two ceremonies with the same people the lists differ in the second.
      createdAt: at(1800 + drawn(random)),
      ...options.rosterChange,
    },
    keys,
  );
  const { ceremonyId = randomId(random) } = options;
  const { operator } = set.cast;
  const open: Manifest = {
    ...present,
    generation: present.generation + 1,
    count: shares.length,
    shares: shares.map((share, place) => {
      const was = mustBe(present.shares[mustBe(comes[place]) - 1]);
      const person = mustBe(set.roster.body.people.find(({ name }) => name === was.custodian.name));
      return {
        ...was,
        index: share.index,
        publicKey: sharePublicKey(share),
        custodian: { name: person.name, publicKey: person.publicKey },
      };
    }),
    ceremonyId,
    createdAt: at(1800),
    roster: roster.digest,
    previous,
    ...options.change,
  };
  const statements = await Promise.all(
    shares.map(async (share, place) => {
      const before = mustBe(comes[place]);
      const said = {
        mode: open.mode,
        audience: open.sync.audience,
        ceremonyId: open.ceremonyId,
        nonce,
        setId: open.setId,
        generation: open.generation,
        previous: open.previous ?? '',
        roster: open.roster,
        operator: operator.signer.keyid,
        before,
        index: share.index,
        count: open.count,
        publicKey: sharePublicKey(share),
      };
      return {
        index: before,
        before: await signRefresh(shareSigner(mustBe(speakers[before - 1])), said),
        after: await signRefresh(shareSigner(share), said),
      };
    }),
  );
  const refreshed = { nonce, operator: operator.signer.keyid, statements };
  const manifest = await manifestType.sign({ ...open, refreshed }, [operator.signer]);
  return {
    ...set,
    ceremonyId: open.ceremonyId,
    shares,
    wires: shares.map(encodeShare),
    quorum: keys.slice(0, present.threshold),
    roster,
    manifest,
  };
}

/** Up to 65,535. */
function drawn(random: RandomSource): number {
  return random(2).reduce((sum, byte) => sum * 256 + byte, 0);
}

function mustBe<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('no such share, or nobody of that name');
  return value;
}

export interface TestRefreshBundle {
  readonly document: BundleDocument & { readonly body: RefreshBundle };
}

/** Signed by the operator, bringing `next`. */
export async function makeRefreshBundle(
  set: TestShareSet,
  next: TestShareSet,
  source: TestRefreshPackage,
  options: { readonly signers?: readonly Signer[]; readonly change?: Partial<RefreshBundle> } = {},
): Promise<TestRefreshBundle> {
  const operator = next.cast.operator.signer;
  const body: RefreshBundle = {
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
    kind: 'refresh',
    keyVersion: set.manifest.body.keyVersion,
    manifest: envelopeToJson(next.manifest.envelope),
    newManifestDigest: next.manifest.digest,
    roster: envelopeToJson(next.roster.envelope),
    ...options.change,
  };
  return { document: { ...(await bundleType.sign(body, options.signers ?? [operator])), body } };
}
