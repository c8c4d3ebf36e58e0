/**
 * Shares on really mounted sticks: a FAT image through fusefat and an ext4 image on a loop device,
 * written, taken out, put back, full, write-protected and pulled half way.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { removeLeftovers, writeDurably } from '../../electron/files/durable.ts';
import type { ReplugState } from '../../electron/media/usb/replug.ts';
import { waitForReplug } from '../../electron/media/usb/replug.ts';
import {
  eraseShareFile,
  findShareFiles,
  readShareFile,
  writeShareFile,
} from '../../electron/media/usb/share-file.ts';
import type { Volume } from '../../electron/media/usb/volumes.ts';
import { listVolumes, refreshVolume } from '../../electron/media/usb/volumes.ts';
import { Refusal } from '../../shared/refusal.ts';
import type { TestVolume } from '../servers/volumes.ts';
import { mountExt4, mountFat } from '../servers/volumes.ts';

const words = new TextEncoder().encode('absorb cradle fabric hollow market zebra');
const setId = Uint8Array.from({ length: 16 }, (_, at) => 0xa0 + at);
const share = Uint8Array.from({ length: 110 }, (_, at) => at);
const facts = { setId, index: 2, count: 4, mode: 'rehearsal' } as const;
const quick = { workFactor: 2 };
const name = 'conclave-share-2-of-4-a0a1a2a3-rehearsal.age';

async function volumeAt(path: string): Promise<Volume> {
  const found = (await listVolumes({ mode: 'rehearsal' })).find((volume) => volume.path === path);
  if (found === undefined) throw new Error(`${path} is not listed`);
  return found;
}

async function codeOf(run: Promise<unknown>): Promise<string> {
  const caught: unknown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(caught instanceof Refusal)) throw new Error(`no refusal but ${String(caught)}`);
  return caught.code;
}

describe('folders beside each other', () => {
  const top = mkdtempSync(join(tmpdir(), 'conclave-beside-'));
  const [plain, other, stick, memory, same] = ['plain', 'other', 'stick', 'memory', 'same'].map(
    (folder) => join(top, folder),
  ) as [string, string, string, string, string];
  let volume: TestVolume;
  beforeAll(async () => {
    volume = await mountExt4({ sizeMiB: 8, label: 'BESIDE' });
    for (const folder of [plain, other, stick, memory, same]) mkdirSync(folder);
    execFileSync('mount', ['--bind', volume.path, stick]);
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', memory]);
    execFileSync('mount', ['--bind', other, same]);
  });
  afterAll(async () => {
    execFileSync('umount', [stick, memory, same]);
    await volume.dispose();
    rmSync(top, { recursive: true });
  });

  it('are listed with the mount that each lies in, also where one is a mount point', async () => {
    const gone = join(top, 'gone');
    const folders = [plain, other, stick, memory, same, gone];
    const found = await listVolumes({ mode: 'rehearsal', folders });
    const listed = new Map(found.map((one) => [one.path, one]));
    const [first, ...rest] = [plain, other, stick, memory, same].map((path) => listed.get(path));
    expect(first).toMatchObject({ label: 'plain', folder: true });
    expect(rest).toMatchObject([
      { ...first, id: `at:${other}`, path: other, label: 'other', freeBytes: expect.any(Number) },
      { label: 'BESIDE', filesystem: 'ext4', folder: false },
      { label: 'memory', filesystem: 'tmpfs', folder: false },
      { device: expect.stringContaining(other), folder: false },
    ]);
    expect(listed.has(gone)).toBe(false);
  });
});

describe.each([
  ['FAT', mountFat],
  ['ext4', mountExt4],
])('a share on a %s stick', (kind, mount) => {
  let stick: TestVolume;
  beforeEach(async () => {
    stick = await mount({ sizeMiB: 8, label: 'CUSTODIAN2' });
  });
  afterEach(() => stick.dispose());

  it('is listed in a rehearsal, and not in production where it is not known to be a stick', async () => {
    const volume = await volumeAt(stick.path);
    expect(volume).toMatchObject({
      filesystem: kind === 'FAT' ? 'fuse.fusefat' : 'ext4',
      readOnly: false,
      system: false,
      folder: false,
      removable: kind === 'FAT' ? 'unknown' : 'no',
    });
    if (kind === 'ext4') expect(volume.label).toBe('CUSTODIAN2');
    expect(volume.sizeBytes).toBeGreaterThan(6_000_000);
    expect(volume.freeBytes).toBeGreaterThan(5_000_000);
    expect(volume.freeBytes).toBeLessThanOrEqual(volume.sizeBytes);
    const production = await listVolumes({ mode: 'production', folders: [stick.path] });
    expect(production.some((found) => found.path === stick.path)).toBe(false);
  });

  it('is written, taken out, put back, read from the stick itself and erased', async () => {
    const volume = await volumeAt(stick.path);
    await writeShareFile(volume, facts, share, words, quick);
    expect(readdirSync(stick.path).filter((found) => /part|age/.test(found))).toEqual([name]);

    const states: ReplugState[] = [];
    const back = waitForReplug(volume, {
      mode: 'rehearsal',
      pollMs: 20,
      onState: (state) => {
        states.push(state);
        if (state === 'still-in') void stick.unmount();
        if (state === 'out') void stick.remount();
      },
    });
    const { volume: again, reopened } = await back;
    expect(reopened).toBe(false);
    expect(states).toEqual(['still-in', 'out', 'back']);
    expect(await readShareFile(again.path, name, words)).toEqual(share);

    const evidence = await eraseShareFile(again, name, 'rehearsal');
    expect(evidence.remaining).toEqual([]);
    await stick.remount();
    expect(await findShareFiles(again)).toEqual([]);
  });

  it('is refused on a full stick, before and while it is written', async () => {
    const volume = await volumeAt(stick.path);
    await stick.fill(20_000);
    expect(await codeOf(writeShareFile(volume, facts, share, words, quick))).toBe('usb-full');
    await stick.fill();
    const before = readdirSync(stick.path);
    const large = new Uint8Array(200_000).fill(1);
    // fusefat says EPERM where every kernel file system says ENOSPC.
    const full = kind === 'FAT' ? 'file-read-only' : 'file-disk-full';
    expect(await codeOf(writeDurably(join(stick.path, 'a'), large))).toBe(full);
    expect(readdirSync(stick.path)).toEqual(before);
  });

  it('is refused on a write-protected stick, and still read from it', async () => {
    await writeShareFile(await volumeAt(stick.path), facts, share, words, quick);
    await stick.remountReadOnly();
    const volume = await volumeAt(stick.path);
    expect(volume.readOnly).toBe(true);
    const other = { ...facts, setId: new Uint8Array(16) };
    expect(await codeOf(writeShareFile(volume, other, share, words, quick))).toBe('usb-read-only');
    expect(await codeOf(writeDurably(join(stick.path, 'a'), share))).toBe('file-read-only');
    expect(await codeOf(eraseShareFile(volume, name, 'rehearsal'))).toBe('file-read-only');
    expect(await readShareFile(stick.path, name, words)).toEqual(share);
  });

  it('never lands on the laptop when the stick was pulled while it was being locked', async () => {
    const volume = await volumeAt(stick.path);
    await writeShareFile(volume, facts, share, words, quick);
    const other = { ...facts, setId: new Uint8Array(16) };
    let pulled = false;
    // Read when locking begins: after the stick was looked at, before a byte is written.
    const pull = {
      get workFactor() {
        if (!pulled) execFileSync('umount', ['--lazy', stick.path]);
        pulled = true;
        return 2;
      },
    };
    expect(await codeOf(writeShareFile(volume, other, share, words, pull))).toBe('file-gone');
    expect(pulled).toBe(true);
    expect(readdirSync(stick.path)).toEqual([]);
    expect(await codeOf(refreshVolume(volume, 'rehearsal'))).toBe('usb-gone');
    expect(await codeOf(readShareFile(stick.path, name, words))).toBe('file-gone');

    await stick.remount();
    expect(await readShareFile(stick.path, name, words)).toEqual(share);
    expect((await findShareFiles(volume)).map((found) => found.name)).toEqual([name]);
  });

  it('is refused on the empty folder that a pulled stick leaves behind', async () => {
    const volume = await volumeAt(stick.path);
    await stick.lazyUnmount();
    const path = join(stick.path, 'a');
    expect(await codeOf(writeDurably(path, share, { device: volume.deviceNumber }))).toBe(
      'file-gone',
    );
    expect(readdirSync(stick.path)).toEqual([]);
  });

  // Not on FAT: fusefat hangs for ever when it is unmounted lazily in a write and mounted again.
  it.runIf(kind === 'ext4')(
    'survives unharmed, and the stick with it, when pulled at any moment of a write',
    async () => {
      const old = Uint8Array.from({ length: 3000 }, (_, at) => at % 251);
      const fresh = new Uint8Array(2_000_000).fill(7);
      const path = join(stick.path, 'manifest');
      await writeDurably(path, old);
      for (let turns = 0; turns < 40; turns += 4) {
        const device = (await volumeAt(stick.path)).deviceNumber;
        const writing = writeDurably(path, fresh, { existing: 'replace', device }).then(
          () => 'written',
          (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
        );
        for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
        await stick.lazyUnmount();
        expect(['written', 'file-gone']).toContain(await writing);
        expect(readdirSync(stick.path)).toEqual([]);
        await stick.remount();
        await removeLeftovers(path);
        const found = readFileSync(path);
        expect(found.equals(old) || found.equals(fresh)).toBe(true);
        await writeDurably(path, old, { existing: 'replace' });
      }
    },
  );

  it('waits until it is told to stop', async () => {
    const volume = await volumeAt(stick.path);
    const stop = new AbortController();
    const waiting = waitForReplug(volume, {
      mode: 'rehearsal',
      signal: stop.signal,
      onState: () => stop.abort(),
    });
    expect(await codeOf(waiting)).toBe('usb-cancelled');
  });

  it('notices that another stick came instead', async () => {
    const volume = await volumeAt(stick.path);
    let other: TestVolume | undefined;
    const states: ReplugState[] = [];
    try {
      await waitForReplug(volume, {
        mode: 'rehearsal',
        pollMs: 20,
        onState: (state) => {
          states.push(state);
          if (state === 'still-in') void stick.unmount();
          if (state === 'out') void mount({ sizeMiB: 12, label: 'OTHER' }).then((m) => (other = m));
          if (state === 'another-stick') void stick.remount();
        },
      });
      expect(states).toEqual(['still-in', 'out', 'another-stick', 'back']);
    } finally {
      await other?.dispose();
    }
  });
});

it('finds no share in a file that somebody damaged on the stick', async () => {
  const stick = await mountFat({ sizeMiB: 8 });
  try {
    await writeShareFile(await volumeAt(stick.path), facts, share, words, quick);
    const file = readFileSync(join(stick.path, name));
    file[file.length - 1] = (file.at(-1) ?? 0) ^ 1;
    writeFileSync(join(stick.path, name), file);
    await stick.remount();
    expect(await codeOf(readShareFile(stick.path, name, words))).toBe('age-damaged');
  } finally {
    await stick.dispose();
  }
});
