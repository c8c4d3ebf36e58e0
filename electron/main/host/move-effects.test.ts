import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EffectContext, Gathered } from './effect-context.ts';
import { moveExecutors, requireMovedFiles } from './move-effects.ts';
import type { Volume } from '../../media/usb/volumes.ts';

let path = '';
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'conclave-move-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

/** A file on the stick. Gives its digest. */
function put(name: string): string {
  writeFileSync(join(path, name), name);
  return createHash('sha256').update(name).digest('hex');
}

/** Seven hundred survey keys in these files, on a stick with so much room. */
function context(files: readonly string[], freeBytes: number): EffectContext {
  const gathered: Pick<Gathered, 'moveFiles'> & Record<string, unknown> = {
    package: {
      digest: 'aa'.repeat(32),
      body: { kind: 'migrate-escrows', files, stored: { checktick: 600, sealed: 100 } },
    },
    manifest: { body: { mode: 'rehearsal' } },
    moveFiles: null,
  };
  return {
    mode: 'rehearsal',
    ceremonyId: 'bb'.repeat(16),
    sticks: { find: async () => ({ path, label: 'COURIER', folder: false, freeBytes }) },
    store: { readLogs: async () => [] },
    gathered,
  } as unknown as EffectContext;
}

const find = (given: EffectContext) =>
  moveExecutors['find-move-files']({ effect: 'find-move-files', volumeId: 'x' }, given);

test('the files are found, and their places kept for the worker', async () => {
  const given = context([put('b.json'), put('a.json')], 2e6);
  expect(await find(given)).toEqual({
    type: 'move-files-found',
    description: 'stick COURIER',
    kept: [],
  });
  expect(given.gathered.moveFiles).toEqual({ volumeId: 'x', paths: ['b.json', 'a.json'] });
});

test('those that are missing are named by their numbers, some of many', async () => {
  const gone = Array.from({ length: 8 }, (_, at) => `${at}f`.repeat(32));
  const given = context([put('a.json'), ...gone], 2e6);
  await expect(find(given)).rejects.toMatchObject({
    code: 'move-files-missing',
    message: expect.stringContaining('8 of 9 files') as string,
  });
  await expect(find(given)).rejects.toThrow('2, 3, 4, 5, 6 and 3 more');
  expect(given.gathered.moveFiles).toBeNull();
});

test('a stick without room for what comes back is refused before anybody gives a share', async () => {
  const files = [put('a.json'), put('b.json')];
  await expect(find(context(files, 1_399_999))).rejects.toMatchObject({ code: 'move-files-room' });
  await expect(find(context(files, 1_400_000))).resolves.toMatchObject({ kept: [] });
});

test('the bundle goes onto the stick that has every file that came back, and no other', async () => {
  const volume = { path, label: 'COURIER', folder: true } as Volume;
  const files = [put('a.json')];
  await requireMovedFiles(volume, files);
  await expect(requireMovedFiles(volume, [...files, 'cc'.repeat(32)])).rejects.toMatchObject({
    code: 'moved-files-elsewhere',
  });
});
