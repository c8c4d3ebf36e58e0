import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from './postgres.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function rows(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

it('makes databases that do not see each other', async () => {
  const [one, other] = [await postgres.createDatabase(), await postgres.createDatabase()];
  await rows(one, 'CREATE TABLE only_here (x int)');
  await expect(rows(other, 'SELECT * FROM only_here')).rejects.toThrow(/does not exist/);
  const copy = await postgres.createDatabase(new URL(one).pathname.slice(1));
  expect(await rows(copy, 'SELECT * FROM only_here')).toEqual([]);
});

it('is the real server, flushing to disk, with passwords checked', async () => {
  const settings = await rows(postgres.url, "SELECT current_setting('fsync') AS fsync, version()");
  expect(settings).toMatchObject([{ fsync: 'on', version: expect.stringMatching(/^PostgreSQL/) }]);
  const wrong = postgres.url.replace(/postgres:[^@]+@/, 'postgres:wrong@');
  await expect(rows(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
});

it('keeps what was committed over kill -9, and not what was not', async () => {
  const url = await postgres.createDatabase();
  await rows(url, 'CREATE TABLE kept (x int); INSERT INTO kept VALUES (7)');
  const open = new Client({ connectionString: url });
  const broken = new Promise((resolve) => open.on('error', resolve));
  await open.connect();
  await open.query('BEGIN');
  await open.query('INSERT INTO kept VALUES (8)');
  await postgres.kill9();
  await broken;
  await postgres.restart();
  expect(await rows(url, 'SELECT x FROM kept')).toEqual([{ x: 7 }]);
});
