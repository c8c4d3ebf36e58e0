/**
 * Vault's `platform/master-key` follows the active version when the version whose component lies there
 * ends: CheckTick's own code derives the keys of organisations from this entry, and from then on none of
 * them is under another version.
 *
 * Source: docs/decisions/0039-organisations-move-to-another-version.md.
 * @module
 */
import { withVaultComponent, vaultPaths } from '../../shared/checktick/index.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import type { Manifest } from '../../shared/sharing/manifest.ts';
import type { Queryable } from '../database/database.ts';
import type { KvStore } from '../vault/kv.ts';
import { CasRefusal } from '../vault/refusals.ts';
import type { FlowContext } from '../trust/context.ts';
import { refuseFlow } from '../trust/refusals.ts';
import { entryOf, fits, keyRows, rowPlace, VAULT_PLACE, wipe } from './rotate-places.ts';

/** Of which version the entry is; undefined: of none, or it cannot be read. */
export async function versionOfEntryIn(on: Queryable, kv: KvStore): Promise<string | undefined> {
  const rows = await keyRows(on, false);
  const entry = await entryOf(kv);
  try {
    if (entry === undefined) return undefined;
    return rows.find(({ component }) => equalBytes(component, entry.component))?.version;
  } finally {
    wipe(rows);
    entry?.component.fill(0);
  }
}

/**
 * Puts the component of `to` where that of `from` lies; its other fields stay. An entry of any other
 * version stays, and so does one that has followed already.
 * @param version.manifest of the set of `to`: its check value proves what the row holds
 * @throws Refusal `third-value` where the row of `to` is not proved
 */
export async function followEntry(
  { database, kv }: Pick<FlowContext, 'database' | 'kv'>,
  {
    from,
    to,
    manifest,
  }: { readonly from: string; readonly to: string; readonly manifest: Manifest },
): Promise<void> {
  const rows = await keyRows(database, false);
  const entry = await entryOf(kv);
  try {
    const [before, next] = [from, to].map((version) => rows.find((one) => one.version === version));
    if (entry === undefined || before === undefined) return;
    if (!equalBytes(before.component, entry.component)) return;
    // SECURITY: what somebody wrote into the row since would be the key of every organisation.
    if (next === undefined || !fits(manifest, next.component)) {
      throw refuseFlow('third-value', rowPlace(to));
    }
    const data = withVaultComponent(entry.document, next.component);
    await kv.put(vaultPaths.platformMasterKey, data, { cas: entry.version });
  } catch (cause) {
    if (!(cause instanceof CasRefusal)) throw cause;
    // Another was first: an earlier try of this, or somebody else, who is found when it is read back.
    if ((await versionOfEntryIn(database, kv)) !== to) throw refuseFlow('third-value', VAULT_PLACE);
  } finally {
    wipe(rows);
    entry?.component.fill(0);
  }
}
