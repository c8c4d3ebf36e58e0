/**
 * What sync trusts: `conclave/trust` in Vault, written with check-and-set, and the same epoch in
 * PostgreSQL. If the two differ, one side was restored or a commit is unfinished.
 * @module
 */
import { z } from 'zod';
import type { AdoptBundle, SetupBundle } from '../../shared/bundle/bundle.ts';
import { recipientKey } from '../../shared/bundle/hpke.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { digest } from '../../shared/encoding/schema.ts';
import { rosterType, verifyRoster, type RosterDocument } from '../../shared/identity/roster.ts';
import { parseManifest, type ManifestDocument } from '../../shared/sharing/manifest.ts';
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

export interface TrustedSet {
  readonly manifest: ManifestDocument;
  readonly roster: RosterDocument;
}

const verified = verifiedOnce<TrustedSet>();

/** A set whose every signature is good; says nothing about whether it is trusted. */
export function verifiedSet(manifest: Uint8Array, roster: Uint8Array, mode: Mode): TrustedSet {
  return verified([manifest, roster, mode], () => {
    const parsed = parseManifest(manifest, mode);
    return { manifest: parsed, roster: verifyRoster(rosterType.parse(roster, mode), parsed.body) };
  });
}

/** The live manifest of a key version and the roster, both as trust names them. */
export async function trustedSet(
  on: Queryable,
  trust: Trust | null,
  keyVersion: string,
  mode: Mode,
): Promise<TrustedSet> {
  const manifestDigest = trust?.versions[keyVersion]?.[0];
  if (trust === null || manifestDigest === undefined) throw refuseFlow('no-trust');
  const [manifestRow, rosterRow] = [
    await findDocument(on, hexToBytes(manifestDigest)),
    await findDocument(on, hexToBytes(trust.roster)),
  ];
  if (manifestRow === undefined || rosterRow === undefined) throw refuseFlow('no-trust');
  const { manifest, roster } = verifiedSet(manifestRow.content, rosterRow.content, mode);
  if (manifest.digest !== manifestDigest || roster.digest !== trust.roster) {
    throw refuseFlow('no-trust');
  }
  // SECURITY: what is sealed to another key than the quorum signed is read by somebody else.
  if (manifest.body.escrowKey !== trust.escrowKeys?.[keyVersion]) {
    throw refuseFlow('escrow-key-differs', keyVersion);
  }
  return { manifest, roster };
}
