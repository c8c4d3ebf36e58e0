/**
 * Reading the files that the auditor names.
 * @module
 */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { refuseDocument } from '../../shared/encoding/refusals-documents.ts';
import { refusals } from '../../shared/refusal.ts';
import { LOG_LIMIT } from '../../shared/transcript/log.ts';

export const refuseFile = refusals({
  'file-unreadable': (file: string, reason: string) => ({
    happened: `${file} cannot be read: ${reason}.`,
    means: 'Nothing was verified.',
    next: 'Check the name of the file and whether its stick is still plugged in.',
    culprit: file,
  }),
});

/** Paths of the ceremony logs in a folder, in the order of their names. */
export function logsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
    if (names.length > 0) return names.sort().map((name) => path.join(folder, name));
  } catch (error) {
    throw refuseFile('file-unreadable', folder, describe(error));
  }
  throw refuseFile('file-unreadable', folder, 'there is no ceremony log in it');
}

/** At most {@link LOG_LIMIT} bytes of an ordinary file. */
export function readInput(file: string): Uint8Array {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    throw refuseFile('file-unreadable', file, describe(error));
  }
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw refuseFile('file-unreadable', file, 'it is not an ordinary file');
    if (stats.size > LOG_LIMIT) throw refuseDocument('document-too-large', 'file', LOG_LIMIT);
    const bytes = new Uint8Array(stats.size);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(handle, bytes, filled, bytes.length - filled, null);
      if (count === 0) throw refuseFile('file-unreadable', file, 'it became shorter meanwhile');
      filled += count;
    }
    return bytes;
  } catch (error) {
    if (error instanceof Error && 'errno' in error) {
      throw refuseFile('file-unreadable', file, describe(error));
    }
    throw error;
  } finally {
    closeSync(handle);
  }
}

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'ENOTDIR') return 'it is not a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'you have no right to read it';
  return code === '' ? String(error) : code;
}
