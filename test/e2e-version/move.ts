/**
 * What is stored under v1 moves to v2, which is in use: a ticket, its package with its files, the shares
 * of v1; paused between two files; what came back goes to sync, which commits it. With it goes the half by
 * which the custodians of v2 open what an organisation keeps under v1.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ViewOf } from '../../shared/ceremony/view.ts';
import { exportLog, importReceipt, newest } from '../e2e/ending.ts';
import { released } from '../e2e/other-side.ts';
import { giveShare, makeTicket } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import { carry, commit, signAll } from '../e2e-change/begin.ts';
import type { Room } from '../e2e-change/room.ts';
import { openPackage } from '../e2e-change/rotate.ts';
import type { StoredKeys } from './survey-keys.ts';

/** Of one file: half of a thousand survey keys, on a machine that does something else as well. */
const LONGEST_MS = 15 * 60_000;

/** @param room with those who hold shares of v1, which are the ones that open what moves */
export async function moveKeys(room: Room, { surveys }: StoredKeys): Promise<void> {
  const { report } = room;
  const keys = surveys.length;
  await report.show('a ticket, its package and two files of survey keys on one stick', () =>
    askForFiles(room, keys),
  );
  await report.show('the laptop says how long it takes, before two shares of v1 are given', () =>
    giveShares(room, keys),
  );
  await report.show('paused behind the first file; the second one; what moved is read', () =>
    fileByFile(room, keys),
  );
  await report.show('the files come back; two approve; home says that v1 is empty', () =>
    goesHome(room),
  );
}

async function askForFiles(room: Room, keys: number): Promise<void> {
  const { app, sync, operator, courier } = room;
  const before = await readdir(courier.path);
  const { eight, six } = await makeTicket(app, operator, courier, 'moving survey keys');
  const { nonce } = await sync.as('operator', 'package migrate-escrows', {
    'key-version': 'v1',
    ticket: await newest(courier, 'ticket', '.json', before),
    words: eight,
  });
  const file = await released(sync, String(nonce), courier);
  await app.press('Rehearse the move of survey keys');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(file));
  await checkLaptop(app);
  await openPackage(room, { six, file });
  const shown = await app.at('move-files');
  assert.deepEqual([shown.files, shown.keys], [2, keys]);
  await app.choose(courier.label);
  await app.press('Compare the files on this stick');
}

async function giveShares({ app, custodians }: Room, keys: number): Promise<void> {
  const { keyVersion, movesTo, stored, files, minutes, handsOver } = await app.at('move-facts');
  assert.deepEqual([keyVersion, movesTo, files], ['v1', 'v2', { done: 0, of: 2 }]);
  assert.equal(stored.checktick + stored.sealed, keys);
  assert(handsOver, 'an organisation keeps keys under v1');
  assert(minutes >= 1 && minutes < 60, `it takes ${minutes} minutes`);
  await app.press('Everyone agrees to move them to v2');
  for (const one of custodians.slice(0, 2)) await giveShare(app, one);
}

/** Somebody has to leave the room for a moment. */
async function fileByFile(room: Room, keys: number): Promise<void> {
  const { app, courier } = room;
  const first = await app.at('move-keys');
  assert.deepEqual([first.running, first.keys], [false, { done: 0, of: keys }]);
  await app.press('Begin to move');
  await shows(room, ({ running }) => running);
  await app.look('move keys running');
  await app.press('Pause');
  await app.page('Go on when everyone is back', 'move keys paused');
  await shows(room, ({ running }) => !running);
  await app.press('Go on');
  const half = await app.at('move-keys');
  assert.deepEqual([half.running, half.begun, half.files], [false, true, { done: 1, of: 2 }]);
  await app.look('move keys between files');
  await app.press('Go on with file 2');
  await shows(room, ({ running }) => running);
  await shows(room, () => false);
  const { counts, staying, files, stick, handsOver } = await app.at('keys-moved');
  assert.equal(counts.moved, keys);
  assert.equal(counts.notCompared, 0);
  assert.deepEqual([staying, files, handsOver], [[], 2, true]);
  assert(stick.endsWith(courier.label));
  await app.press('Everyone has read it');
}

/** Until the files are as wanted, or everything is moved. */
async function shows({ app }: Room, wanted: (view: ViewOf<'move-keys'>) => boolean): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  for (;;) {
    const view = await app.view();
    if (view?.screen === 'keys-moved') return;
    assert(view?.screen === 'move-keys', `it shows ${view?.screen}`);
    assert.equal(view.refusal, null);
    if (view.busy === null && wanted(view)) return;
    assert(Date.now() < deadline, 'a file takes too long');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The folder that came back lies beside the bundle. */
async function goesHome(room: Room): Promise<void> {
  const { app, sync, courier } = room;
  await signAll(room);
  const receipt = await carry(room, async (file) => {
    const { digest } = await sync.as('operator', `bundle import ${file}`);
    const came = (await readdir(courier.path)).filter((name) => name.startsWith('conclave-moved-'));
    assert.equal(came.length, 1);
    const folder = path.join(courier.path, String(came[0]));
    await sync.as('operator', `bundle import-files ${String(digest)} ${folder}`);
    for (const approver of ['approver-1', 'approver-2'] as const) {
      const reason = 'agreed at the meeting of custodians';
      await sync.as(approver, `bundle approve ${String(digest)}`, { reason });
    }
    return commit(room, String(digest));
  });
  await importReceipt(app, receipt);
  await exportLog(app, courier);
  await app.window.getByText(/moved what was stored under it to v2, and nothing stayed/).waitFor();
  await app.look('home v1 emptied');
}
