/**
 * A drill: one proves a sheet, one a stick, and one who was called does not come. Sync writes down
 * which shares can be read; home says when each set was proved.
 * @module
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { importReceipt } from '../e2e/ending.ts';
import type { Person } from '../e2e/people.ts';
import { giveShare } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import { carry, commit, signAll } from './begin.ts';
import type { Room } from './room.ts';

export async function drill(room: Room): Promise<void> {
  const { app, report, custodians } = room;
  const [onPaper, onStick, away] = custodians;
  await report.show('drill: everybody reads what is proved', () => open(room));
  await report.show('a sheet and a stick prove themselves; who is called is away', async () => {
    await giveShare(app, onPaper, 'drill-round');
    await doesNotCome(room, away);
    const { shares } = await app.at('drill-round');
    assert.deepEqual(
      shares.map(({ proved, failed }) => [proved, failed]),
      [
        ['paper', null],
        [null, null],
        [null, 'absent'],
      ],
    );
    await app.look('drill round with one away');
    await giveShare(app, onStick, 'drill-round');
    await app.at('drill-round');
    await app.press('Nobody else today: the witness signs');
    await signAll(room);
  });
  await report.show('sync writes down which shares can be read; home says when', () =>
    goesHome(room),
  );
}

async function open({ app, sync, courier, custodians }: Room): Promise<void> {
  const made = await sync.as('operator', 'package drill', {
    'key-version': 'v1',
    out: courier.path,
  });
  await app.press('Rehearse the drill');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(String(made['file'])));
  await checkLaptop(app);
  const shown = await app.at('drill-facts');
  assert.deepEqual(
    shown.custodians,
    custodians.map(({ name }) => name),
  );
  await app.press('Everyone agrees to prove these shares');
}

/** Called, and somebody says why the chair stays empty. */
async function doesNotCome({ app }: Room, { name }: Person): Promise<void> {
  await app.at('drill-round');
  await app.choose(name);
  await app.press('This custodian is next');
  await app.at('handover');
  await app.press(`${name} cannot come`);
  await app.page('Say why the share is not given', 'drill absent');
  await app.type('Away until Friday.', 'Reason');
  await app.press('Go on without this share');
}

/** Nobody approves it: the operator who takes it in commits it. */
async function goesHome(room: Room): Promise<void> {
  const { app, sync } = room;
  const receipt = await carry(room, async (file) => {
    const { digest } = await sync.as('operator', `bundle import ${file}`);
    return commit(room, String(digest));
  });
  const { rows } = await sync.database.query(
    'SELECT share_index, medium, result FROM conclave.drill_results ORDER BY share_index',
  );
  assert.deepEqual(rows, [
    { share_index: 1, medium: 'paper', result: 'proved' },
    { share_index: 2, medium: 'usb', result: 'proved' },
    { share_index: 3, medium: null, result: 'absent' },
  ]);
  await importReceipt(app, receipt);
  await app.press('Back to home');
  await app.page('Are the keys safe?', 'home drilled');
  const card = app.window.getByRole('region', { name: /A share was not proved$/ });
  await card.getByText('1 share of 3 was called in a drill and not proved;').waitFor();
  await card.getByText('by a nonce of sync').waitFor();
}
