// Where things that take minutes to fetch or build are kept between clones.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of this checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * CONCLAVE_CACHE if set, else ~/.cache/conclave, so that a fresh clone on the same machine reuses
 * what an older one fetched; else .cache/ in the checkout where the home folder is not writable.
 * Creates the folder.
 */
export function cacheFolder() {
  const wanted = process.env.CONCLAVE_CACHE ?? path.join(homedir(), '.cache', 'conclave');
  try {
    mkdirSync(wanted, { recursive: true });
    accessSync(wanted, constants.W_OK);
    return wanted;
  } catch (error) {
    if (process.env.CONCLAVE_CACHE !== undefined) throw error;
    const local = path.join(root, '.cache');
    mkdirSync(local, { recursive: true });
    return local;
  }
}
