/**
 * A full drill of one of two sets: its shares and sync’s half give the platform key once, which opens a
 * test escrow; how long it took stands in the log and at sync.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseLog } from '../../shared/transcript/log.ts';
import { narrateLog } from '../../shared/transcript/narrate.ts';
import { exportLog, importReceipt, newest } from '../e2e/ending.ts';
import { released } from '../e2e/other-side.ts';
import { giveShare, makeTicket } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import { carry, commit, signAll } from './begin.ts';
import type { FurtherSet } from './further-set.ts';
import type { Room } from './room.ts';
import { openPackage } from './rotate.ts';

/** @param set whose people come */
export async function fullDrill(room: Room, set: FurtherSet): Promise<void> {
  const { report } = room;
  await report.show(
    'full drill of the further set: its ticket, its package, and what it is for',
    () => open(room, set),
  );
  await report.show('both shares open the test escrow, and the room reads how long it took', () =>
    openEscrow(room, set),
  );
  await report.show('sync, home and the log say that it was opened, and when', () =>
    goesHome(room, set),
  );
}

async function open(room: Room, { label, setId, custodians }: FurtherSet): Promise<void> {
  const { app, sync, operator, courier } = room;
  const before = await readdir(courier.path);
  const { eight, six } = await makeTicket(app, operator, courier, 'a full drill');
  const { nonce } = await sync.as('operator', 'package full-drill', {
    'key-version': 'v1',
    set: setId,
    ticket: await newest(courier, 'ticket', '.json', before),
    words: eight,
  });
  const file = await released(sync, String(nonce), courier);
  await app.press('Rehearse the drill');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(file));
  await checkLaptop(app);
  await openPackage(room, { six, file });
  const shown = await app.at('drill-facts');
  assert.deepEqual([shown.full, shown.label], [true, label]);
  assert.deepEqual(
    shown.custodians,
    custodians.map(({ name }) => name),
  );
  await app.look('facts of a full drill');
  await app.press('Everyone agrees to prove these shares');
}

async function openEscrow(room: Room, { custodians }: FurtherSet): Promise<void> {
  const { app } = room;
  for (const one of custodians) {
    await app.at('drill-round');
    await app.look('full drill round');
    await giveShare(app, one, 'drill-round');
  }
  const { shares } = await app.at('test-escrow');
  assert.deepEqual(shares, [1, 2]);
  await app.press('Open the test escrow');
  const { restored } = await app.at('test-escrow', (view) => view.restored !== null);
  assert.match(String(restored), /seconds? \(target: less than 15 minutes; met\)$/);
  await app.look('test escrow open');
  await app.press('The witness signs');
  await signAll(room);
}

async function goesHome(room: Room, { label }: FurtherSet): Promise<void> {
  const { app, sync, courier } = room;
  const receipt = await carry(room, async (file) => {
    const { digest } = await sync.as('operator', `bundle import ${file}`);
    return commit(room, String(digest));
  });
  await importReceipt(app, receipt);
  const log = parseLog(new Uint8Array(await readFile(await exportLog(app, courier))));
  const told = narrateLog(log).join('\n');
  assert.match(told, /test escrow was opened/);
  assert.match(told, /less than 15 minutes; met/);
  assert.match(told, /From the beginning .* to the bundle: .*less than 4 hours; met/);
  const { sets } = (await sync.as('operator', 'drill list')) as unknown as {
    readonly sets: readonly {
      readonly label: string;
      readonly full: { readonly result: string; readonly sentence: string } | null;
    }[];
  };
  const full = sets.find((one) => one.label === label)?.full;
  assert.equal(full?.result, 'opened');
  assert.match(full.sentence, /less than 15 minutes; met/);
  const card = app.window.getByRole('region', { name: `Share set ${label}, Safe` });
  await card.getByText('by a nonce of sync').waitFor();
}
