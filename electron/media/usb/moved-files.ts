/**
 * Files of survey keys on a stick: found by what is in them, because whoever carried them there may
 * have called them anything; and what comes back, in a folder of its own.
 * @module
 */
import { createHash } from 'node:crypto';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BATCH_FILE_LIMIT,
  batchFileName,
  batchFolder,
  type BatchPlace,
} from '../../../shared/bundle/move-batch.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { makeFolderDurably, removeLeftovers, writeDurably } from '../../files/durable.ts';
import { fileRefusal } from '../../files/errno.ts';
import { readLimited } from '../../files/read.ts';
import { readerOf } from './medium-reader.ts';
import { refuseUsb } from './refusals.ts';
import type { Volume } from './volumes.ts';

/** SECURITY: a stick from outside decides how many names it has. */
const MOST_NAMES = 20_000;

/**
 * Which of these files lie on a volume, in its first folder or in one of the folders there. Reads
 * every file that one of them could be, one after the other.
 * @param wanted SHA-256 of files, hex
 * @returns by digest: its path below the volume's folder
 */
export async function findByDigest(
  { path, label }: Pick<Volume, 'path' | 'label'>,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of await candidates(path, label)) {
    const digest = await digestOf(join(path, name));
    if (digest !== null && wanted.has(digest)) found.set(digest, name);
  }
  return found;
}

async function candidates(path: string, label: string): Promise<string[]> {
  const names: string[] = [];
  let seen = 0;
  const look = async (below: string): Promise<string[]> => {
    const folders: string[] = [];
    try {
      for await (const entry of await opendir(join(path, below))) {
        seen += 1;
        if (seen > MOST_NAMES) throw refuseUsb('usb-too-many-files', label);
        const name = join(below, entry.name);
        if (entry.isDirectory() && !entry.name.startsWith('.')) folders.push(name);
        else if (entry.isFile() && /^[^.].*\.json$/i.test(entry.name)) names.push(name);
      }
    } catch (error) {
      throw fileRefusal(error, join(path, below));
    }
    return folders;
  };
  for (const folder of await look('')) await look(folder);
  return names;
}

/** Null: it is longer than such a file may be, or cannot be read. */
async function digestOf(path: string): Promise<string | null> {
  try {
    const bytes = await readLimited(path, BATCH_FILE_LIMIT);
    return createHash('sha256').update(bytes).digest('hex');
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Writes what comes back of one file, and reads it from the stick itself. One of before is replaced. */
export async function writeMovedFile(
  volume: Volume,
  place: BatchPlace,
  bytes: Uint8Array,
): Promise<void> {
  const folder = join(volume.path, batchFolder('moved', place));
  const path = join(folder, batchFileName('moved', place));
  await makeFolderDurably(folder);
  // Of a stick that was pulled out while this file was written.
  await removeLeftovers(path);
  await writeDurably(path, bytes, {
    existing: 'replace',
    device: volume.deviceNumber,
    readBack: readerOf(volume),
  });
}
