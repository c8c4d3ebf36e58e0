import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDatabaseUrl } from '../../sync/config/database-url.ts';
import type { DatabaseConfig } from '../../sync/config/config.ts';
import type { Database } from '../../sync/database/database.ts';
import { ensureRehearsalSchema, migrate } from '../../sync/database/migrate.ts';
import { openDatabase } from '../../sync/database/open.ts';
import type { Mode } from '../../shared/mode.ts';
import { startPostgres } from '../servers/postgres.ts';

export function postgresConfig(url: string, poolSize = 10): DatabaseConfig {
  const address = parseDatabaseUrl(url, undefined, []);
  if (address === undefined) throw new Error('the test server gave a URL that sync does not take');
  return { kind: 'postgres', address, poolSize };
}

/** A database with CheckTick's tables, sync's schema and one CheckTick user per number. */
export async function prepare(
  database: Database,
  mode: Mode,
  users: readonly number[],
): Promise<void> {
  await ensureRehearsalSchema(database);
  await migrate(database, mode);
  for (const id of users) {
    await database.run(
      `INSERT INTO public.auth_user (id, password, is_superuser, username, first_name, last_name,
         email, is_staff, is_active, date_joined)
       VALUES ($1, '', false, $2, '', '', $3, true, true, now())`,
      [id, `user-${id}`, `user-${id}@hospital.example`],
    );
  }
}

export interface TestDatabase {
  readonly database: Database;
  readonly config: DatabaseConfig;
  readonly stop: () => Promise<void>;
}

export const DATABASES: readonly (readonly [string, (mode: Mode) => Promise<TestDatabase>])[] = [
  [
    'PostgreSQL',
    async (mode) => {
      const server = await startPostgres();
      const config = postgresConfig(await server.createDatabase());
      const database = await openDatabase(config);
      await prepare(database, mode, [1, 2, 3, 4]);
      return {
        database,
        config,
        stop: async () => {
          await database.close();
          await server.stop();
        },
      };
    },
  ],
  [
    'PGlite',
    async (mode) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'conclave-pglite-'));
      const config: DatabaseConfig = { kind: 'pglite', folder };
      const database = await openDatabase(config);
      await prepare(database, mode, [1, 2, 3, 4]);
      return {
        database,
        config,
        stop: async () => {
          await database.close();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  ],
];
