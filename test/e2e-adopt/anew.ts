/**
 * The restored key is split anew, in the window; sync takes the bundle and changes no component.
 * @module
 */
import assert from 'node:assert/strict';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { combineLegacy, parseLegacyShare, trimLegacySecret } from '../../shared/checktick/index.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { saveBundle } from '../e2e/ending.ts';
import { makeIdentity, openIdentity, sign, sitDown, writeAndReadStick } from '../e2e/people.ts';
import { keepAndSign } from '../e2e/split.ts';
import type { Sync } from '../e2e/sync.ts';
import type { Room } from './room.ts';
import type { Vintage } from './vintages.ts';

/** The deployment goes on without CheckTick's commands. */
export async function noNewLegacy({ app: window }: Room): Promise<void> {
  await window.at('new-legacy');
  await window.press('Go on without them');
}

/** Two of two, onto the custodians' sticks; CheckTick's formula makes the component of them. */
export async function writesNewLegacy({ app: window, custodians, vintage }: Room): Promise<void> {
  await window.at('new-legacy');
  await window.choose('Yes, write new legacy shares too');
  await window.type('2', 'Legacy shares that were made');
  await window.type('2', 'How many of them are needed');
  await window.press('Write new legacy shares');
  for (const [at, { name, stick }] of custodians.entries()) {
    assert(stick);
    await window.at('new-legacy-write', ({ number }) => number === at + 1);
    await window.select('Who takes it', name);
    await window.choose(stick.label);
    await window.press('Write to this stick');
  }
  await window.at('new-legacy-prove');
  const shares = await Promise.all(custodians.map(({ stick }) => legacyShareOn(stick?.path ?? '')));
  const { custodian } = vintage.key;
  const combined = combineLegacy(shares, { threshold: 2 });
  assert.deepEqual(trimLegacySecret(combined, custodian.length), new Uint8Array(custodian));
  await window.press('Restore the component from them');
}

async function legacyShareOn(folder: string) {
  const file = (await readdir(folder)).find((one) => one.startsWith('conclave-legacy-share-'));
  return parseLegacyShare(new Uint8Array(await readFile(path.join(folder, file ?? ''))));
}

export async function splitAnew(
  room: Room,
  newLegacy: (room: Room) => Promise<void>,
): Promise<{ file: string; eight: string }> {
  const { app: window, custodians, witness, operator, courier } = room;
  await window.at('legacy-restored');
  await window.press('Split the platform key anew');
  for (const one of custodians) {
    await sitDown(window, one);
    await makeIdentity(window, one);
    await writeAndReadStick(window, one);
    await keepAndSign(window, one);
  }
  await window.at('prove');
  await window.press('Restore the key from 2 shares');
  await window.at('set-ready');
  const eight = await window.words('Words of the signed list');
  await window.press('The witness has them, go on');
  await newLegacy(room);
  for (const one of [witness, operator]) {
    await sitDown(window, one);
    await openIdentity(window, one);
    await sign(window, one);
  }
  const { file } = await saveBundle(window, courier);
  return { file, eight };
}

/** Two approve with the witness's words; Vault and the row are as before, and trusted now. */
export async function commit(
  { sync, vintage, courier, top }: Room,
  { file, eight }: { readonly file: string; readonly eight: string },
): Promise<string> {
  const before = await halves(sync, vintage);
  // The command is cut at its spaces.
  const carried = path.join(top, `bundle-${vintage.version}.json`);
  await copyFile(file, carried);
  const { digest } = await sync.as('operator', `bundle import ${carried}`);
  assert(typeof digest === 'string');
  for (const approver of ['approver-1', 'approver-2'] as const) {
    const reason = 'compared with the paper of the witness';
    await sync.as(approver, `bundle approve ${digest}`, { words: eight, reason });
  }
  const { state } = await sync.as('operator', `commit ${digest}`);
  assert.equal(state, 'committed');
  const [entry, row] = await halves(sync, vintage);
  assert.deepEqual(entry, before[0], 'Vault was not changed');
  // Where there was none, the row is made of what Vault holds.
  assert.equal(row, before[1] ?? bytesToHex(vintage.key.vault), 'no component was changed');
  assert(await sync.kv('conclave/trust'), 'sync trusts the set');
  const { file: receipt } = await sync.as('operator', `receipt ${digest}`, { out: courier.path });
  assert(typeof receipt === 'string');
  return receipt;
}

async function halves(sync: Sync, { version }: Vintage) {
  const { rows } = await sync.database.query<{ vault_component: Buffer }>(
    'SELECT vault_component FROM surveys_platformkeyversion WHERE version = $1',
    [version],
  );
  return [await sync.kv('platform/master-key'), rows[0]?.vault_component.toString('hex')];
}
