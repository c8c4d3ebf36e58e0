import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
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

/**
 * Sync as a server gets it, in a folder of this checkout; built anew when a source has changed.
 * Beside it first: another run of tests may be building the same.
 */
async function preparedSync(): Promise<string> {
  const digest = sourcesDigest(SOURCES, ['package-lock.json', 'README.md', ENTRY]);
  const program = path.join(OUT, 'bin/conclave-sync.mjs');
  const isBuilt = (): boolean =>
    existsSync(program) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest;
  if (isBuilt()) return program;
  const own = `${OUT}-${process.pid}`;
  await builtSync(own, ENTRY);
  writeFileSync(path.join(own, path.basename(STAMP)), digest);
  if (!isBuilt()) {
    await rm(OUT, { recursive: true, force: true });
    await rename(own, OUT);
  }
  await rm(own, { recursive: true, force: true });
  return program;
}

/** Once before the tests on real servers: inside a test it would run into its time limit. */
export default async function prepare(): Promise<void> {
  await vaultBinary();
  await yubicoClients();
  process.env['CONCLAVE_SYNC_PROGRAM'] = await preparedSync();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();
