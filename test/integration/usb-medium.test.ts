/**
 * A read-back that asks the stick and not the memory of the laptop: real file systems in images that
 * are changed below their mounts, where the system's memory of a file cannot see it.
 */
import { execFile } from 'node:child_process';
import { createHash, randomBytes as manyBytes } from 'node:crypto';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFromMedium, readLimited } from '../../electron/files/read.ts';
import { findByDigest, writeMovedFile } from '../../electron/media/usb/moved-files.ts';
import { listVolumes, type Volume } from '../../electron/media/usb/volumes.ts';
import {
  envelopeFileName,
  lookAtEnvelope,
  replaceEnvelopeFile,
  writeEnvelopeFile,
} from '../../electron/media/yubikey/envelope-file.ts';
import { BATCH_FILE_LIMIT } from '../../shared/bundle/move-batch.ts';
import { Refusal } from '../../shared/refusal.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import { encodeKeyEnvelope, type KeyEnvelope } from '../../shared/sharing/key-envelope.ts';
import { installFaults, StickFaults } from '../support/faulty-sticks.ts';
import { mountExt4, mountFat, type TestVolume } from '../servers/volumes.ts';

const run = promisify(execFile);

/** The stick's flash forgets: the bytes are others from here on, and nobody tells the system. */
async function changeBelow({ device = '' }: TestVolume, bytes: Uint8Array): Promise<void> {
  const { stdout } = await run('losetup', ['--noheadings', '--output', 'BACK-FILE', device]);
  const image = stdout.trim();
  const whole = await readFile(image);
  const at = whole.indexOf(bytes);
  expect(at).toBeGreaterThan(0);
  expect(whole.indexOf(bytes, at + 1)).toBe(-1);
  const file = await open(image, 'r+');
  await file.write(Uint8Array.of((bytes[20] ?? 0) ^ 1), 0, 1, at + 20);
  await file.sync();
  await file.close();
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  const caught: unknown = await asked.then(
    () => 'no refusal',
    (error: unknown) => error,
  );
  if (!(caught instanceof Refusal)) throw new Error(String(caught), { cause: caught });
  return caught.code;
}

/** Nobody opens it here. */
const anOtpEnvelope = (): KeyEnvelope => ({
  mode: 'rehearsal',
  setId: 'a1'.repeat(16),
  generation: 1,
  index: 2,
  count: 4,
  ceremonyId: 'ce'.repeat(16),
  method: 'otp-hmac',
  keys: [
    {
      serial: 12_345_678,
      slot: 2,
      touch: true,
      challenge: randomBytes(32),
      responseCheck: randomBytes(4),
      salt: randomBytes(16),
      workFactor: 18,
    },
  ],
  sealed: [randomBytes(118)],
});

describe('on ext4', () => {
  let stick: TestVolume;
  beforeEach(async () => {
    stick = await mountExt4({ sizeMiB: 8 });
  });
  afterEach(() => stick.dispose());

  const volume = async (): Promise<Volume> => {
    const all = await listVolumes({ mode: 'rehearsal' });
    const own = all.find(({ path }) => path === stick.path);
    if (own === undefined) throw new Error('The stick is not listed.');
    return own;
  };

  it('the memory of the laptop answers what was written, the medium what it holds', async () => {
    const path = join(stick.path, 'file');
    const bytes = randomBytes(600);
    const file = await open(path, 'w');
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
    expect(await readFromMedium(path, 1024)).toEqual(bytes);
    await changeBelow(stick, bytes);
    expect(await readLimited(path, 1024)).toEqual(bytes);
    const found = await readFromMedium(path, 1024);
    expect(found).not.toEqual(bytes);
    expect(found).toHaveLength(600);
  });

  it('an envelope that the stick did not keep as it was written is noticed', async () => {
    const [old, fresh] = [anOtpEnvelope(), anOtpEnvelope()];
    await writeEnvelopeFile(await volume(), old);
    const name = envelopeFileName(old);
    // The temporary file was read and opened; it is changed before it is read under its name.
    const replaced = replaceEnvelopeFile(await volume(), name, fresh, (readBack) => {
      expect(readBack).toEqual(fresh);
      return changeBelow(stick, encodeKeyEnvelope(fresh));
    });
    expect(await codeOf(replaced)).toBe('file-differs');
    const found = await lookAtEnvelope(await volume(), name, 'rehearsal');
    expect(found).not.toEqual(encodeKeyEnvelope(fresh));
    expect(await readLimited(join(stick.path, name), 1024)).toEqual(encodeKeyEnvelope(fresh));
  });

  it.each([65_535, 65_536, 65_537, 131_072, 300_000, 1_048_576])(
    'a file of %i bytes is read from the medium, whole',
    async (length) => {
      const path = join(stick.path, 'long');
      const bytes = manyBytes(length);
      const file = await open(path, 'w');
      await file.writeFile(bytes);
      await file.sync();
      await file.close();
      const found = await readFromMedium(path, length);
      expect(Buffer.from(found).equals(bytes)).toBe(true);
      expect(await codeOf(readFromMedium(path, length - 1))).toBe('file-too-large');
    },
  );

  it('is refused as readLimited refuses', async () => {
    expect(await codeOf(readFromMedium(join(stick.path, 'nothing'), 9))).toBe('file-gone');
    await writeFile(join(stick.path, 'long'), new Uint8Array(10));
    expect(await codeOf(readFromMedium(join(stick.path, 'long'), 9))).toBe('file-too-large');
    await writeFile(join(stick.path, 'empty'), '');
    expect(await codeOf(readFromMedium(join(stick.path, 'empty'), 9))).toBe('file-empty');
  });
});

it('FAT answers as well', async () => {
  const stick = await mountFat({ sizeMiB: 8 });
  try {
    const bytes = randomBytes(600);
    await writeFile(join(stick.path, 'file'), bytes);
    expect(await readFromMedium(join(stick.path, 'file'), 1024)).toEqual(bytes);
  } finally {
    await stick.dispose();
  }
});

it('a file of survey keys that moved is written to a FAT stick and read from it, as long as one may be', async () => {
  const stick = await mountFat({ sizeMiB: 8 });
  try {
    const all = await listVolumes({ mode: 'rehearsal' });
    const own = all.find(({ path }) => path === stick.path);
    if (own === undefined) throw new Error('The stick is not listed.');
    expect(own.folder).toBe(false);
    const place = {
      mode: 'rehearsal',
      audience: 'a1'.repeat(16),
      nonce: 'b2'.repeat(16),
      at: 0,
      of: 2,
    } as const;
    const bytes = new Uint8Array(manyBytes(BATCH_FILE_LIMIT));
    await writeMovedFile(own, place, bytes);
    const found = await findByDigest(
      own,
      new Set([createHash('sha256').update(bytes).digest('hex')]),
    );
    expect([...found.values()]).toEqual([
      join('conclave-moved-b2b2b2b2', 'conclave-moved-b2b2b2b2-1-of-2.json'),
    ]);
  } finally {
    await stick.dispose();
  }
});

it('a FAT stick that is pulled at any call of a renewal has the old envelope or the new one, whole', async () => {
  const faults = new StickFaults();
  const restore = installFaults(faults.shared);
  const stick = await mountFat({ sizeMiB: 1, label: 'STICK-2' });
  try {
    const [old, fresh] = [anOtpEnvelope(), anOtpEnvelope()];
    const name = envelopeFileName(old);
    const [before, after] = [old, fresh].map(encodeKeyEnvelope);
    const volume = async (): Promise<Volume> => {
      const all = await listVolumes({ mode: 'rehearsal', folders: [stick.path] });
      const own = all.find(({ path }) => path === stick.path);
      if (own === undefined) throw new Error('The stick is not listed.');
      return own;
    };
    const found: string[] = [];
    for (let at = 1; ; at += 1) {
      await rm(join(stick.path, name), { force: true });
      await writeEnvelopeFile(await volume(), old);
      const now = await volume();
      faults.arm(at, 'gone');
      await replaceEnvelopeFile(now, name, fresh, async () => undefined).catch(() => undefined);
      const wasReached = faults.disarm();
      await stick.pull();
      const bytes = await readLimited(join(stick.path, name), 1024);
      found.push(Buffer.compare(bytes, before ?? bytes) === 0 ? 'old' : 'new');
      if (found.at(-1) === 'new') expect(bytes).toEqual(after);
      if (!wasReached) break;
    }
    expect(found.length).toBeGreaterThan(8);
    // Once it is renamed, and never before, it is the new one.
    expect(found.join(' ')).toMatch(/^(old )+(new )*new$/);
  } finally {
    restore();
    await stick.dispose();
  }
});

it('a file system without such a read is refused, and nothing else is read', async () => {
  // The kernel's own files are nowhere but in its memory.
  expect(await codeOf(readFromMedium('/sys/kernel/mm/transparent_hugepage/enabled', 4096))).toBe(
    'file-only-remembered',
  );
});
