/**
 * Which key version is in use: another one is put to use, the one of before again, and one that nothing
 * hangs on any more ends. The shares of the version in use sign; nothing is put together.
 * @module
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { exportLog, importReceipt } from '../e2e/ending.ts';
import { giveShare } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import { approved, carry, signAll } from '../e2e-change/begin.ts';
import type { Room } from '../e2e-change/room.ts';

type Version = 'v1' | 'v2';

/** @param room with those whose shares sign: of the version that is in use until then */
export async function putToUse(room: Room, version: Version): Promise<void> {
  const { app, courier } = room;
  await open(room, 'activate', version);
  await app.look(`version change to ${version}`);
  await app.press(`Everyone agrees to put ${version} to use`);
  await signedAndCommitted(room);
  await exportLog(app, courier);
  assert.deepEqual(await inUse(room), [version]);
  await app.look(`home ${version} in use`);
}

/**
 * Nothing hangs on it any more: it ends. Vault's entry, by which CheckTick opens what organisations keep,
 * follows the version in use.
 * @param room with those whose shares sign: of the version that stays in use
 */
export async function retire(room: Room, version: Version): Promise<void> {
  const { app, sync, courier } = room;
  const half = async (of: Version) => {
    const { rows } = await sync.database.query<{ half: string }>(
      `SELECT encode(vault_component, 'hex') AS half FROM public.surveys_platformkeyversion
        WHERE version = $1`,
      [of],
    );
    return rows[0]?.half;
  };
  const inVault = async () => (await sync.kv('platform/master-key'))?.['vault_component'];
  assert.equal(await inVault(), await half(version));
  await open(room, 'retire', version);
  await app.look('version change to an end');
  await app.press(`Everyone agrees to retire ${version}`);
  await signedAndCommitted(room);
  await exportLog(app, courier);
  const [stays, another] = await inUse(room);
  assert(stays === 'v2' && another === undefined);
  assert.equal(await inVault(), await half(stays));
  await app.window.getByRole('region', { name: /^Share set .*, Retired$/ }).waitFor();
  await app.look('home v1 retired');
}

async function open(room: Room, change: 'activate' | 'retire', version: Version): Promise<void> {
  const { app, sync, courier } = room;
  const made = await sync.as('operator', `package ${change}`, {
    'key-version': version,
    out: courier.path,
  });
  await app.press(
    change === 'activate'
      ? 'Rehearse the change of the version in use'
      : 'Rehearse the end of a key version',
  );
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(String(made['file'])));
  await checkLaptop(app);
  const shown = await app.at('version-change');
  assert.deepEqual([shown.change, shown.version], [change, version]);
}

async function signedAndCommitted(room: Room): Promise<void> {
  const { app, custodians } = room;
  for (const one of custodians.slice(0, 2)) await giveShare(app, one);
  await signAll(room);
  const reason = 'agreed at the meeting of custodians';
  const receipt = await carry(room, (file) => approved(room, file, { reason }));
  await importReceipt(app, receipt);
}

/** By CheckTick's own columns. */
async function inUse({ sync }: Room): Promise<string[]> {
  const { rows } = await sync.database.query<{ version: string }>(
    `SELECT version FROM public.surveys_platformkeyversion
      WHERE activated_at IS NOT NULL AND retired_at IS NULL`,
  );
  return rows.map(({ version }) => version);
}
