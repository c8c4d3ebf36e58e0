import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '../../../scripts/lib/cache.mjs';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const run = promisify(execFile);

/**
 * A folder for PYTHONPATH with Yubico's Python clients, fetched if this machine has not fetched
 * these versions for this Python before. pip checks every file against its hash.
 * Errors: says that pip is missing, or what it said.
 */
export async function yubicoClients(): Promise<string> {
  const wanted = createHash('sha256').update(await readFile(requirements));
  const version = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const { stdout } = await run('python3', ['-c', version]);
  const name = `${wanted.digest('hex').slice(0, 32)}-python${stdout.trim()}`;
  const folder = path.join(cacheFolder(), 'yubico', name);
  if (existsSync(folder)) return folder;

  await mkdir(path.dirname(folder), { recursive: true });
  const partial = `${folder}.${process.pid}`;
  const exactly = ['--no-deps', '--require-hashes', '--only-binary=:all:', '--no-compile'];
  try {
    await run('python3', [
      '-m',
      'pip',
      'install',
      '-q',
      ...exactly,
      '-t',
      partial,
      '-r',
      requirements,
    ]);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Yubico’s Python clients could not be installed.\n${why}`, { cause: error });
  }
  // Another run may have been faster.
  await rename(partial, folder).catch(() => rm(partial, { recursive: true, force: true }));
  return folder;
}
