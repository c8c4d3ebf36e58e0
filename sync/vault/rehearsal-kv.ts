/**
 * The rehearsal store: Vault's KV version 2 semantics in two tables of sync's own schema.
 *
 * Called inside a transaction it joins it, so a rehearsal's commit is one transaction as a whole.
 * @module
 */
import { z } from 'zod';
import { columns } from '../database/columns.ts';
import type { Database } from '../database/database.ts';
import { readInstallation } from '../database/settings.ts';
import {
  checkPath,
  type KvHealth,
  type KvRead,
  type KvStore,
  REQUIRED_CAPABILITIES,
} from './kv.ts';
import { CasRefusal } from './refusals.ts';

const current = z.object({ current_version: columns.integer });
const entry = z.object({ version: columns.integer, data: columns.json.nullable() });

/** @throws Error when the database is not a rehearsal's (a defect in the start-up code) */
export async function createRehearsalKv(database: Database): Promise<KvStore> {
  // SECURITY: keys of production never lie in a table, whatever the caller believes the mode is.
  const { mode } = await readInstallation(database);
  if (mode !== 'rehearsal') throw new Error('the rehearsal store is for rehearsals only');

  async function currentVersion(path: string): Promise<number> {
    const row = await database.maybe(
      current,
      'SELECT current_version FROM conclave.rehearsal_kv WHERE path = $1',
      [path],
    );
    return row?.current_version ?? 0;
  }

  return {
    async read(path, options = {}): Promise<KvRead> {
      checkPath(path);
      const newest = await currentVersion(path);
      const row = await database.maybe(
        entry,
        'SELECT version, data FROM conclave.rehearsal_kv_versions WHERE path = $1 AND version = $2',
        [path, options.version ?? newest],
      );
      if (row === undefined || row.data === null) return { absent: true, currentVersion: newest };
      return { absent: false, data: row.data, version: row.version };
    },

    async put(path, data, { cas }) {
      checkPath(path);
      const version = cas + 1;
      // One statement decides and writes; a loser gets no row, and no error that would end the
      // caller's transaction.
      const claim =
        cas === 0
          ? `INSERT INTO conclave.rehearsal_kv (path, current_version) VALUES ($1, $2)
             ON CONFLICT (path) DO NOTHING RETURNING path`
          : `UPDATE conclave.rehearsal_kv SET current_version = $2
              WHERE path = $1 AND current_version = $2 - 1 RETURNING path`;
      const written = await database.run(
        `WITH claimed AS (${claim})
         INSERT INTO conclave.rehearsal_kv_versions (path, version, data)
         SELECT path, $2, $3 FROM claimed`,
        [path, version, data],
      );
      if (written === 0) throw new CasRefusal(path, await currentVersion(path));
      return { version };
    },

    async destroyVersions(path, versions) {
      checkPath(path);
      for (const version of versions) {
        await database.run(
          `UPDATE conclave.rehearsal_kv_versions SET data = NULL WHERE path = $1 AND version = $2`,
          [path, version],
        );
      }
    },

    async deleteMetadata(path) {
      await database.run('DELETE FROM conclave.rehearsal_kv WHERE path = $1', [checkPath(path)]);
    },

    async capabilities(paths) {
      // A database account cannot be asked in Vault's words; the tables above allow all of it.
      return Object.fromEntries(paths.map((path) => [path, REQUIRED_CAPABILITIES[path] ?? []]));
    },

    async health(): Promise<KvHealth> {
      await readInstallation(database);
      return { state: 'rehearsal', serverVersion: 'rehearsal store', clusterId: undefined };
    },

    async credentials() {
      return null;
    },

    async close() {},
  };
}
