/**
 * One share, one stick, one age file: written so that a stick pulled half way loses nothing, read
 * again, and erased with evidence.
 *
 * Nothing here makes a share "issued": for that the stick is taken out and put back (replug.ts),
 * the passphrase typed again, and {@link readShareFile} gives the same share.
 * @module
 */
import { opendir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Mode } from '../../../shared/mode.ts';
import { removeDurably, removeLeftovers, writeDurably } from '../../files/durable.ts';
import { fileRefusal } from '../../files/errno.ts';
import { readLimited } from '../../files/read.ts';
import type { SealOptions } from '../age.ts';
import { AGE_FILE_LIMIT, openAge, sealAge } from '../age.ts';
import type { ShareFacts, ShareFileName } from './file-name.ts';
import { hex, parseShareFileName, setPrefixOf, shareFileName } from './file-name.ts';
import { refuseUsb } from './refusals.ts';
import type { Volume } from './volumes.ts';
import { refreshVolume } from './volumes.ts';

/** What the manifest and the transcript say about a share file. Nothing in it is secret. */
export interface ShareFileRecord {
  readonly kind: 'usb';
  readonly volumeId: string;
  readonly volumeLabel: string;
  readonly fileName: string;
  /** Of the age file, in bytes. */
  readonly sizeBytes: number;
  /** Of the age file, 64 hex digits. */
  readonly sha256: string;
}

/** What is known after a share file was erased. */
export interface EraseEvidence {
  readonly volumeId: string;
  readonly fileName: string;
  /** Unfinished copies of the same file, left by an interrupted write, that were removed too. */
  readonly leftoversRemoved: number;
  /** Share files the stick lists after it, when its folder was opened again. */
  readonly remaining: readonly string[];
}

/** The age file, its unfinished copy and the largest FAT cluster: 65,536 bytes are enough. */
const ROOM_BYTES = 64 * 1024;
/** SECURITY: a stick from outside decides how many names it has. */
const MOST_NAMES = 20_000;

/**
 * Seals a share and writes it to a volume under {@link shareFileName}.
 *
 * @param volume as listed; it is looked at again before anything is written
 * @param share the share's bytes, opaque here; the caller wipes them
 * @param passphrase UTF-8; the caller wipes it
 * @throws Refusal of usb/refusals.ts (`usb-gone`, `usb-system-disk`, `usb-not-removable`,
 *   `usb-read-only`, `usb-full`, `usb-share-exists`, `usb-second-share`, …), of files/refusals.ts
 *   when the stick fails while writing, or of shared/encoding/refusals-age.ts. After a refusal the
 *   stick holds what it held before; only when it was pulled in the very last step (`file-gone`
 *   while its folder is synced) or reads back wrongly (`file-differs`) it may hold the file too.
 */
export async function writeShareFile(
  volume: Volume,
  facts: ShareFacts,
  share: Uint8Array,
  passphrase: Uint8Array,
  options: SealOptions = {},
): Promise<ShareFileRecord> {
  const fileName = shareFileName(facts);
  const now = await refreshVolume(volume, facts.mode);
  requireSuitable(now, facts.mode);
  await requireNoOtherShare(now, facts);

  const file = await sealAge(share, passphrase, options);
  const path = join(now.path, fileName);
  await removeLeftovers(path);
  await writeDurably(path, file, { device: now.deviceNumber });
  return {
    kind: 'usb',
    volumeId: now.id,
    volumeLabel: now.label,
    fileName,
    sizeBytes: file.length,
    sha256: hex(sha256(file)),
  };
}

/**
 * Whether {@link writeShareFile} would take this volume, before anybody types a passphrase.
 * @throws Refusal `usb-system-disk`, `usb-not-removable`, `usb-read-only`, `usb-full`
 */
export function requireSuitable(volume: Volume, mode: Mode): void {
  if (mode === 'production') {
    if (volume.system) throw refuseUsb('usb-system-disk', volume.label);
    // SECURITY: "unknown" is not "yes".
    if (volume.removable !== 'yes') throw refuseUsb('usb-not-removable', volume.label);
  }
  if (volume.readOnly) throw refuseUsb('usb-read-only', volume.label);
  if (volume.freeBytes < ROOM_BYTES) throw refuseUsb('usb-full', volume.label, volume.freeBytes);
}

/**
 * Reads a share file and opens it.
 *
 * @param volumePath the folder of the volume
 * @param name the file's name alone, as listed
 * @returns the share's bytes; the caller wipes them
 * @throws Refusal `usb-file-name`, of files/refusals.ts, or of shared/encoding/refusals-age.ts
 */
export async function readShareFile(
  volumePath: string,
  name: string,
  passphrase: Uint8Array,
): Promise<Uint8Array> {
  requirePlainName(name);
  return openAge(await readLimited(join(volumePath, name), AGE_FILE_LIMIT), passphrase);
}

/**
 * The share files in the first folder of a volume, by their names alone, in the order of sets and
 * shares. A file that was renamed or moved into a folder is not found.
 * @throws Refusal `usb-too-many-files`, `file-gone`, `file-read-only`, `file-failed`
 */
export async function findShareFiles(
  volume: Pick<Volume, 'path' | 'label'>,
): Promise<ShareFileName[]> {
  const found: ShareFileName[] = [];
  let names = 0;
  try {
    for await (const entry of await opendir(volume.path)) {
      names += 1;
      if (names > MOST_NAMES) throw refuseUsb('usb-too-many-files', volume.label);
      const share = entry.isFile() ? parseShareFileName(entry.name) : undefined;
      if (share !== undefined) found.push(share);
    }
  } catch (error) {
    throw fileRefusal(error, volume.path);
  }
  return found.sort((a, b) => a.setPrefix.localeCompare(b.setPrefix) || a.index - b.index);
}

/**
 * Removes a share file, syncs the folder and lists it anew.
 *
 * This does not destroy the bytes: flash memory writes to fresh cells and keeps the old ones, so
 * overwriting would be theatre. What is left can still be opened with the passphrase by somebody
 * who takes the stick apart: a share that must be gone needs its stick destroyed.
 *
 * @throws Refusal `usb-file-name`, `usb-still-there`, `usb-gone`, or of files/refusals.ts
 */
export async function eraseShareFile(
  volume: Volume,
  name: string,
  mode: Mode,
): Promise<EraseEvidence> {
  requirePlainName(name);
  const now = await refreshVolume(volume, mode);
  const path = join(now.path, name);
  await removeDurably(path);
  const leftoversRemoved = await removeLeftovers(path);
  const remaining = (await findShareFiles(now)).map((share) => share.name);
  if (remaining.includes(name)) throw refuseUsb('usb-still-there', name);
  return { volumeId: now.id, fileName: name, leftoversRemoved, remaining };
}

/**
 * Whether a stick holds no share of this set yet, however it is locked.
 * @throws Refusal `usb-second-share`, `usb-share-exists`
 */
export async function requireNoOtherShare(volume: Volume, facts: ShareFacts): Promise<void> {
  const present = await findShareFiles(volume);
  const sameSet = present.filter((share) => share.setPrefix === setPrefixOf(facts.setId));
  const other = sameSet.find((share) => share.index !== facts.index);
  // SECURITY: two shares in one hand lower the number of people it takes.
  if (other !== undefined) {
    throw refuseUsb('usb-second-share', volume.label, other.index, other.count, facts.index);
  }
  const [same] = sameSet;
  if (same !== undefined) throw refuseUsb('usb-share-exists', volume.label, same.name);
}

/** SECURITY: a name from a screen or a stick must not lead out of the stick's folder. */
export function requirePlainName(name: string): void {
  const plain = basename(name) === name && !['', '.', '..'].includes(name) && !name.includes('\0');
  if (!plain) throw refuseUsb('usb-file-name');
}
