import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLeftovers } from './leftovers.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-leftovers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'x');
  }
}

test('names what the commands leave behind, however deep, and nothing else', async () => {
  const left = [
    'a/b/platform_custodian_component_v2_rotated_20260219_143000.bin',
    'custodian_share_3.txt',
    'piv/alice.ENC',
    'piv/alice.key',
    'platform_custodian_component_v1.bin',
    'old/component.bin',
    'v1.BIN',
  ];
  const folders = ['.Trash-1000/', 'tmp/', 'Temp/', 'tmp.Ab3dE6gH9j/', 'x/tmpab12_d34/', '.tmp/'];
  const others = ['notes.txt', 'keyboard.pdf', 'templates/a', 'tmpl/b', 'conclave-share.age'];
  await put(...left, ...folders.map((name) => `${name}files/old`), ...others);
  await symlink('/', join(folder, 'everything'));
  const { found, complete } = await findLeftovers(folder);
  expect([...found].sort()).toEqual([...folders, ...left].sort());
  expect(complete).toBe(true);
});

test('says when it is not all, and when there is nothing to look at', async () => {
  await put(...Array.from({ length: 60 }, (_, at) => `share-${at}.hex`));
  expect(await findLeftovers(folder)).toMatchObject({ found: { length: 50 }, complete: false });
  await expect(findLeftovers(join(folder, 'gone'))).rejects.toThrow();
});
