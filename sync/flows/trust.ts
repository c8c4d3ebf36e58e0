/**
 * What sync trusts: `conclave/trust` in Vault, written with check-and-set, and the same epoch in
 * PostgreSQL. If the two differ, one side was restored or a commit is unfinished.
 * @module
 */
import { z } from 'zod';
import type { AdoptBundle, SetupBundle } from '../../shared/bundle/bundle.ts';
import { recipientKey } from '../../shared/bundle/hpke.ts';
import {
  type PackagedSet,
  type SetBytes,
  verifyPackagedSet,
} from '../../shared/bundle/packaged-set.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { digest } from '../../shared/encoding/schema.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
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

/**
 * The live manifest of a key version, the roster, and the live manifests of the other versions, all as
 * trust names them. The roster is one for all versions; the set of any of them has signed it.
 */
export async function trustedSet(
  on: Queryable,
  trust: Trust | null,
  keyVersion: string,
  mode: Mode,
): Promise<PackagedSet> {
  const manifestDigest = trust?.versions[keyVersion]?.[0];
  if (trust === null || manifestDigest === undefined) throw refuseFlow('no-trust');
  const others = Object.keys(trust.versions)
    .filter((version) => version !== keyVersion)
    .sort()
    .map((version) => trust.versions[version]?.[0] ?? '');
  const set = verifiedSet(
    {
      manifest: await contentOf(on, manifestDigest),
      roster: await contentOf(on, trust.roster),
      others: await inTurn(others, (one) => contentOf(on, one)),
    },
    mode,
  );
  const isAsNamed =
    set.manifest.digest === manifestDigest &&
    set.roster.digest === trust.roster &&
    set.others.every(({ digest: found }, at) => found === others[at]);
  if (!isAsNamed) throw refuseFlow('no-trust');
  // SECURITY: what is sealed to another key than the quorum signed is read by somebody else.
  if (set.manifest.body.escrowKey !== trust.escrowKeys?.[keyVersion]) {
    throw refuseFlow('escrow-key-differs', keyVersion);
  }
  return set;
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
