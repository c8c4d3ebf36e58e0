/**
 * The shares of v2 become others of the same key, one custodian after the other: nothing is put together,
 * each old share is read and wiped before the new one is written and read back.
 * @module
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { exportLog, importReceipt } from '../e2e/ending.ts';
import { verifyLog } from '../e2e/other-side.ts';
import { again, openIdentity, type Person } from '../e2e/people.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import { bringShare, nextCustodian } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop, keepAndSign } from '../e2e/split.ts';
import { fatStick } from '../e2e/sticks.ts';
import { approved, carry, signAll, write } from '../e2e-change/begin.ts';
import type { Room } from '../e2e-change/room.ts';

/** @returns the same room with the new sheet and the new sticks */
export async function refresh(room: Room): Promise<Room> {
  const { report } = room;
  const [onPaper, second, third] = room.custodians;
  const after: Room = {
    ...room,
    custodians: [
      again(onPaper),
      { ...second, stick: await fatStick('AGAIN4') },
      { ...third, stick: await fatStick('AGAIN5') },
    ],
  };
  const platformKey = await platformKeyOf(room.sync, room, 'v2');
  await report.show('everybody says who is here, and reads what a refresh ends', () => open(room));
  await report.show('one after the other: the old share in, another one out and read back', () =>
    oneByOne(room, after),
  );
  await report.show('two approve with the witness’s words; the old shares fit each other', () =>
    goesHome(room),
  );
  await report.show('the new shares open the key; one of each generation does not', async () => {
    const { sync } = room;
    assert.deepEqual(await platformKeyOf(sync, after, 'v2'), platformKey);
    const mixed: Room = {
      ...room,
      custodians: [onPaper, second, after.custodians[2]],
    };
    assert.notDeepEqual(await platformKeyOf(sync, mixed, 'v2'), platformKey);
  });
  return after;
}

async function open({ app, sync, courier, custodians }: Room): Promise<void> {
  const made = await sync.as('operator', 'package refresh', {
    'key-version': 'v2',
    out: courier.path,
  });
  await app.press('Rehearse the refresh of the shares');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(String(made['file'])));
  await checkLaptop(app);
  const shown = await app.at('refresh-facts');
  assert.deepEqual([shown.keyVersion, shown.generation], ['v2', 1]);
  assert.deepEqual(
    shown.custodians.map(({ name }) => name),
    custodians.map(({ name }) => name),
  );
  await app.press('Everyone agrees to this');
}

/** From the last to the first: any order will do. */
async function oneByOne(room: Room, after: Room): Promise<void> {
  const { app } = room;
  const places = [2, 0, 1] as const;
  for (const [done, at] of places.entries()) {
    const { shares } = await app.at('refresh-round');
    assert.equal(shares.filter(({ standing }) => standing === 'done').length, done);
    if (done > 0) await app.look('refresh round with one done');
    await anotherShare(room, room.custodians[at], after.custodians[at]);
  }
}

/** The old sheet or stick comes in; another one goes out. */
async function anotherShare(room: Room, old: Person, made: Person): Promise<void> {
  const { app } = room;
  await nextCustodian(app, old, 'refresh-round');
  await openIdentity(app, old);
  await bringShare(app, old);
  const { generation } = await app.at('refresh-share');
  assert.equal(generation, 2);
  await app.press('Make my new share');
  await write(room, made);
  await keepAndSign(app, made);
}

async function goesHome(room: Room): Promise<void> {
  const { app, courier } = room;
  await signAll(room);
  await app.at('refresh-ready');
  const words = await app.words('Words of the refreshed set');
  await app.press('The witness has them, go on');
  const reason = 'compared with the paper of the witness';
  const receipt = await carry(room, (file) => approved(room, file, { words, reason }));
  await importReceipt(app, receipt);
  await verifyLog(await exportLog(app, courier), words, /generation 2/);
  const old = app.window.getByRole('region', { name: /^Share set .*, Replaced$/ });
  await old.getByText(/Until they are destroyed, a threshold of them is as good/).waitFor();
  await app.look('home refreshed');
  await oldOnesStillOpen(room);
}

/** Whoever holds two of either generation: the old shares fit each other until they are destroyed. */
async function oldOnesStillOpen({ app, custodians }: Room): Promise<void> {
  await app.press(/^Whom does it take\? .*generation 2$/);
  await app.page('Whom does it take?', 'who opens');
  // The same names stand below it, as those who may hold an unseal key.
  const people = app.window.getByRole('group', { name: 'People' });
  for (const { name } of custodians.slice(1)) await people.getByLabel(name).check();
  const sentence = 'These 2 people can open it: they hold 2 shares, and 2 are enough.';
  assert.equal(await app.window.getByText(sentence).count(), 2);
  await app.look('who opens refreshed');
  await app.press('Back to home');
}
