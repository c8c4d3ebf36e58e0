/**
 * Backups of a deployment as docs/operations.md tells to make them, and the way back.
 * @module
 */
import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Deployment } from './sync-service.ts';

const run = promisify(execFile);

export interface Backups {
  /** Both sides of one moment, under this name. */
  take(name: string): Promise<void>;
  restoreDatabase(name: string): Promise<void>;
  restoreVault(name: string): Promise<void>;
}

export function backupsOf({ env, postgres, vault, folder }: Deployment): Backups {
  const database = new URL(env['DATABASE_URL'] ?? '').pathname.slice(1);
  const url = postgres.url.replace(/\/postgres$/, `/${database}`);
  const dump = (name: string): string => path.join(folder, `${name}.dump`);
  const copy = (name: string): string => path.join(folder, `${name}.vault`);
  const storage = path.join(vault.dir, 'storage');

  return {
    async take(name) {
      await run('pg_dump', ['--format=custom', `--file=${dump(name)}`, url]);
      await vault.kill();
      await cp(storage, copy(name), { recursive: true });
      await vault.restart();
    },
    async restoreDatabase(name) {
      const client = new Client({ connectionString: postgres.url });
      await client.connect();
      await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${database}`);
      await client.end();
      await run('pg_restore', ['--exit-on-error', `--dbname=${url}`, dump(name)]);
    },
    async restoreVault(name) {
      await vault.kill();
      await rm(storage, { recursive: true });
      await cp(copy(name), storage, { recursive: true });
      await vault.restart();
    },
  };
}
