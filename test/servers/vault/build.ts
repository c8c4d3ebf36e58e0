import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '../../../scripts/lib/cache.mjs';

const source = fileURLToPath(new URL('.', import.meta.url));

/**
 * The test Vault server's binary, built if this machine has not built these sources before: some
 * minutes the first time, because Vault's core is 1,650 packages.
 * Errors: says that Go is missing, or what the compiler said.
 */
export async function vaultBinary(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum', 'main.go']) {
    hash.update(await readFile(path.join(source, name)));
  }
  const folder = path.join(cacheFolder(), 'vault', hash.digest('hex').slice(0, 32));
  const binary = path.join(folder, 'vault-test-server');
  if (existsSync(binary)) return binary;

  await mkdir(folder, { recursive: true });
  const partial = `${binary}.${process.pid}`;
  console.log('Building the test Vault server: some minutes, this once.');
  try {
    await promisify(execFile)(
      'go',
      ['build', '-trimpath', '-ldflags', '-s -w', '-o', partial, '.'],
      { cwd: source, maxBuffer: 1 << 26 },
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      why.includes('ENOENT')
        ? 'The tests run against a real Vault, which is built with Go 1.25 or newer: no `go` was found.'
        : `The test Vault server did not build.\n${why}`,
      { cause: error },
    );
  }
  await rename(partial, binary);
  return binary;
}
