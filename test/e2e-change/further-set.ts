/**
 * A further set of the same platform key, for those on call: what happened is asked first, two shares of
 * today are put together and split once more, and either set opens the key afterwards.
 * @module
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { makeIdentity, onStick, openIdentity, type Person, sitDown } from '../e2e/people.ts';
import { agreeOnAny, typePerson } from '../e2e/plan.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import { giveShare } from '../e2e/recover.ts';
import { checkLaptop, keepAndSign } from '../e2e/split.ts';
import { fatStick } from '../e2e/sticks.ts';
import { opensSurveyKey } from './after.ts';
import { newSetGoesHome, write } from './begin.ts';
import type { Room } from './room.ts';
import { choosePackage } from './rotate.ts';

/** Of the set that is in use until now, and that goes on. */
const TODAY = '2026 B';
const LABEL = 'On call 2026';

export interface FurtherSet {
  readonly label: string;
  /** By which sync’s operator names it. */
  readonly setId: string;
  /** Both are needed. */
  readonly custodians: readonly [Person, Person];
}

/** @param platformKey as it was before: the new shares have to give it as well */
export async function furtherSet(room: Room, platformKey: Uint8Array): Promise<FurtherSet> {
  const { report } = room;
  const custodians = [
    onStick('custodian 5', await fatStick('CALL5')),
    onStick('custodian 6', await fatStick('CALL6')),
  ] as const;
  await report.show('those on call are to open it too: what answers it; package and plan', () =>
    plan(room, custodians),
  );
  await report.show('everybody reads who will open the key; two shares are split once more', () =>
    splitAgain(room, custodians),
  );
  await report.show('shares of the further set onto sticks, read back; two fit together', () =>
    writeNew(room, custodians),
  );
  await report.show(
    'two approve with the witness’s words; home and sync name both sets',
    async () => {
      await newSetGoesHome(room, /custodian 6/);
      await bothOpen(room);
    },
  );
  const setId = await idAtSync(room);
  await report.show('the two new sticks open the survey key that was stored before', async () => {
    const holders = { custodians: [room.custodians[0], ...custodians] };
    const opened = await platformKeyOf(room.sync, holders);
    assert.deepEqual(opened, platformKey);
    await opensSurveyKey(room.sync, opened);
  });
  return { label: LABEL, setId, custodians };
}

async function plan(room: Room, custodians: FurtherSet['custodians']): Promise<void> {
  const { app, sync, courier, operator, witness } = room;
  await app.press('Which change fits what happened?');
  await app.page('What has happened?', 'which change');
  await app.choose('A second group of people is to open it');
  await app.window.getByText('Another set of the same key answers this.').waitFor();
  await app.look('which change further set');
  await app.press('Back to home');
  const made = await sync.as('operator', 'package add-set', {
    'key-version': 'v1',
    out: courier.path,
  });
  await app.press('Rehearse the further set');
  await choosePackage(room, { file: path.basename(String(made['file'])) });
  await app.look('plan of a further set');
  await app.type(LABEL, 'Name of the set');
  await app.press('Remove custodian 3');
  for (const [at, one] of custodians.entries()) await typePerson(app, `Custodian ${at + 1}`, one);
  await agreeOnAny(app, 2);
  await checkLaptop(app);
  for (const one of [operator, witness]) {
    await sitDown(app, one);
    await openIdentity(app, one);
  }
}

async function splitAgain(
  { app, custodians: today }: Room,
  custodians: FurtherSet['custodians'],
): Promise<void> {
  const { keyVersion, present, joined, comes, changes } = await app.at('set-facts');
  assert.deepEqual([keyVersion, present.label, joined], ['v1', TODAY, []]);
  assert.deepEqual(
    comes.custodians,
    custodians.map(({ name }) => name),
  );
  assert.deepEqual(
    changes.map(({ name, what }) => [name, what]),
    custodians.map(({ name }) => [name, 'comes']),
  );
  await app.press('Everyone agrees to this');
  const [first, second] = today;
  for (const one of [first, second]) await giveShare(app, one);
  await app.at('split-again');
  await app.press('Put together and split');
}

async function writeNew(room: Room, custodians: FurtherSet['custodians']): Promise<void> {
  const { app } = room;
  for (const one of custodians) {
    await sitDown(app, one);
    await makeIdentity(app, one);
    await write(room, one);
    await keepAndSign(app, one);
  }
  await app.at('prove');
  await app.look('prove a further set');
  await app.press('Put the half together from 2 shares');
}

/** Each card says that the other set opens the same key, and does not ask. */
async function bothOpen({ app }: Room): Promise<void> {
  for (const [label, other] of [
    [TODAY, LABEL],
    [LABEL, TODAY],
  ]) {
    const card = app.window.getByRole('region', { name: `Share set ${label}, Safe` });
    await card.getByText(`1 other set opens the same key without these shares`).waitFor();
    await card.getByText(`does not ask for them: ${other}.`).waitFor();
  }
  await app.look('home two sets');
}

async function idAtSync({ sync }: Room): Promise<string> {
  const { sets } = (await sync.as('operator', 'drill list')) as unknown as {
    readonly sets: readonly { readonly label: string; readonly setId: string }[];
  };
  assert.deepEqual(sets.map(({ label }) => label).sort(), [TODAY, LABEL]);
  const found = sets.find(({ label }) => label === LABEL);
  assert(found);
  return found.setId;
}
