/**
 * The set that everything begins with: any 2 of 3, one on paper and two on sticks, split in the
 * window and committed.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { exportLog, importReceipt, saveBundle } from '../e2e/ending.ts';
import { committed, verifyLog } from '../e2e/other-side.ts';
import {
  makeIdentity,
  openIdentity,
  print,
  readSheets,
  sign,
  sitDown,
  writeAndReadStick,
  type Person,
} from '../e2e/people.ts';
import { agreeOnAny, typePeople } from '../e2e/plan.ts';
import { chooseDocument, checkLaptop, enrol, keepAndSign } from '../e2e/split.ts';
import type { Room } from './room.ts';

/** @returns the bundle that made the set, in a file */
export async function begin(room: Room): Promise<string> {
  const { app, sync, report, courier } = room;
  await report.show('split, any 2 of 3: one share on paper, two on sticks', async () => {
    const { words } = await sync.as('operator', 'descriptor', { out: courier.path });
    await sync.as('operator', 'package setup', { 'key-version': 'v1', out: courier.path });
    await open(room, String(words));
    for (const one of [room.operator, room.witness]) await enrol(app, one);
    await app.at('make-key');
    await app.press('Make and split the platform key');
    for (const one of room.custodians) {
      await sitDown(app, one);
      await makeIdentity(app, one);
      await write(room, one);
      await keepAndSign(app, one);
    }
    await app.at('prove');
    await app.press('Restore the key from 2 shares');
  });
  return report.show('sync commits it, and the receipt comes home', async () => {
    const manifestWords = await witnessWrites(room);
    await signAll(room);
    let setup = '';
    const receipt = await carry(room, (file) => {
      setup = file;
      return committed(sync, { file, manifestWords, courier });
    });
    await importReceipt(app, receipt);
    await verifyLog(await exportLog(app, courier), manifestWords, /custodian 2/);
    return setup;
  });
}

async function open(room: Room, words: string): Promise<void> {
  const { app } = room;
  await app.press('Rehearse the split');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await app.at('descriptor-words');
  await app.type(words, 'Eight words');
  await app.submit('Compare the words');
  await chooseDocument(app, 'package', 'Use this package');
  await typePeople(app, room);
  await agreeOnAny(app, 2);
  await checkLaptop(app);
}

/** A new share onto what its custodian keeps it on, and read back from it. */
export async function write({ app }: Room, one: Person): Promise<void> {
  if (one.keeps === 'usb') {
    await writeAndReadStick(app, one);
    return;
  }
  await print(app, one);
  await readSheets(app, one);
}

/** The words of the new set, for the paper of the witness. */
async function witnessWrites({ app }: Room): Promise<string> {
  await app.at('set-ready');
  const words = await app.words('Words of the signed list');
  await app.press('The witness has them, go on');
  return words;
}

/**
 * The end of a ceremony that made a set: the witness’s words, two signatures, two approvals with those
 * words, the receipt, and a log that they verify.
 * @param names what the verified log tells
 */
export async function newSetGoesHome(room: Room, names: RegExp): Promise<void> {
  const { app, courier } = room;
  const words = await witnessWrites(room);
  await signAll(room);
  const reason = 'compared with the paper of the witness';
  const receipt = await carry(room, (file) => approved(room, file, { words, reason }));
  await importReceipt(app, receipt);
  await verifyLog(await exportLog(app, courier), words, names);
}

/** Witness and operator, at the end of every ceremony. */
export async function signAll({ app, witness, operator }: Room): Promise<void> {
  for (const one of [witness, operator]) {
    await sitDown(app, one);
    await openIdentity(app, one);
    await sign(app, one);
  }
}

/** The bundle onto the stick, and to those who commit it; gives their receipt. */
export async function carry(
  { app, courier }: Room,
  taken: (file: string) => Promise<string>,
): Promise<string> {
  const before = await readdir(courier.path);
  const { file } = await saveBundle(app, courier, before);
  return taken(file);
}

/** Taken in, approved by two in this way, committed; gives the receipt. */
export async function approved(
  { sync, courier }: Room,
  file: string,
  approval: Readonly<Record<string, string>>,
): Promise<string> {
  const { digest } = await sync.as('operator', `bundle import ${file}`);
  for (const approver of ['approver-1', 'approver-2'] as const) {
    await sync.as(approver, `bundle approve ${String(digest)}`, approval);
  }
  return commit({ sync, courier }, String(digest));
}

export async function commit(
  { sync, courier }: Pick<Room, 'sync' | 'courier'>,
  digest: string,
): Promise<string> {
  const { state } = await sync.as('operator', `commit ${digest}`);
  assert.equal(state, 'committed');
  const { file } = await sync.as('operator', `receipt ${digest}`, { out: courier.path });
  return String(file);
}
