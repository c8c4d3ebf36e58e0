import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourcesDigest } from '../../scripts/lib/sources.mjs';
import { builtSync } from '../support/sync-built.ts';
import { makePrepared } from '../support/sync-prepared.ts';
import { dataFolderKey } from './postgres.ts';
import { vaultBinary } from './vault/build.ts';
import { yubicoClients } from './yubico/install.ts';

const OUT = fileURLToPath(new URL('../../out', import.meta.url));
/** Of the program that tests start. */
const ENTRY = 'test/support/sync-entry.ts';
const PROGRAM_SOURCES = ['sync', 'shared', 'ui', 'resources', 'scripts/sync'];
const DATABASE_SOURCES = ['sync/migrations', 'sync/rehearsal', 'sync/database', 'shared'];
const PREPARED = 'test/support/sync-prepared.ts';

/**
 * A folder of this checkout, made anew when a source has changed. Beside it first: another run of
 * tests may be making the same.
 * @param digest of all that it is made of
 */
async function made(
  name: string,
  digest: string,
  make: (folder: string) => Promise<unknown>,
): Promise<string> {
  const folder = path.join(OUT, name);
  const stamp = 'built-from';
  const isMade = (): boolean =>
    existsSync(path.join(folder, stamp)) &&
    readFileSync(path.join(folder, stamp), 'utf8') === digest;
  if (isMade()) return folder;
  const own = `${folder}-${process.pid}`;
  await make(own);
  writeFileSync(path.join(own, stamp), digest);
  if (!isMade()) {
    await rm(folder, { recursive: true, force: true });
    await rename(own, folder);
  }
  await rm(own, { recursive: true, force: true });
  return folder;
}

/** Sync as a server gets it. */
async function preparedSync(): Promise<string> {
  const digest = sourcesDigest(PROGRAM_SOURCES, ['package-lock.json', 'README.md', ENTRY]);
  const folder = await made('test-sync', digest, (own) => builtSync(own, ENTRY));
  return path.join(folder, 'bin/conclave-sync.mjs');
}

/** A data directory of PostgreSQL with what every deployment begins with. */
async function preparedPostgres(): Promise<string> {
  const digest = sourcesDigest(DATABASE_SOURCES, ['package-lock.json', PREPARED]);
  return made('test-postgres', `${digest} ${await dataFolderKey()}`, makePrepared);
}

/** Once before the tests on real servers: inside a test it would run into its time limit. */
export default async function prepare(): Promise<void> {
  await vaultBinary();
  await yubicoClients();
  process.env['CONCLAVE_SYNC_PROGRAM'] = await preparedSync();
  process.env['CONCLAVE_TEST_POSTGRES'] = await preparedPostgres();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();
