/**
 * What Vault and the row of a key version hold, seen from a rotation: the vault component of before,
 * the new one, or something else. By the check values that the two quorums signed; reads only.
 * @module
 */
import { z } from 'zod';
import { ROTATABLE } from '../../shared/bundle/adopt.ts';
import type { FollowingSetBundle, RotateBundle } from '../../shared/bundle/bundle.ts';
import { type NewSet, openNewSet } from '../../shared/bundle/rotate.ts';
import {
  parsePlatformMasterKey,
  type PlatformMasterKeyDocument,
  vaultPaths,
} from '../../shared/checktick/index.ts';
import { equalBytes, hexToBytes } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { Refusal } from '../../shared/refusal.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import {
  type Manifest,
  type ManifestDocument,
  parseManifest,
} from '../../shared/sharing/manifest.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { findDocument } from '../database/documents.ts';
import type { KvStore } from '../vault/kv.ts';
import type { FlowContext } from '../trust/context.ts';
import { refuseFlow } from '../trust/refusals.ts';
import { verifiedOnce } from '../trust/verified.ts';

export const VAULT_PLACE = `Vault ${vaultPaths.platformMasterKey}`;
export const rowPlace = (version: string): string => `database row of key version ${version}`;

/** How Vault's entry compares where shares can be renewed. */
export type Rotatable = (typeof ROTATABLE)[number];

export const fits = ({ componentId, checks }: Manifest, component: Uint8Array): boolean =>
  checkValueFits('vault-component', component, componentId, checks.vaultComponent);

const verifiedNew = verifiedOnce<NewSet>();
const verifiedBefore = verifiedOnce<ManifestDocument>();

/** The set that a bundle brings, its own signatures verified. */
export function newSetOf(body: FollowingSetBundle): NewSet {
  return verifiedNew([encodeJson(body)], () => openNewSet(body));
}

/** The manifests of the set that a bundle replaces, and of the one that it brings. */
export interface Sets {
  readonly before: Manifest;
  readonly after: Manifest;
}

/** @throws Refusal `set-not-trusted` where the set of before is not kept, or another is */
export async function setsOf(on: Queryable, body: RotateBundle): Promise<Sets> {
  const found = await findDocument(on, hexToBytes(body.manifestDigest));
  if (found === undefined) throw refuseFlow('set-not-trusted');
  const before = verifiedBefore([found.content, body.mode], () =>
    parseManifest(found.content, body.mode),
  );
  // SECURITY: other bytes under this digest would have another check value.
  if (before.digest !== body.manifestDigest) throw refuseFlow('set-not-trusted');
  return { before: before.body, after: newSetOf(body).manifest.body };
}

const keyRow = z.object({ version: columns.text, component: columns.bytes });
type KeyRow = z.infer<typeof keyRow>;

/** Wipe their components. */
export async function keyRows(on: Queryable, lock: boolean): Promise<KeyRow[]> {
  return on.rows(
    keyRow,
    `SELECT version, vault_component AS component FROM surveys_platformkeyversion
      ORDER BY version ${lock ? 'FOR UPDATE' : ''}`,
  );
}

export function wipe(rows: readonly KeyRow[]): void {
  for (const { component } of rows) component.fill(0);
}

/** Vault's entry, its component, and the version for the next check-and-set. Wipe the component. */
export async function entryOf(kv: KvStore) {
  const found = await kv.read(vaultPaths.platformMasterKey);
  if (found.absent) return undefined;
  try {
    const { vaultComponent: component, document } = parsePlatformMasterKey(found.data);
    return { component, document, version: found.version };
  } catch (cause) {
    if (cause instanceof Refusal) return undefined;
    throw cause;
  }
}

/**
 * The vault component in force, proved by row and manifest, and how Vault's entry compares. The
 * caller wipes it.
 * @throws Refusal `kv-row-differ`, also where Vault's entry is of no known version
 */
export async function rotatable(
  { database, kv }: Pick<FlowContext, 'database' | 'kv'>,
  version: string,
  manifest: Manifest,
): Promise<{ readonly component: Uint8Array; readonly compared: Rotatable }> {
  const rows = await keyRows(database, false);
  const entry = await entryOf(kv);
  try {
    const own = rows.find((one) => one.version === version);
    if (own === undefined || entry === undefined || !fits(manifest, own.component)) {
      throw refuseFlow('kv-row-differ', version);
    }
    const compared = equalBytes(own.component, entry.component)
      ? 'same'
      : rows.some(({ component }) => equalBytes(component, entry.component))
        ? 'other-version'
        : undefined;
    if (compared === undefined) throw refuseFlow('kv-row-differ', version);
    return { component: own.component.slice(), compared };
  } finally {
    wipe(rows);
    entry?.component.fill(0);
  }
}

/** Whether Vault's entry holds the vault component of this set. */
export async function vaultHolds(kv: KvStore, manifest: Manifest): Promise<boolean> {
  const entry = await entryOf(kv);
  if (entry === undefined) return false;
  const is = fits(manifest, entry.component);
  entry.component.fill(0);
  return is;
}

/** What the two places hold. */
export interface Places {
  readonly row: 'before' | 'after';
  readonly vault:
    | {
        readonly is: 'before';
        readonly document: PlatformMasterKeyDocument;
        readonly version: number;
      }
    | { readonly is: 'after' }
    /** The component of another version: it stays. */
    | { readonly is: 'other' };
}

const sideOf = ({ before, after }: Sets, component: Uint8Array) =>
  fits(before, component) ? 'before' : fits(after, component) ? 'after' : undefined;

/**
 * @param options.lock the rows, where this is part of the commit's transaction
 * @throws Refusal `third-value` naming the place that holds something else
 */
export async function placesOf(
  on: Queryable,
  kv: KvStore,
  { keyVersion, compared }: Pick<RotateBundle, 'keyVersion' | 'compared'>,
  sets: Sets,
  options: { readonly lock: boolean } = { lock: false },
): Promise<Places> {
  const rows = await keyRows(on, options.lock);
  const entry = await entryOf(kv);
  try {
    const own = rows.find((one) => one.version === keyVersion);
    const row = own === undefined ? undefined : sideOf(sets, own.component);
    if (row === undefined) throw refuseFlow('third-value', rowPlace(keyVersion));
    if (entry === undefined) throw refuseFlow('third-value', VAULT_PLACE);
    const { component, document, version } = entry;
    if (compared === 'other-version') {
      const others = rows.filter((one) => one.version !== keyVersion);
      if (others.some((one) => equalBytes(one.component, component))) {
        return { row, vault: { is: 'other' } };
      }
      throw refuseFlow('third-value', VAULT_PLACE);
    }
    const is = sideOf(sets, component);
    if (is === undefined) throw refuseFlow('third-value', VAULT_PLACE);
    return { row, vault: is === 'after' ? { is } : { is, document, version } };
  } finally {
    wipe(rows);
    entry?.component.fill(0);
  }
}

/** Whether both places hold what was there before the rotation. */
function isUntouched({ row, vault }: Places): boolean {
  return row === 'before' && vault.is !== 'after';
}

/** @throws Refusal `third-value` naming the place that is not as before */
export async function assertUntouched(
  on: Queryable,
  kv: KvStore,
  body: RotateBundle,
  sets: Sets,
): Promise<void> {
  const places = await placesOf(on, kv, body, sets);
  if (isUntouched(places)) return;
  const place = places.row === 'after' ? rowPlace(body.keyVersion) : VAULT_PLACE;
  throw refuseFlow('third-value', place);
}

/**
 * The new component as an earlier start of the commit has written it, in Vault or in the row; the
 * caller wipes it. Undefined: it is in neither.
 */
export async function writtenComponent(
  on: Queryable,
  kv: KvStore,
  { keyVersion, compared }: RotateBundle,
  { after }: Sets,
): Promise<Uint8Array | undefined> {
  const rows = await keyRows(on, false);
  const entry = await entryOf(kv);
  try {
    const own = rows.find((one) => one.version === keyVersion)?.component;
    const inVault = compared === 'same' ? entry?.component : undefined;
    return [inVault, own].find((one) => one !== undefined && fits(after, one))?.slice();
  } finally {
    wipe(rows);
    entry?.component.fill(0);
  }
}
