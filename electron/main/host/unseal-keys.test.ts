import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from './store.ts';
import { knownUnsealKeys, sayUnsealKeys } from './unseal-keys.ts';

const NOW = new Date('2026-05-03T09:30:00.789Z');
const KEYS = { holders: ['custodian 1', 'admin 2'], needed: 2 };

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-unseal-'));
  store = openStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = () => join(folder, 'production', 'unseal-keys.json');
const say = (keys: typeof KEYS | null, now = NOW) =>
  sayUnsealKeys({ mode: 'production', keys }, store, now);
const known = () => knownUnsealKeys(store, 'production');

test('what was said is there after a start, each mode by itself; said again it takes its place', async () => {
  expect(await known()).toEqual({ kept: null, unreadable: null });
  await say(KEYS);
  store = openStore(folder);
  const kept = { mode: 'production', saidAt: '2026-05-03T09:30:00Z', ...KEYS };
  expect(await known()).toEqual({ kept, unreadable: null });
  expect(await knownUnsealKeys(store, 'rehearsal')).toEqual({ kept: null, unreadable: null });
  await say({ holders: ['admin 3'], needed: 1 }, new Date('2026-06-01T00:00:00Z'));
  expect((await known()).kept).toMatchObject({ holders: ['admin 3'], needed: 1 });
  // Written wholly under another name first: none of those is left.
  expect(await readdir(join(folder, 'production'))).toEqual(['unseal-keys.json']);
});

test('it is forgotten, also twice', async () => {
  await say(KEYS);
  await say(null);
  await say(null);
  expect(await known()).toEqual({ kept: null, unreadable: null });
  expect(await readdir(join(folder, 'production'))).toEqual([]);
});

test('a damaged file is named, home goes on, and saying it again puts it right', async () => {
  await say(KEYS);
  const text = await readFile(path(), 'utf8');
  for (const damaged of [text.replace('admin 2', 'admin 3'), text.slice(0, -1), '', '{}']) {
    await writeFile(path(), damaged);
    const { kept, unreadable } = await known();
    expect(kept).toBeNull();
    expect(unreadable?.code).toMatch(/^(unseal-keys-file|file-empty)$/);
    expect(unreadable?.happened).toContain('unseal-keys.json');
  }
  await say(KEYS);
  expect((await known()).unreadable).toBeNull();
});

test('what is no file, or far too long, is named as well', async () => {
  await mkdir(path(), { recursive: true });
  expect((await known()).unreadable?.code).toBe('file-not-a-file');
  await rm(path(), { recursive: true });
  await writeFile(path(), new Uint8Array(70_000));
  expect((await known()).unreadable?.code).toBe('file-too-large');
});

test('a disk that takes nothing keeps what was said before', async () => {
  await say(KEYS);
  const { kept } = await known();
  await rm(path());
  await mkdir(path());
  await chmod(path(), 0o500);
  await expect(say({ holders: ['admin 3'], needed: 1 })).rejects.toMatchObject({
    code: 'file-not-a-file',
  });
  await rm(path(), { recursive: true });
  await say(KEYS);
  expect((await known()).kept).toEqual(kept);
});
