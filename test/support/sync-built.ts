/**
 * Sync as a server gets it: built, with exactly the packages that it names.
 * @module
 */
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from '../../scripts/sync/build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds into `folder`, which is emptied first; returns the program that plain Node runs.
 * @param entry default the product's own
 */
export async function builtSync(folder: string, entry?: string): Promise<string> {
  await buildSync(folder, entry);
  // What `npm ci --omit=dev` would install and nothing else: no tsx, nothing of the laptop.
  const { dependencies } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  ) as { dependencies: Record<string, string> };
  for (const name of Object.keys(dependencies)) {
    const place = path.join(folder, 'node_modules', name);
    await mkdir(path.dirname(place), { recursive: true });
    await symlink(path.join(root, 'node_modules', name), place);
  }
  return path.join(folder, 'bin/conclave-sync.mjs');
}
