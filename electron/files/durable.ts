/**
 * Writing a file so that it is either wholly there or not at all, on sticks and in the laptop's
 * transcript folder.
 *
 * Our own code because write-file-atomic syncs no folder, reads nothing back, follows shortcuts and
 * takes a short write for a whole one: on a stick that is pulled out those four are the point.
 * @module
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { randomBytes } from '@noble/hashes/utils.js';
import { errnoOf, fileRefusal } from './errno.ts';
import { readLimited } from './read.ts';
import { refuseFile } from './refusals.ts';

export interface WriteOptions {
  /** What to do when the name is taken by an ordinary file. Shares are never written over. */
  readonly existing?: 'refuse' | 'replace';
  /**
   * `st_dev` of the file system that must receive the file. A folder whose stick was taken out is
   * a folder of the laptop's own disk: without this the file would land there.
   */
  readonly device?: number;
  /** How it is read back; {@link readLimited} where nothing is said. */
  readonly readBack?: typeof readLimited;
  /**
   * Sees what was read back before it takes its name: when it throws, the name keeps what it had.
   * The bytes are wiped afterwards.
   */
  readonly prove?: (readBack: Uint8Array) => Promise<void>;
}

/**
 * Writes `bytes` (1 byte or more) under a temporary name in the same folder, syncs and reads it
 * back, renames it, syncs the folder and reads it back under its name. Files get mode 600.
 *
 * The name is looked up just before the rename; two writers of one name at the same moment are not
 * kept apart (FAT has no hard links, and Node no `RENAME_NOREPLACE`).
 *
 * @throws Refusal of refusals.ts; the temporary file is removed where it can be reached, and
 *   nothing else. After `file-differs` under the final name that file stays, as evidence.
 */
export async function writeDurably(
  path: string,
  bytes: Uint8Array,
  { existing = 'refuse', device, readBack = readLimited, prove }: WriteOptions = {},
): Promise<void> {
  if (bytes.length === 0) throw refuseFile('file-empty', basename(path));
  const temporary = join(dirname(path), temporaryName(basename(path)));
  try {
    await requireFree(path, existing);
    try {
      await writeNew(temporary, bytes, device);
      await requireSame(temporary, bytes, path, readBack, prove);
      await requireFree(path, existing);
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
    await syncFolder(dirname(path));
    await requireSame(path, bytes, path, readBack);
    requireDevice((await lstat(path)).dev, device, path);
  } catch (error) {
    throw fileRefusal(error, path);
  }
}

/**
 * Makes a folder and those above it, mode 700, and syncs each one's parent: a file in a folder whose
 * own name is not on the disk is lost with it. Does nothing to what is there.
 */
export async function makeFolderDurably(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  let made = path;
  while (made !== dirname(first)) {
    made = dirname(made);
    await syncFolder(made);
  }
}

/**
 * Removes one ordinary file and syncs its folder.
 * @throws Refusal `file-gone`, `file-not-a-file`, `file-read-only`, `file-failed`
 */
export async function removeDurably(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isFile()) throw refuseFile('file-not-a-file', basename(path));
    await unlink(path);
    await syncFolder(dirname(path));
  } catch (error) {
    throw fileRefusal(error, path);
  }
}

/**
 * Removes what interrupted {@link writeDurably} calls for `path` left behind (a stick pulled half
 * way, a power cut).
 * @returns how many files were removed
 */
export async function removeLeftovers(path: string): Promise<number> {
  const folder = dirname(path);
  try {
    const names = (await readdir(folder)).filter((name) => isTemporaryOf(name, basename(path)));
    for (const name of names) await removeDurably(join(folder, name));
    return names.length;
  } catch (error) {
    throw fileRefusal(error, path);
  }
}

function temporaryName(name: string): string {
  const tail = [...randomBytes(4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `.${name}.${tail}.part`;
}

function isTemporaryOf(candidate: string, name: string): boolean {
  return candidate.startsWith(`.${name}.`) && /^[0-9a-f]{8}\.part$/.test(candidate.slice(-13));
}

async function requireFree(path: string, existing: 'refuse' | 'replace'): Promise<void> {
  const facts = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (facts === undefined) return;
  if (!facts.isFile()) throw refuseFile('file-not-a-file', basename(path));
  if (existing === 'refuse') throw refuseFile('file-exists', basename(path));
}

async function writeNew(path: string, bytes: Uint8Array, device?: number): Promise<void> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  const file = await open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    // SECURITY: judged before a byte is written, so that no share reaches the laptop's own disk.
    requireDevice((await file.stat()).dev, device, path);
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function requireDevice(found: number, wanted: number | undefined, path: string): void {
  if (wanted !== undefined && found !== wanted) throw refuseFile('file-gone', basename(path));
}

async function requireSame(
  path: string,
  bytes: Uint8Array,
  finalPath: string,
  readBack: typeof readLimited,
  prove?: WriteOptions['prove'],
): Promise<void> {
  const back = await readBack(path, bytes.length).catch((error: unknown) => {
    throw fileRefusal(error, finalPath);
  });
  try {
    if (back.length !== bytes.length || !back.every((byte, at) => byte === bytes[at])) {
      throw refuseFile('file-differs', basename(finalPath));
    }
    await prove?.(back);
  } finally {
    back.fill(0);
  }
}

/** A rename is durable only when its folder is synced; some file systems cannot and say so. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(errnoOf(error))) throw error;
  } finally {
    await handle.close();
  }
}
