/** The file of a share that is over is removed from a real folder, and nothing beside it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { writeShareFile } from '../../media/usb/share-file.ts';
import { destroyExecutors } from './destroy-effects.ts';
import type { EffectContext } from './effect-context.ts';
import { openSticks } from './sticks.ts';

const OVER = 'a1'.repeat(16);
const IN_USE = 'b2'.repeat(16);
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'conclave-destroy-'));
  mkdirSync(join(root, 'practice stick A'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function stickWith(...sets: readonly (readonly [setId: string, index: number])[]) {
  const sticks = openSticks(root);
  const [volume] = await sticks.list('rehearsal');
  if (volume === undefined) throw new Error('no stick');
  const words = new TextEncoder().encode('absorb cradle fabric hollow market zebra');
  for (const [setId, index] of sets) {
    const facts = { setId: hexToBytes(setId), index, count: 4, mode: 'rehearsal' } as const;
    await writeShareFile(volume, facts, new Uint8Array(110), words, { workFactor: 2 });
  }
  const asked = { id: '2 medium 1', volumeId: volume.id, setId: OVER, index: 2, count: 4 };
  const context = { sticks, mode: 'rehearsal' } as unknown as EffectContext;
  return { context, asked, names: () => readdirSync(volume.path) };
}

test('of this set, share and kind alone; then it is looked for', async () => {
  const { context, asked, names } = await stickWith([OVER, 2], [IN_USE, 2]);
  const file = 'conclave-share-2-of-4-a1a1a1a1-rehearsal.age';
  const other = 'conclave-share-2-of-4-b2b2b2b2-rehearsal.age';
  const look = () =>
    destroyExecutors['look-for-share-file'](
      { effect: 'look-for-share-file', ...asked, envelope: false },
      context,
    );
  const remove = (envelope: boolean, index = 2) =>
    destroyExecutors['remove-share-file'](
      { effect: 'remove-share-file', ...asked, index, envelope },
      context,
    );
  await expect(remove(true)).rejects.toMatchObject({ code: 'no-share-file' });
  await expect(remove(false, 3)).rejects.toMatchObject({ code: 'no-share-file' });
  expect(await look()).toMatchObject({ files: [file] });
  expect(await remove(false)).toMatchObject({
    type: 'share-file-removed',
    where: 'folder practice stick A',
    files: [file],
  });
  expect(names()).toEqual([other]);
  expect(await look()).toEqual({ type: 'share-file-looked-for', id: asked.id, files: [] });
});
