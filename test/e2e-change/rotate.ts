/**
 * A custodian left: new shares of the same platform key. What happened is asked first; the old shares
 * come in, the new ones go out onto paper and sticks and are read back; sync changes its half.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { newest } from '../e2e/ending.ts';
import { released } from '../e2e/other-side.ts';
import { makeIdentity, onStick, openIdentity, sitDown, typeWords } from '../e2e/people.ts';
import { agreeOnAny, typePerson } from '../e2e/plan.ts';
import { giveShare, makeTicket } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop, keepAndSign } from '../e2e/split.ts';
import { fatStick } from '../e2e/sticks.ts';
import { newSetGoesHome, write } from './begin.ts';
import type { Room } from './room.ts';

/** @returns the same room with whoever holds a share from now on */
export async function newShares(room: Room): Promise<Room> {
  const { report } = room;
  const [first, second] = room.custodians;
  const after: Room = {
    ...room,
    custodians: [
      first,
      { ...second, stick: await fatStick('NEW2') },
      onStick('custodian 4', await fatStick('NEW4')),
    ],
  };
  const ticket = await report.show('a custodian left: which change answers it; its ticket', () =>
    whatHappened(room),
  );
  await report.show('two release the package; the plan begins with the people of today', () =>
    plan(room, after, ticket),
  );
  await report.show('everybody reads what ends and what comes; two old shares are given', () =>
    giveOld(room),
  );
  await report.show('new shares onto paper and new sticks, read back; two restore the key', () =>
    writeNew(room, after),
  );
  await report.show('two approve with the witness’s words; sync changes its half', () =>
    newSetGoesHome(room, /custodian 4/),
  );
  return after;
}

interface Asked {
  readonly six: string;
  readonly file: string;
}

/** From what happened to the package on the stick. */
async function whatHappened(room: Room): Promise<Asked> {
  const { app } = room;
  await app.press('Which change fits what happened?');
  await app.page('What has happened?', 'which change');
  await app.choose('A custodian left, or is to leave');
  await app.window.getByText('New shares answer this.').waitFor();
  await app.look('which change new shares');
  return askForPackage(room);
}

/** A ticket of the operator, and the package that sync locks to it. */
export async function askForPackage({ app, sync, operator, courier }: Room): Promise<Asked> {
  const before = await readdir(courier.path);
  const ticket = await makeTicket(app, operator, courier, 'new shares');
  const { nonce } = await sync.as('operator', 'package rotate-shares', {
    'key-version': 'v1',
    ticket: await newest(courier, 'ticket', '.json', before),
    words: ticket.eight,
  });
  return { six: ticket.six, file: await released(sync, String(nonce), courier) };
}

/** Descriptor and package; up to the plan. */
export async function choosePackage({ app }: Room, { file }: Pick<Asked, 'file'>): Promise<void> {
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(file));
  await app.at('plan');
}

export async function openPackage({ app, courier }: Room, { six }: Asked): Promise<void> {
  await app.at('ticket-key');
  await app.choose(courier.label);
  await app.press('Open the package');
  await typeWords(app, six);
}

async function plan(room: Room, after: Room, asked: Asked): Promise<void> {
  const { app, operator, witness } = room;
  await app.press('Rehearse the new shares');
  await choosePackage(room, asked);
  await app.look('plan of new shares');
  await typePerson(app, 'Custodian 3', after.custodians[2]);
  await agreeOnAny(app, 2);
  await checkLaptop(app);
  for (const one of [operator, witness]) {
    await sitDown(app, one);
    await openIdentity(app, one);
  }
  await openPackage(room, asked);
}

async function giveOld({ app, custodians }: Room): Promise<void> {
  const { before, after, compared } = await app.at('rotate-facts');
  assert.deepEqual([before.custodians[2], after.custodians[2]], ['custodian 3', 'custodian 4']);
  assert.equal(compared, 'same');
  await app.press('Everyone agrees to this');
  const [first, second] = custodians;
  for (const one of [first, second]) await giveShare(app, one);
  await app.at('renew-key');
  await app.press('Make new halves and split');
}

/** Whoever stays keeps the identity; it is on the sheet, or on the stick of the old share. */
async function writeNew(room: Room, after: Room): Promise<void> {
  const { app } = room;
  for (const [at, one] of after.custodians.entries()) {
    await sitDown(app, one);
    const today = room.custodians[at];
    if (today?.name === one.name) await openIdentity(app, today);
    else await makeIdentity(app, one);
    await write(room, one);
    await keepAndSign(app, one);
  }
  await app.at('prove');
  await app.press('Restore the key from 2 shares');
}
