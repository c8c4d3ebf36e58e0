/**
 * Looking for files that CheckTick's commands and the procedure with a YubiKey's PIV leave behind.
 * Names only: nothing is opened, so a share under another name is not found.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface Leftovers {
  /** Paths below the folder, of files and of folders for what is temporary or was thrown away. */
  readonly found: readonly string[];
  /** Entries whose names were read. */
  readonly looked: number;
  /** False: there is more than is looked at, or a folder could not be read. */
  readonly complete: boolean;
}

/** Entries that are looked at before it is given up. */
const MOST_ENTRIES = 50_000;
const MOST_FOUND = 50;
const DEEPEST = 16;

const FILES = [
  // Whatever it is called: people rename a component.
  /\.bin$/i,
  /^platform_custodian_component_/i,
  /\.(enc|key)$/i,
  /(custodian|share|shamir).*\.(hex|txt|pdf|png|jpe?g)$/i,
];
/** Temporary ones, of `mktemp -d` and of Python's tempfile too; those of what was thrown away or found. */
const FOLDERS =
  /^(\.?te?mp([._-].+)?|tmp[a-z0-9_]{8}|\.trash.*|\$recycle\.bin|lost\+found|found\.\d{3})$/i;

/** Links are not followed. @throws Error of the file system where the folder itself cannot be read */
export async function findLeftovers(folder: string): Promise<Leftovers> {
  const found: string[] = [];
  let looked = 0;
  let complete = true;

  async function look(at: string, depth: number): Promise<void> {
    const entries = await readdir(at, { withFileTypes: true }).catch((error: unknown) => {
      if (depth === 0) throw error;
      complete = false;
      return [];
    });
    for (const entry of entries) {
      if (looked >= MOST_ENTRIES || found.length >= MOST_FOUND) {
        complete = false;
        return;
      }
      looked += 1;
      const here = join(at, entry.name);
      const isFolder = entry.isDirectory();
      if (isFolder ? FOLDERS.test(entry.name) : FILES.some((name) => name.test(entry.name))) {
        found.push(`${relative(folder, here)}${isFolder ? '/' : ''}`);
      }
      if (!isFolder) continue;
      if (depth < DEEPEST) await look(here, depth + 1);
      else complete = false;
    }
  }

  await look(folder, 0);
  return { found, looked, complete };
}
