/**
 * What sync trusts: `conclave/trust` in Vault, written with check-and-set, and the same epoch in
 * PostgreSQL. If the two differ, one side was restored or a commit is unfinished.
 * @module
 */
import { z } from 'zod';
import { asOneLine } from '../../shared/bundle/approval.ts';
import type { AdoptBundle, SetupBundle } from '../../shared/bundle/bundle.ts';
import { recipientKey } from '../../shared/sealing/hpke.ts';
import {
  type PackagedSet,
  type SetBytes,
  verifyPackagedSet,
} from '../../shared/bundle/packaged-set.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { digest } from '../../shared/encoding/schema.ts';
import type { RosterDocument } from '../../shared/identity/roster.ts';
import { type ManifestDocument, parseManifest } from '../../shared/sharing/manifest.ts';
import type { Mode } from '../../shared/mode.ts';
import type { Queryable } from '../database/database.ts';
import { findDocument } from '../database/documents.ts';
import type { Installation } from '../database/settings.ts';
import { CasRefusal, refuseVault } from '../vault/refusals.ts';
import type { KvStore } from '../vault/kv.ts';
import { refuseFlow } from './refusals.ts';
import { verifiedOnce } from './verified.ts';

const PATH = 'conclave/trust';

const schema = z.object({
  epoch: z.int().min(1),
  /** Digest of the roster. */
  roster: digest,
  /** Key version to digests of its live manifests. */
  versions: z.record(z.string(), z.array(digest).min(1)),
  /** Key version to the escrow key of its sets. Absent where no set has one. */
  escrowKeys: z.record(z.string(), recipientKey).optional(),
});
export type Trust = z.infer<typeof schema>;

/** Trust after the first set of all. */
export function firstTrust(body: SetupBundle | AdoptBundle): Trust {
  const { epoch, rosterDigest, keyVersion, manifestDigest, manifest, mode } = body;
  const { escrowKey } = parseManifest(encodeJson(manifest), mode).body;
  return {
    epoch: epoch + 1,
    roster: rosterDigest,
    versions: { [keyVersion]: [manifestDigest] },
    ...(escrowKey === undefined ? {} : { escrowKeys: { [keyVersion]: escrowKey } }),
  };
}

/** Trust, or null when nothing was ever set up; `version` for the next check-and-set. */
export async function readTrust(
  kv: KvStore,
): Promise<{ readonly trust: Trust | null; readonly version: number }> {
  const found = await kv.read(PATH);
  if (found.absent) return { trust: null, version: found.currentVersion };
  const parsed = schema.safeParse(found.data);
  if (!parsed.success) throw refuseVault('vault-content', PATH);
  return { trust: parsed.data, version: found.version };
}

/**
 * Writes trust with check-and-set. Where another was first and left what `isThere` takes for this
 * change, an earlier try of it, it counts as written.
 */
export async function writeTrust(
  kv: KvStore,
  trust: Trust,
  { cas, isThere }: { readonly cas: number; readonly isThere: (found: Trust | null) => boolean },
): Promise<void> {
  try {
    await kv.put(PATH, { ...trust }, { cas });
  } catch (cause) {
    const isOurs = cause instanceof CasRefusal && isThere((await readTrust(kv)).trust);
    if (!isOurs) throw cause;
  }
}

/** Refuses `trust-epoch-mismatch` unless both sides agree. Epoch 0: nothing was set up. */
export function assertEpochsAgree(trust: Trust | null, installation: Installation): void {
  const epoch = trust?.epoch ?? 0;
  if (epoch !== installation.epoch) {
    throw refuseFlow('trust-epoch-mismatch', epoch, installation.epoch);
  }
}

const verified = verifiedOnce<PackagedSet>();

/** A set whose every signature is good; says nothing about whether it is trusted. */
export function verifiedSet(bytes: SetBytes, mode: Mode): PackagedSet {
  const { manifest, roster, others } = bytes;
  return verified([manifest, roster, ...others, mode], () => verifyPackagedSet(bytes, mode));
}

/** The set with this id; without one the only set of its version. */
export interface Named {
  readonly setId?: string | undefined;
}

/** Which set of a version: the named one, the one with this manifest, or any where only what all share is asked. */
type Which = Named | { readonly manifest: string } | 'any';

/**
 * One live manifest of a key version, the roster, and all further live manifests, of whatever version, all
 * as trust names them. The roster is one for all; any of the sets has signed it.
 * @throws Refusal `no-trust`, `escrow-key-differs`, `set-not-named`, `set-not-trusted`
 */
export async function trustedSet(
  on: Queryable,
  trust: Trust | null,
  keyVersion: string,
  mode: Mode,
  which: Which = {},
): Promise<PackagedSet> {
  if (trust?.versions[keyVersion] === undefined) throw refuseFlow('no-trust');
  const digests = Object.keys(trust.versions)
    .sort()
    .flatMap((version) => trust.versions[version] ?? []);
  const [first = '', ...further] = digests;
  // Whichever comes first: together they are verified.
  const found = verifiedSet(
    {
      manifest: await contentOf(on, first),
      roster: await contentOf(on, trust.roster),
      others: await inTurn(further, (one) => contentOf(on, one)),
    },
    mode,
  );
  const all = [found.manifest, ...found.others];
  const isAsNamed =
    found.roster.digest === trust.roster &&
    all.every(
      ({ digest: is, body }, at) =>
        is === digests[at] && trust.versions[body.keyVersion]?.includes(is) === true,
    );
  if (!isAsNamed) throw refuseFlow('no-trust');
  const manifest = chosen(
    all.filter(({ body }) => body.keyVersion === keyVersion),
    which,
  );
  // SECURITY: what is sealed to another key than the quorum signed is read by somebody else.
  if (manifest.body.escrowKey !== trust.escrowKeys?.[keyVersion]) {
    throw refuseFlow('escrow-key-differs', keyVersion);
  }
  return { manifest, roster: found.roster, others: all.filter((one) => one !== manifest) };
}

/** All live manifests of a key version, in the order of trust, and the roster. @throws as {@link trustedSet} */
export async function trustedSets(
  on: Queryable,
  trust: Trust | null,
  keyVersion: string,
  mode: Mode,
): Promise<{ readonly sets: readonly ManifestDocument[]; readonly roster: RosterDocument }> {
  const { manifest, others, roster } = await trustedSet(on, trust, keyVersion, mode, 'any');
  const sets = [manifest, ...others.filter(({ body }) => body.keyVersion === keyVersion)];
  return { sets, roster };
}

/** @throws Refusal `set-not-named`, `set-not-trusted` */
function chosen(sets: readonly ManifestDocument[], which: Which): ManifestDocument {
  const wanted = sets.filter(
    ({ body, digest: found }) =>
      which === 'any' ||
      ('manifest' in which ? found === which.manifest : (which.setId ?? body.setId) === body.setId),
  );
  const [first, second] = wanted;
  if (first === undefined) throw refuseFlow('set-not-trusted');
  if (second !== undefined && which !== 'any') {
    throw refuseFlow(
      'set-not-named',
      first.body.keyVersion,
      sets.map(({ body }) => `${asOneLine(body.label, 80)} (${body.setId})`),
    );
  }
  return first;
}

/**
 * The set that was agreed on, as far as trust still names it; else any of the version, so that whoever
 * goes on sees that it is another one.
 * @throws as {@link trustedSet}
 */
export async function agreedSet(
  on: Queryable,
  trust: Trust | null,
  keyVersion: string,
  mode: Mode,
  manifest: string,
): Promise<PackagedSet> {
  const isNamed = trust?.versions[keyVersion]?.includes(manifest) === true;
  return trustedSet(on, trust, keyVersion, mode, isNamed ? { manifest } : 'any');
}

async function contentOf(on: Queryable, named: string): Promise<Uint8Array> {
  const found = await findDocument(on, hexToBytes(named));
  if (found === undefined) throw refuseFlow('no-trust');
  return found.content;
}

/** One after another: a transaction answers one question at a time. */
async function inTurn<T, R>(all: readonly T[], ask: (one: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (const one of all) answers.push(await ask(one));
  return answers;
}
