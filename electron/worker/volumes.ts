/**
 * Sticks as the worker meets them: the chosen volume as it is now, and the files of identities and
 * tickets, which lie beside share files under names of their own.
 * @module
 */
import { opendir } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import type { Mode } from '../../shared/mode.ts';
import type { MediumRecord } from '../../shared/ceremony/types.ts';
import { fileRefusal } from '../files/errno.ts';
import { readLimited } from '../files/read.ts';
import { AGE_FILE_LIMIT } from '../media/age.ts';
import { refuseUsb } from '../media/usb/refusals.ts';
import type { ShareFacts } from '../media/usb/file-name.ts';
import { listVolumes, type Volume } from '../media/usb/volumes.ts';
import { refuseWorker } from './refusals.ts';

/** SECURITY: a stick from outside decides how many names it has. */
const MOST_NAMES = 20_000;
const FOLDER_ID = 'at:';

/**
 * The volume that was chosen from the list, looked at anew. In a rehearsal the id of a folder
 * counts when the folder is `rehearsalFolder` or lies in it: one folder for each custodian's stick.
 * @throws Refusal `volume-missing`, `usb-tools-missing`
 */
export async function findVolume(
  mode: Mode,
  volumeId: string | null,
  rehearsalFolder: string | null,
): Promise<Volume> {
  const folders = rehearsalFolder === null ? [] : [rehearsalFolder];
  if (rehearsalFolder !== null && volumeId?.startsWith(FOLDER_ID) === true) {
    const path = volumeId.slice(FOLDER_ID.length);
    const inside = relative(rehearsalFolder, path);
    if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) folders.push(path);
  }
  const volumes = await listVolumes({ mode, folders });
  const found = volumes.find(({ id }) => id === volumeId);
  if (found === undefined) throw refuseWorker('volume-missing');
  return found;
}

/** `stick HOME-1 (16 GB)`; a folder of a rehearsal is called one. */
export function describeVolume({ label, sizeBytes, folder }: Volume): string {
  if (folder) return `folder ${label}`;
  const [unit, size] = sizeBytes >= 1e9 ? ['GB', sizeBytes / 1e9] : ['MB', sizeBytes / 1e6];
  return `stick ${label} (${size >= 10 ? size.toFixed(0) : size.toFixed(1)} ${unit})`;
}

/** `the stick HOME-1`, inside a sentence. */
export function volumeName({ label, folder }: Volume): string {
  return `the ${folder ? 'folder' : 'stick'} ${label}`;
}

export function usbRecord(volume: Volume, fileName: string): MediumRecord {
  return { kind: 'usb', description: describeVolume(volume), fileName };
}

/** What media/usb names a share file after. */
export function shareFileFacts(share: {
  readonly mode: Mode;
  readonly setId: string;
  readonly index: number;
  readonly count: number;
}): ShareFacts {
  const { mode, setId, index, count } = share;
  return { mode, setId: hexToBytes(setId), index, count };
}

/** `conclave-identity-custodian-1-1a2b3c4d.age`: the person, and the key's first 4 bytes. */
export function identityFileName(name: string, publicKey: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 30)
    .replace(/-+$/, '');
  return `conclave-identity-${slug || 'person'}-${publicKey.slice(0, 8)}.age`;
}

/** `conclave-ticket-1a2b3c4d.age`, after the ticket's id. */
export function ticketFileName(ticketId: string): string {
  return `conclave-ticket-${ticketId.slice(0, 8)}.age`;
}

const IDENTITY = /^conclave-identity-[a-z0-9-]{1,40}-[0-9a-f]{8}\.age$/;

/** Identity files in the first folder of a volume, by name. */
export async function findIdentityFiles(path: string, label: string): Promise<string[]> {
  return (await names(path, label)).filter((name) => IDENTITY.test(name.toLowerCase())).sort();
}

/** Whether a file of this name is there. FAT may shout it: case does not count. */
export async function findFile(volume: Volume, wanted: string): Promise<string | undefined> {
  const all = await names(volume.path, volume.label);
  return all.find((name) => name.toLowerCase() === wanted);
}

/** The bytes of an age file of the volume, still locked. */
export function readAgeFile(path: string, name: string): Promise<Uint8Array> {
  return readLimited(join(path, name), AGE_FILE_LIMIT);
}

async function names(path: string, label: string): Promise<string[]> {
  const found: string[] = [];
  let seen = 0;
  try {
    for await (const entry of await opendir(path)) {
      seen += 1;
      if (seen > MOST_NAMES) throw refuseUsb('usb-too-many-files', label);
      if (entry.isFile()) found.push(entry.name);
    }
  } catch (error) {
    throw fileRefusal(error, path);
  }
  return found;
}
