/**
 * Reading a small file that comes from outside: never a shortcut, a folder or a device, and never
 * more bytes than were asked for.
 * @module
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileRefusal } from './errno.ts';
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
  const name = basename(path);
  try {
    // SECURITY: O_NOFOLLOW, as a stick from outside may hold a shortcut to a file of this laptop;
    // O_NONBLOCK, as a named pipe would hold the program for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) throw refuseFile('file-not-a-file', name);
      if (facts.size === 0) throw refuseFile('file-empty', name);
      if (facts.size > maxBytes) throw refuseFile('file-too-large', name, maxBytes);
      // One byte more than its size, to notice a file that grows under our hands.
      const bytes = new Uint8Array(facts.size + 1);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      if (filled !== facts.size) throw refuseFile('file-failed', name, 'its size changed');
      const whole = bytes.slice(0, filled);
      bytes.fill(0);
      return whole;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileRefusal(error, path);
  }
}
