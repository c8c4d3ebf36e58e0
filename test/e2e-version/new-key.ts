/**
 * A new platform key beside the one in use: what happened is asked first, then a ticket, its package,
 * the shares of today, and the shares of the new key onto media of their own.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { newest } from '../e2e/ending.ts';
import { released } from '../e2e/other-side.ts';
import { again, makeIdentity, onStick, openIdentity, sitDown } from '../e2e/people.ts';
import { agreeOnAny, typePerson } from '../e2e/plan.ts';
import { giveShare, makeTicket } from '../e2e/recover.ts';
import { checkLaptop, keepAndSign } from '../e2e/split.ts';
import { fatStick } from '../e2e/sticks.ts';
import { newSetGoesHome, write } from '../e2e-change/begin.ts';
import type { Room } from '../e2e-change/room.ts';
import { choosePackage, openPackage } from '../e2e-change/rotate.ts';

/** @returns the same room with those who hold shares of the new key */
export async function newKey(room: Room): Promise<Room> {
  const { app, report } = room;
  const after: Room = {
    ...room,
    custodians: [
      again(room.custodians[0]),
      onStick('custodian 4', await fatStick('NEXT4')),
      onStick('custodian 5', await fatStick('NEXT5')),
    ],
  };
  const asked = await report.show('the key may be known: which change answers it; its ticket', () =>
    whatHappened(room),
  );
  await report.show('the plan begins with the people of today; two others come', () =>
    plan(room, after, asked),
  );
  await report.show('everybody reads what comes and what goes on; two shares are given', () =>
    giveShares(room),
  );
  await report.show('shares of another key onto paper and sticks, read back', () =>
    writeNew(room, after),
  );
  await report.show('two approve with the witness’s words; home shows both versions', async () => {
    await newSetGoesHome(room, /custodian 4/);
    await app.look('home two versions');
  });
  return after;
}

interface Asked {
  readonly six: string;
  readonly file: string;
}

async function whatHappened({ app, sync, operator, courier }: Room): Promise<Asked> {
  await app.press('Which change fits what happened?');
  await app.page('What has happened?', 'which change');
  await app.choose('The key or enough shares may be known');
  await app.look('which change new key');
  const before = await readdir(courier.path);
  const ticket = await makeTicket(app, operator, courier, 'a new platform key');
  const { nonce } = await sync.as('operator', 'package new-version', {
    ticket: await newest(courier, 'ticket', '.json', before),
    words: ticket.eight,
  });
  return { six: ticket.six, file: await released(sync, String(nonce), courier) };
}

async function plan(room: Room, after: Room, asked: Asked): Promise<void> {
  const { app, operator, witness } = room;
  await app.press('Rehearse the new platform key');
  await choosePackage(room, asked);
  await app.look('plan of a new key');
  for (const at of [1, 2] as const) {
    await typePerson(app, `Custodian ${at + 1}`, after.custodians[at]);
  }
  await agreeOnAny(app, 2);
  await checkLaptop(app);
  for (const one of [operator, witness]) {
    await sitDown(app, one);
    await openIdentity(app, one);
  }
  await openPackage(room, asked);
}

async function giveShares({ app, custodians }: Room): Promise<void> {
  const { keyVersion, nextVersion, changes } = await app.at('version-facts');
  assert.deepEqual([keyVersion, nextVersion], ['v1', 'v2']);
  assert.deepEqual(
    changes.map(({ name, what }) => [name, what]),
    [
      ['custodian 4', 'comes'],
      ['custodian 5', 'comes'],
    ],
  );
  await app.press('Everyone agrees to this');
  const [first, second] = custodians;
  for (const one of [first, second]) await giveShare(app, one);
  await app.at('next-key');
  await app.press('Make and split the new platform key');
}

/** Whoever holds a share of today keeps the identity, which lies on the sheet. */
async function writeNew(room: Room, after: Room): Promise<void> {
  const { app } = room;
  const [stays] = room.custodians;
  for (const one of after.custodians) {
    await sitDown(app, one);
    if (one.name === stays.name) await openIdentity(app, stays);
    else await makeIdentity(app, one);
    await write(room, one);
    await keepAndSign(app, one);
  }
  await app.at('prove');
  await app.press('Restore the key from 2 shares');
}
