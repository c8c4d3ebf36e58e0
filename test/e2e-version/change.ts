/**
 * Which key version is in use: another one is put to use, and the one of before again. The shares of
 * the version in use sign; nothing is put together.
 * @module
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { exportLog, importReceipt } from '../e2e/ending.ts';
import { giveShare } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import { approved, carry, signAll } from '../e2e-change/begin.ts';
import type { Room } from '../e2e-change/room.ts';

/** @param room with those whose shares sign: of the version that is in use until then */
export async function putToUse(room: Room, version: 'v1' | 'v2'): Promise<void> {
  const { app, sync, courier, custodians } = room;
  const made = await sync.as('operator', 'package activate', {
    'key-version': version,
    out: courier.path,
  });
  await app.press('Rehearse the change of the version in use');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(String(made['file'])));
  await checkLaptop(app);
  const shown = await app.at('version-change');
  assert.deepEqual([shown.change, shown.version], ['activate', version]);
  await app.look(`version change to ${version}`);
  await app.press(`Everyone agrees to put ${version} to use`);
  for (const one of custodians.slice(0, 2)) await giveShare(app, one);
  await signAll(room);
  const reason = 'agreed at the meeting of custodians';
  const receipt = await carry(room, (file) => approved(room, file, { reason }));
  await importReceipt(app, receipt);
  await exportLog(app, courier);
  assert.deepEqual(await inUse(room), [version]);
  await app.look(`home ${version} in use`);
}

/** By CheckTick's own columns. */
async function inUse({ sync }: Room): Promise<string[]> {
  const { rows } = await sync.database.query<{ version: string }>(
    `SELECT version FROM public.surveys_platformkeyversion
      WHERE activated_at IS NOT NULL AND retired_at IS NULL`,
  );
  return rows.map(({ version }) => version);
}
