/**
 * Sticks as the host sees them: which there are, which documents of Conclave's lie on them, and
 * writing documents onto one.
 * @module
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundDocument, VolumeInfo } from '../../../shared/ceremony/types.ts';
import { ENVELOPE_LIMIT } from '../../../shared/encoding/dsse.ts';
import type { Mode } from '../../../shared/mode.ts';
import { writeDurably } from '../../files/durable.ts';
import { readLimited } from '../../files/read.ts';
import { requireSuitable } from '../../media/usb/share-file.ts';
import { listVolumes, type Volume } from '../../media/usb/volumes.ts';
import { refuseHost } from './refusals.ts';

/** How many folders stand for sticks in a rehearsal without any. */
const PRACTICE_STICKS = ['A', 'B', 'C', 'D', 'E', 'F'];

type StickDocument = 'descriptor' | 'package' | 'receipt' | 'chain' | 'plan';

/** `conclave-package-1a2b3c4d.json`: how documents are named, on sticks and by sync. */
export function documentName(kind: string, digest: string, ending = 'json'): string {
  return `conclave-${kind}-${digest.slice(0, 8)}.${ending}`;
}

/** `conclave-log-1a2b3c4d.jsonl`, also as the end of a document's id. */
export function isLogName(name: string): boolean {
  return /conclave-log-[0-9a-f]{8}\.jsonl$/.test(name);
}

export interface Sticks {
  list(mode: Mode): Promise<Volume[]>;
  find(mode: Mode, volumeId: string): Promise<Volume>;
  /** As it was when it was last seen: a stick may be pulled before anybody waits for that. */
  lastSeen(mode: Mode, volumeId: string): Promise<Volume>;
  documents(mode: Mode, kind: StickDocument): Promise<FoundDocument[]>;
  readDocument(mode: Mode, documentId: string): Promise<Uint8Array>;
  /** Writes files durably, reads each back, and describes the stick. Replaces equal names. */
  write(mode: Mode, volumeId: string, files: ReadonlyMap<string, Uint8Array>): Promise<string>;
}

export function openSticks(rehearsalFolder: string | null): Sticks {
  async function practiceFolders(mode: Mode): Promise<string[]> {
    if (mode !== 'rehearsal' || rehearsalFolder === null) return [];
    const folders = PRACTICE_STICKS.map((letter) =>
      join(rehearsalFolder, `practice stick ${letter}`),
    );
    await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
    return folders;
  }

  const seen = new Map<string, Volume>();

  async function list(mode: Mode): Promise<Volume[]> {
    const volumes = await listVolumes({ mode, folders: await practiceFolders(mode) });
    for (const volume of volumes) seen.set(volume.id, volume);
    return volumes;
  }

  async function find(mode: Mode, volumeId: string): Promise<Volume> {
    const volume = (await list(mode)).find(({ id }) => id === volumeId);
    if (volume === undefined) throw refuseHost('document-gone');
    return volume;
  }

  return {
    list,
    find,
    lastSeen: async (mode, volumeId) => seen.get(volumeId) ?? find(mode, volumeId),
    async documents(mode, kind) {
      const pattern = new RegExp(`^conclave-${kind}-[0-9a-f]{8}\\.json$`);
      // Another laptop may go on from sync's chain and from the log of a ceremony alike.
      const fits = (name: string) => pattern.test(name) || (kind === 'chain' && isLogName(name));
      const found = await Promise.all(
        (await list(mode)).map(async (volume) => {
          // A stick that is pulled out while it is looked at has no documents; that is all.
          const names = await readdir(volume.path).catch((): string[] => []);
          return names.filter(fits).map((fileName) => ({
            id: `${volume.id}\n${fileName}`,
            fileName,
            volumeLabel: volume.label,
          }));
        }),
      );
      return found.flat();
    },
    async readDocument(mode, documentId) {
      const [volumeId = '', fileName = ''] = documentId.split('\n');
      if (!/^conclave-[a-z]+-[0-9a-f]{8}\.jsonl?$/.test(fileName))
        throw refuseHost('document-gone');
      const volume = await find(mode, volumeId);
      return readLimited(join(volume.path, fileName), 4 * ENVELOPE_LIMIT);
    },
    async write(mode, volumeId, files) {
      const volume = await find(mode, volumeId);
      requireSuitable(volume, mode);
      for (const [fileName, bytes] of files) {
        await writeDurably(join(volume.path, fileName), bytes, {
          existing: 'replace',
          device: volume.deviceNumber,
        });
      }
      return `${volume.folder ? 'folder' : 'stick'} ${volume.label}`;
    },
  };
}

export function volumeInfo(volume: Volume): VolumeInfo {
  const { id, label, sizeBytes, freeBytes, readOnly, removable, system } = volume;
  return { id, label, sizeBytes, freeBytes, readOnly, removable, system };
}
