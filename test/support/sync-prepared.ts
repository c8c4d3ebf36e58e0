/**
 * The database that deployments are copied from where the test run has made it
 * (test/servers/prepare.ts): CheckTick's tables with its people and their survey, whose columns cost
 * a third of a second of key derivation, and sync's own tables.
 * @module
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../sync/database/migrate.ts';
import { openDatabase } from '../../sync/database/open.ts';
import {
  createCheckTickTables,
  seedCheckTick,
  type SeededCheckTick,
} from '../../sync/rehearsal/seed.ts';
import { startPostgres, type TestPostgres } from '../servers/postgres.ts';
import { preparedFolder } from '../servers/postgres-template.ts';
import { postgresConfig } from './sync-databases.ts';

const DATABASE = 'prepared';

/** Makes a data directory for every PostgreSQL of a test run, with that database in it. */
export async function makePrepared(folder: string): Promise<void> {
  const postgres = await startPostgres();
  try {
    const url = await postgres.createDatabase();
    const checktick = await seeded(url);
    const owner = await openDatabase(postgresConfig(url, 2));
    try {
      await migrate(owner, 'production');
      // Which mode and which sync each copy is for, its own `migrate` says.
      await owner.run('DELETE FROM conclave.settings');
    } finally {
      await owner.close();
    }
    const sql = new Client({ connectionString: postgres.url });
    await sql.connect();
    await sql.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} RENAME TO ${DATABASE}`);
    await sql.end();
    await postgres.stop({ keptIn: folder });
    const kek = Buffer.from(checktick.kek).toString('hex');
    await writeFile(path.join(folder, 'checktick.json'), JSON.stringify({ ...checktick, kek }));
  } catch (cause) {
    await postgres.stop();
    throw cause;
  }
}

/** A database of CheckTick's with sync's tables in it, or still without where nothing was prepared. */
export async function checktickDatabase(
  postgres: TestPostgres,
): Promise<{ readonly url: string; readonly checktick: SeededCheckTick }> {
  const folder = preparedFolder();
  if (folder === undefined) {
    const url = await postgres.createDatabase();
    return { url, checktick: await seeded(url) };
  }
  const text = readFileSync(path.join(folder, 'checktick.json'), 'utf8');
  const { kek, ...rest } = JSON.parse(text) as SeededCheckTick & { kek: string };
  const url = await postgres.createDatabase(DATABASE);
  return { url, checktick: { ...rest, kek: new Uint8Array(Buffer.from(kek, 'hex')) } };
}

async function seeded(url: string): Promise<SeededCheckTick> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await createCheckTickTables(client);
    return await seedCheckTick(client);
  } finally {
    await client.end();
  }
}
