import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../../shared/refusal.ts';
import { hex, parseShareFileName, shareFileName } from './file-name.ts';
import { waitForReplug } from './replug.ts';
import {
  eraseShareFile,
  findShareFiles,
  readShareFile,
  requireSuitable,
  writeShareFile,
} from './share-file.ts';
import type { DeviceRow } from './tables.ts';
import { devicesUnder } from './tables.ts';
import type { Volume } from './volumes.ts';
import { listVolumes, refreshVolume, sameVolume } from './volumes.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const words = utf8('absorb cradle fabric hollow market zebra');
const setId = Uint8Array.from({ length: 16 }, (_, at) => 0xa0 + at);
const share = Uint8Array.from({ length: 110 }, (_, at) => at);
const quick = { workFactor: 2 };
const facts = { setId, index: 2, count: 4, mode: 'rehearsal' } as const;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-usb-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function folderVolume(): Promise<Volume> {
  const found = (await listVolumes({ mode: 'rehearsal', folders: [folder] })).find(
    (volume) => volume.path === folder,
  );
  if (found === undefined) throw new Error('the folder is not listed');
  return found;
}

async function refusalOf(run: () => unknown): Promise<Refusal> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
const codeOf = async (run: () => unknown) => (await refusalOf(run)).code;

describe('the name of a share file', () => {
  it('is read as it was made', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 0, max: 15 }),
        fc.constantFrom('production', 'rehearsal'),
        fc.constantFrom('passphrase', 'yubikey'),
        (id, index, more, mode, lock) => {
          const count = Math.min(16, index + more);
          const name = shareFileName({ setId: id, index, count, mode }, lock);
          const setPrefix = hex(id).slice(0, 8);
          expect(parseShareFileName(name)).toEqual({ name, lock, index, count, setPrefix, mode });
          expect(parseShareFileName(name.toUpperCase())?.index).toBe(index);
        },
      ),
    );
    expect(shareFileName(facts)).toBe('conclave-share-2-of-4-a0a1a2a3-rehearsal.age');
    expect(shareFileName({ ...facts, mode: 'production' }, 'yubikey')).toBe(
      'conclave-yubikey-share-2-of-4-a0a1a2a3.cbor',
    );
  });

  it('is not seen in other names', () => {
    for (const name of [
      'conclave-share-5-of-4-a0a1a2a3.age',
      'conclave-share-0-of-4-a0a1a2a3.age',
      'conclave-share-2-of-4-a0a1a2a3.age.bak',
      '.conclave-share-2-of-4-a0a1a2a3.age.0123abcd.part',
      'conclave-share-2-of-4-a0a1a2a3.cbor',
      'conclave-yubikey-share-2-of-4-a0a1a2a3.age',
      'notes.age',
    ]) {
      expect(parseShareFileName(name)).toBeUndefined();
    }
    expect(() => shareFileName({ ...facts, index: 5 })).toThrow(RangeError);
    expect(() => shareFileName({ ...facts, setId: new Uint8Array(4) })).toThrow(RangeError);
  });
});

describe('a share in a folder (rehearsal)', () => {
  it('is written, recorded, found, read back and erased', async () => {
    const volume = await folderVolume();
    const record = await writeShareFile(volume, facts, share, words, quick);
    const file = readFileSync(join(folder, record.fileName));
    expect(record).toEqual({
      kind: 'usb',
      volumeId: `at:${folder}`,
      volumeLabel: volume.label,
      fileName: 'conclave-share-2-of-4-a0a1a2a3-rehearsal.age',
      sizeBytes: file.length,
      sha256: hex(sha256(file)),
    });
    expect((await findShareFiles(volume)).map((found) => found.index)).toEqual([2]);
    expect(await readShareFile(folder, record.fileName, words)).toEqual(share);

    writeFileSync(join(folder, `.${record.fileName}.0123abcd.part`), 'unfinished');
    expect(await eraseShareFile(volume, record.fileName, 'rehearsal')).toEqual({
      volumeId: `at:${folder}`,
      fileName: record.fileName,
      leftoversRemoved: 1,
      remaining: [],
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps to one share of a set, and never writes over one', async () => {
    const volume = await folderVolume();
    const { fileName } = await writeShareFile(volume, facts, share, words, quick);
    const before = readFileSync(join(folder, fileName));
    const second = await refusalOf(() =>
      writeShareFile(volume, { ...facts, index: 3 }, share, words, quick),
    );
    expect(second.note()).toMatchObject({ code: 'usb-second-share', culprit: 'share 2 of 4' });
    expect(await codeOf(() => writeShareFile(volume, facts, share, words, quick))).toBe(
      'usb-share-exists',
    );
    expect(readdirSync(folder)).toEqual([fileName]);
    expect(readFileSync(join(folder, fileName))).toEqual(before);

    const otherSet = { ...facts, setId: new Uint8Array(16), index: 3 };
    await writeShareFile(volume, otherSet, share, words, quick);
    expect((await findShareFiles(volume)).map((found) => found.index)).toEqual([3, 2]);
  });

  it('is not read through a name that leads elsewhere', async () => {
    for (const name of ['../x', '/etc/hostname', 'a/b', '..', '.', '', 'a\0b']) {
      expect(await codeOf(() => readShareFile(folder, name, words))).toBe('usb-file-name');
    }
    symlinkSync('/etc/hostname', join(folder, 'conclave-share-1-of-4-a0a1a2a3.age'));
    mkdirSync(join(folder, 'conclave-share-2-of-4-a0a1a2a3.age'));
    expect(await findShareFiles(await folderVolume())).toEqual([]);
    expect(
      await codeOf(() => readShareFile(folder, 'conclave-share-1-of-4-a0a1a2a3.age', words)),
    ).toBe('file-not-a-file');
  });

  it('is refused when the folder went away', async () => {
    const volume = await folderVolume();
    rmSync(folder, { recursive: true });
    expect(await codeOf(() => refreshVolume(volume, 'rehearsal'))).toBe('usb-gone');
    expect(await codeOf(() => writeShareFile(volume, facts, share, words, quick))).toBe('usb-gone');
    expect(await codeOf(() => findShareFiles(volume))).toBe('file-gone');
  });

  it('is opened again at once, as a folder cannot be taken out', async () => {
    const volume = await folderVolume();
    expect(await waitForReplug(volume, { mode: 'rehearsal' })).toEqual({ volume, reopened: true });
  });
});

describe('production', () => {
  it('lists nothing of the laptop itself, and takes no folder of it', async () => {
    const volume = await folderVolume();
    const listed = await listVolumes({ mode: 'production', folders: [folder] });
    expect(listed.filter((found) => found.system || found.removable !== 'yes')).toEqual([]);
    expect(listed.some((found) => found.path === folder)).toBe(false);
    expect(
      await codeOf(() => writeShareFile(volume, { ...facts, mode: 'production' }, share, words)),
    ).toBe('usb-gone');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('suits only a stick that is certain to be one, writable and with room', async () => {
    const stick: Volume = {
      ...(await folderVolume()),
      removable: 'yes',
      system: false,
      readOnly: false,
      freeBytes: 65_536,
    };
    expect(() => requireSuitable(stick, 'production')).not.toThrow();
    const cases = [
      [{ removable: 'unknown' }, 'usb-not-removable'],
      [{ removable: 'no' }, 'usb-not-removable'],
      [{ system: true }, 'usb-system-disk'],
      [{ readOnly: true }, 'usb-read-only'],
      [{ freeBytes: 65_535 }, 'usb-full'],
    ] as const;
    for (const [change, code] of cases) {
      expect(await codeOf(() => requireSuitable({ ...stick, ...change }, 'production'))).toBe(code);
    }
  });
});

const device = (kname: string, majorMinor: string, pkname: string | null): DeviceRow => ({
  kname,
  pkname,
  'maj:min': majorMinor,
  path: `/dev/${kname}`,
  type: 'part',
  size: 1,
  ro: false,
  rm: false,
  hotplug: false,
  tran: null,
});

describe('volumes', () => {
  const devices = [
    device('sda', '8:0', null),
    device('sda1', '8:1', 'sda'),
    device('dm-0', '254:0', 'sda1'),
    device('sdb', '8:16', null),
  ];
  const names = (number: string, source: string | null) =>
    devicesUnder({ 'maj:min': number, source }, devices).map((found) => found.kname);

  it('lie on partitions, mappings and disks', () => {
    expect(names('254:0', '/dev/mapper/root')).toEqual(['dm-0', 'sda1', 'sda']);
    expect(names('0:30', '/dev/sda1[/@home]')).toEqual(['sda1', 'sda']);
    expect(names('0:39', 'fusefat')).toEqual([]);
    expect(names('0:39', null)).toEqual([]);
  });

  it('are the same by UUID, else by label, size and file system', async () => {
    const base: Volume = { ...(await folderVolume()), folder: false };
    const a: Volume = { ...base, id: 'uuid:A', path: '/media/a' };
    expect(sameVolume(a, { ...a, path: '/media/b', freeBytes: 1 })).toBe(true);
    expect(sameVolume(a, { ...a, id: 'uuid:B' })).toBe(false);
    const nameless: Volume = { ...base, id: 'at:/media/a' };
    expect(sameVolume(nameless, { ...nameless, id: 'at:/media/b' })).toBe(true);
    expect(sameVolume(nameless, { ...nameless, sizeBytes: 5 })).toBe(false);
    expect(sameVolume(nameless, a)).toBe(false);
    expect(sameVolume({ ...base, folder: true }, nameless)).toBe(false);
  });
});
