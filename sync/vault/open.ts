/**
 * Opens the configured key-value store.
 * @module
 */
import type { VaultConfig } from '../config/vault.ts';
import type { Database } from '../database/database.ts';
import type { KvStore } from './kv.ts';
import { createRehearsalKv } from './rehearsal-kv.ts';
import { createVaultKv } from './vault-kv.ts';

/** Vault is not contacted before the first call; the rehearsal store needs a migrated database. */
export async function openKv(config: VaultConfig, database: Database): Promise<KvStore> {
  return config.kind === 'rehearsal' ? createRehearsalKv(database) : createVaultKv(config);
}
