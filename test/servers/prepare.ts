import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourcesDigest } from '../../scripts/lib/sources.mjs';
import { builtSync } from '../support/sync-built.ts';
import { vaultBinary } from './vault/build.ts';
import { yubicoClients } from './yubico/install.ts';

const OUT = fileURLToPath(new URL('../../out/test-sync', import.meta.url));
const STAMP = path.join(OUT, 'built-from');
/** Of the program that tests start. */
const ENTRY = 'test/support/sync-entry.ts';
const SOURCES = ['sync', 'shared', 'ui', 'resources', 'scripts/sync'];

/** Sync as a server gets it, in a folder of this checkout; built anew when a source has changed. */
async function preparedSync(): Promise<string> {
  const digest = sourcesDigest(SOURCES, ['package-lock.json', 'README.md', ENTRY]);
  const program = path.join(OUT, 'bin/conclave-sync.mjs');
  const isOfThese = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest;
  if (!isOfThese || !existsSync(program)) {
    await builtSync(OUT, ENTRY);
    writeFileSync(STAMP, digest);
  }
  return program;
}

/** Once before the tests on real servers: inside a test it would run into its time limit. */
export default async function prepare(): Promise<void> {
  await vaultBinary();
  await yubicoClients();
  process.env['CONCLAVE_SYNC_PROGRAM'] = await preparedSync();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();
