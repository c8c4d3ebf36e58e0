/**
 * Brings sync's own schema `conclave` up to date, and ties the database to one mode for ever.
 *
 * The numbers of the files have gaps (there is no 0011): work that was done side by side had its
 * number before it was finished, and some of it needed no table in the end. A gap means nothing and
 * is never closed: a database remembers files by their names, so whoever gives a file another
 * number makes every deployed database one that this version does not know (`database-newer`).
 * The next file takes a number above the highest; the runner refuses one that comes before a file
 * that was run already.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Mode } from '../../shared/mode.ts';
import { shipped } from '../shipped.ts';
import { columns } from './columns.ts';
import type { Database } from './database.ts';
import { refuseDatabase } from './refusals.ts';

/**
 * Runs the missing migrations in one transaction, under PostgreSQL's advisory lock, so that two
 * replicas starting together do it once. Needs an account that owns the schema `conclave` and may
 * refer to CheckTick's `auth_user`.
 * @returns names of the migrations that were run
 * @throws Refusal `database-no-checktick`, `database-mode`, `database-newer`
 */
export async function migrate(database: Database, mode: Mode): Promise<string[]> {
  if (!(await hasTable(database, 'public.auth_user')))
    throw refuseDatabase('database-no-checktick');
  await requireMode(database, mode);
  const state = await migrationState(database);
  if (state.unknown > 0) throw refuseDatabase('database-newer');
  const { runner } = await import('node-pg-migrate');
  const done = await database.withClient((client) =>
    runner({
      dbClient: client,
      dir: shipped.migrations,
      direction: 'up',
      schema: 'conclave',
      createSchema: true,
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      logger: { info: () => {}, warn: () => {}, error: () => {} },
    }),
  );
  await database.run(
    `INSERT INTO conclave.settings (mode, audience) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [mode, randomBytes(16).toString('hex')],
  );
  await requireMode(database, mode);
  return done.map((migration) => migration.name);
}

/**
 * For `serve` and the commands: refuses a database that was not prepared, or for another mode.
 * @throws Refusal `database-not-migrated`, `database-newer`, `database-mode`
 */
export async function requireMigrated(database: Database, mode: Mode): Promise<void> {
  const { missing, unknown } = await migrationState(database);
  if (unknown > 0) throw refuseDatabase('database-newer');
  if (missing > 0) throw refuseDatabase('database-not-migrated', missing);
  await requireMode(database, mode);
}

/** Gives an empty embedded database the tables of CheckTick, so that a rehearsal has a partner. */
export async function ensureRehearsalSchema(database: Database): Promise<boolean> {
  if (await hasTable(database, 'public.auth_user')) return false;
  const ddl = await readFile(shipped.rehearsalSchema, 'utf8');
  await database.withClient((client) => client.query(`BEGIN; ${ddl}; COMMIT`));
  return true;
}

/** How many migrations the database lacks, and how many it has that this version does not know. */
export async function migrationState(
  database: Database,
): Promise<{ readonly missing: number; readonly unknown: number }> {
  const files = (await readdir(shipped.migrations)).filter((file) => file.endsWith('.sql'));
  const names = new Set(files.map((file) => path.basename(file, '.sql')));
  if (!(await hasTable(database, 'conclave.migrations')))
    return { missing: names.size, unknown: 0 };
  const rows = await database.rows(
    z.object({ name: columns.text }),
    'SELECT name FROM conclave.migrations',
  );
  const run = new Set(rows.map((row) => row.name));
  return {
    missing: [...names].filter((name) => !run.has(name)).length,
    unknown: [...run].filter((name) => !names.has(name)).length,
  };
}

async function requireMode(database: Database, mode: Mode): Promise<void> {
  if (!(await hasTable(database, 'conclave.settings'))) return;
  const row = await database.maybe(
    z.object({ mode: columns.text }),
    'SELECT mode FROM conclave.settings',
  );
  // SECURITY: rehearsal and production accept nothing of each other, the database included.
  if (row !== undefined && row.mode !== mode) throw refuseDatabase('database-mode', row.mode, mode);
}

async function hasTable(database: Database, name: string): Promise<boolean> {
  const row = await database.one(
    z.object({ found: columns.boolean }),
    'SELECT to_regclass($1) IS NOT NULL AS found',
    [name],
  );
  return row.found;
}
