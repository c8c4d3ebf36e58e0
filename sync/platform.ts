/**
 * Opens everything sync stands on, in the right order, and closes it in the reverse one.
 * @module
 */
import type { SyncConfig } from './config/config.ts';
import { advanceClock } from './database/clock.ts';
import type { Database } from './database/database.ts';
import { ensureRehearsalSchema, migrate, requireMigrated } from './database/migrate.ts';
import { openDatabase } from './database/open.ts';
import type { KvStore } from './vault/kv.ts';
import { openKv } from './vault/open.ts';

export interface Platform {
  readonly config: SyncConfig;
  readonly database: Database;
  readonly kv: KvStore;
  close(): Promise<void>;
}

/**
 * A rehearsal's embedded database is made and migrated on the spot. PostgreSQL must have been
 * migrated before, by an account with more rights than sync has.
 * @throws Refusal of database/refusals.ts or vault/refusals.ts
 */
export async function openPlatform(config: SyncConfig): Promise<Platform> {
  const database = await openDatabase(config.database);
  try {
    if (database.kind === 'pglite') {
      await ensureRehearsalSchema(database);
      await migrate(database, config.mode);
    } else {
      await requireMigrated(database, config.mode);
    }
    await advanceClock(database);
    const kv = await openKv(config.vault, database);
    return {
      config,
      database,
      kv,
      close: async () => {
        await kv.close();
        await database.close();
      },
    };
  } catch (cause) {
    await database.close();
    throw cause;
  }
}
