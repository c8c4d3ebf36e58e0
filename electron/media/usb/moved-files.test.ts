import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BATCH_FILE_LIMIT } from '../../../shared/bundle/move-batch.ts';
import { findByDigest, writeMovedFile } from './moved-files.ts';
import { listVolumes, type Volume } from './volumes.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-moved-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Puts random bytes there. Gives their digest. */
function put(path: string, length = 100): string {
  const bytes = randomBytes(length);
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), bytes);
  return digestOf(bytes);
}

const volume = async (): Promise<Volume> => {
  const all = await listVolumes({ mode: 'rehearsal', folders: [folder] });
  const own = all.find(({ path }) => path === folder);
  if (own === undefined) throw new Error('the folder is not listed');
  return own;
};

test('files are found by what is in them, whatever they are called, on the stick and one folder below', async () => {
  const wanted = [put('a.json'), put('SHOUTED.JSON'), put('survey keys/part 1 (2).json')];
  const not = [
    put('.hidden.json'),
    put('one/two/deep.json'),
    put('.trash/gone.json'),
    put('picture.png'),
  ];
  put('other.json');
  put('long.json', BATCH_FILE_LIMIT + 1);
  writeFileSync(join(folder, 'empty.json'), '');
  const found = await findByDigest({ path: folder, label: 'X' }, new Set([...wanted, ...not]));
  expect(found).toEqual(
    new Map([
      [wanted[0], 'a.json'],
      [wanted[1], 'SHOUTED.JSON'],
      [wanted[2], join('survey keys', 'part 1 (2).json')],
    ]),
  );
  const most = await findByDigest(
    { path: folder, label: 'X' },
    new Set([put('most.json', BATCH_FILE_LIMIT)]),
  );
  expect([...most.values()]).toEqual(['most.json']);
});

test('a shortcut is not followed, to a file or to a folder', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'conclave-outside-'));
  const bytes = randomBytes(50);
  writeFileSync(join(outside, 'file.json'), bytes);
  symlinkSync(join(outside, 'file.json'), join(folder, 'file.json'));
  symlinkSync(outside, join(folder, 'linked'));
  const found = await findByDigest({ path: folder, label: 'X' }, new Set([digestOf(bytes)]));
  expect([...found]).toEqual([]);
  rmSync(outside, { recursive: true });
});

test('what comes back lies in a folder of its own, takes the place of one before, and leaves nothing else', async () => {
  const place = {
    mode: 'rehearsal',
    audience: 'a1'.repeat(16),
    nonce: '1a2b3c4d'.repeat(4),
    at: 6,
    of: 200,
  } as const;
  const name = {
    folder: 'conclave-moved-1a2b3c4d',
    file: 'conclave-moved-1a2b3c4d-007-of-200.json',
  };
  const own = await volume();
  await writeMovedFile(own, place, randomBytes(1_000));
  // Of a stick that was pulled out while it was written.
  writeFileSync(join(folder, name.folder, `.${name.file}.0a1b2c3d.part`), 'half');
  const bytes = randomBytes(BATCH_FILE_LIMIT);
  await writeMovedFile(own, place, bytes);
  expect(readdirSync(join(folder, name.folder))).toEqual([name.file]);
  const written = new Uint8Array(readFileSync(join(folder, name.folder, name.file)));
  expect(digestOf(written)).toBe(digestOf(bytes));
});
