/**
 * An organisation that keeps survey keys under v1, which nobody else has: when v2 is in use it moves there.
 * The shares of v2, the half that the custodians of v1 handed over, and the passphrase of its owner open
 * each key once; it is wrapped again under the same passphrase.
 * @module
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright';
import type { App } from '../e2e/app.ts';
import { importReceipt } from '../e2e/ending.ts';
import { inFront } from '../e2e/people.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import { giveShare } from '../e2e/recover.ts';
import { approved, carry, signAll } from '../e2e-change/begin.ts';
import { laid, openFor, OWNER } from '../e2e-change/organisation.ts';
import type { Room } from '../e2e-change/room.ts';
import { OWN_WORDS } from '../support/organisation-moves.ts';
import { linkTables, openedWith } from '../support/sync-organisation.ts';
import { addOrganisation, type OwnOrganisation } from '../support/sync-organisation-moves.ts';

/** @param room with those who hold shares of v1 */
export async function keepsKeys(room: Room): Promise<OwnOrganisation> {
  await linkTables(laid(room));
  return addOrganisation(laid(room), { platformKey: await platformKeyOf(room.sync, room, 'v1') });
}

/** @param room with those who hold shares of v2, which is in use */
export async function moveOrganisation(room: Room, organisation: OwnOrganisation): Promise<void> {
  const { app, sync, report } = room;
  await report.show('v1 cannot end while an organisation hangs on it; its package', async () => {
    const refused = await sync.refusing('operator', 'package retire', { 'key-version': 'v1' });
    assert.equal(refused, 'version-needed');
    await openFor(room, 'package migrate-organisation --moves', organisation.id);
  });
  await report.show('everybody reads what moves; two shares of v2 are given', async () => {
    const { surveys, left, passphrase, movesFrom } = await app.at('organisation-facts');
    assert.deepEqual([surveys.length, left, passphrase, movesFrom], [2, [], 'kept', 'v1']);
    await app.look('organisation facts of a move');
    await app.press('Everyone agrees to move them to v2');
    for (const one of room.custodians.slice(0, 2)) await giveShare(app, one);
  });
  await report.show('the owner types the passphrase in use: a wrong one first', () =>
    ownerTypes(room),
  );
  await report.show('two approve; its keys open with v2 and the same passphrase', async () => {
    await goesHome(room);
    await liesUnderV2(room, organisation);
  });
}

async function ownerTypes({ app }: Room): Promise<void> {
  await app.at('new-passphrase');
  await app.look('owner with the passphrase in use');
  await app.press(`${OWNER} is here`);
  const page = await typePassphrase(app, `${OWN_WORDS}.`);
  await page.getByRole('alert').getByText('passphrase-opens-none').waitFor({ timeout: 60_000 });
  await app.look('entry passphrase opens none', page);
  await app.hands.type(page, OWN_WORDS);
  await app.hands.submit(page, 'This is the passphrase');
}

/** Of the organisation, in a window of its own. */
export async function typePassphrase(app: App, words: string): Promise<Page> {
  const page = await inFront(app, /^Type the passphrase of your organisation/);
  await app.hands.type(page, words);
  await app.hands.submit(page, 'This is the passphrase');
  return page;
}

async function goesHome(room: Room): Promise<void> {
  const { app } = room;
  const { moved, unopened, movesFrom } = await app.at('surveys-wrapped');
  assert.deepEqual([moved.length, unopened, movesFrom], [2, [], 'v1']);
  await app.look('surveys of an organisation moved');
  await app.press('Everyone has read it');
  await signAll(room);
  const reason = 'as agreed in the room';
  const receipt = await carry(room, (file) => approved(room, file, { reason }));
  await importReceipt(app, receipt);
  await app.look('closed organisation moved');
  await app.press('Back to home');
  await app.page('Are the keys safe?', 'home organisation moved');
}

/** By CheckTick's own formula, with the platform key of v2. */
async function liesUnderV2(room: Room, { id, surveys }: OwnOrganisation): Promise<void> {
  const platformKey = await platformKeyOf(room.sync, room, 'v2');
  for (const survey of surveys) {
    const opened = await openedWith(laid(room), { platformKey }, id, survey, OWN_WORDS);
    assert.deepEqual(opened, survey.kek);
  }
}
