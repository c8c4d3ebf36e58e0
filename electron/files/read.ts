/**
 * Reading a small file that comes from outside: never a shortcut, a folder or a device, and never
 * more bytes than were asked for.
 * @module
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf, fileRefusal } from './errno.ts';
import { refuseFile } from './refusals.ts';

/**
 * Reads a whole file of 1 to `maxBytes` bytes.
 *
 * @returns a plain `Uint8Array` of its own memory (no slice of Node's shared pool), so that it can
 *   be wiped
 * @throws Refusal `file-empty`, `file-too-large` (judged by its size, before anything is read),
 *   `file-not-a-file`, `file-gone`, `file-read-only` (no permission), `file-failed`
 */
export async function readLimited(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    return await readOpened(path, maxBytes, 0, fill);
  } catch (error) {
    throw fileRefusal(error, path);
  }
}

/** One page of a WebAssembly memory, bytes. */
const PAGE = 64 * 1024;

/**
 * As {@link readLimited}, from the medium itself and past what the system remembers of the file: so
 * is read what was written a moment ago on a stick that nobody took out. A driver outside of the
 * kernel, and the stick, may still have a memory of their own.
 * @throws Refusal also `file-only-remembered` where the file system has no such read
 */
export async function readFromMedium(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    return await readOpened(path, maxBytes, constants.O_DIRECT, fillPages);
  } catch (error) {
    if (errnoOf(error) === 'EINVAL') throw refuseFile('file-only-remembered', basename(path));
    throw fileRefusal(error, path);
  }
}

/** Reads into `bytes`, which is longer than the file, and says how many there were. */
type Fill = (
  file: FileHandle,
  size: number,
) => Promise<{ readonly bytes: Uint8Array; readonly filled: number }>;

const fill: Fill = async (file, size) => {
  // One byte more than its size, to notice a file that grows under our hands.
  const bytes = new Uint8Array(size + 1);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { bytes, filled };
};

const fillPages: Fill = async (file, size) => {
  // O_DIRECT wants memory at the border of a page, which nothing else in JavaScript promises; and a
  // byte more than the size, as above.
  const initial = Math.floor(size / PAGE) + 1;
  const bytes = new Uint8Array(new WebAssembly.Memory({ initial }).buffer);
  let filled = 0;
  // From the border of a page on, too: whatever came that ends elsewhere was the end of the file.
  while (filled < bytes.length && filled % PAGE === 0) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { bytes, filled };
};

async function readOpened(
  path: string,
  maxBytes: number,
  more: number,
  read: Fill,
): Promise<Uint8Array> {
  const name = basename(path);
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  // SECURITY: O_NOFOLLOW, as a stick from outside may hold a shortcut to a file of this laptop;
  // O_NONBLOCK, as a named pipe would hold the program for ever.
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | more);
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw refuseFile('file-not-a-file', name);
    if (facts.size === 0) throw refuseFile('file-empty', name);
    if (facts.size > maxBytes) throw refuseFile('file-too-large', name, maxBytes);
    const { bytes, filled } = await read(file, facts.size);
    const whole = bytes.slice(0, filled);
    bytes.fill(0);
    if (filled !== facts.size) {
      whole.fill(0);
      throw refuseFile('file-failed', name, 'its size changed');
    }
    return whole;
  } finally {
    await file.close();
  }
}
