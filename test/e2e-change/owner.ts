/**
 * An owner who forgot the passphrase of an organisation: asked for and released at sync, wrapped anew
 * in the window, committed. Afterwards its surveys open with the new passphrase, by CheckTick's own
 * formula, and with the old one no more; what nobody could help is as it was.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { importReceipt, newest } from '../e2e/ending.ts';
import { released } from '../e2e/other-side.ts';
import { inFront, makeUpPassphrase, typeWords } from '../e2e/people.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import { giveShare, makeTicket } from '../e2e/recover.ts';
import { chooseDocument, checkLaptop } from '../e2e/split.ts';
import {
  type KeyHolder,
  type Laid,
  linkTables,
  makeOrganisation,
  openedWith,
  type TestOrganisation,
  WORDS_BEFORE,
} from '../support/sync-organisation.ts';
import { approved, carry, signAll } from './begin.ts';
import type { Room } from './room.ts';

const OWNER = 'owner 1';
/** What the owner makes up: long, and in no list of leaked ones. */
export const NEW_WORDS = 'Eleven otters fold the Wednesday newspaper twice';

/** @param setup the bundle that made the set, in a file */
export async function newPassphrase(room: Room, setup: string): Promise<void> {
  const { app, report } = room;
  const set = await holderOf(room, setup);
  const organisation = await report.show('an organisation keeps seven surveys', async () => {
    await linkTables(laid(room));
    return makeOrganisation(laid(room), set);
  });
  await report.show('an operator says how the owner was checked; two release the package', () =>
    open(room, organisation),
  );
  await report.show('everybody reads which surveys are helped; two give their shares', async () => {
    const { surveys, left } = await app.at('organisation-facts');
    assert.deepEqual([surveys.length, left.length], [3, 4]);
    await app.press('Everyone agrees to help these surveys');
    const [first, second] = room.custodians;
    for (const one of [first, second]) await giveShare(app, one);
  });
  await report.show('the owner makes up a passphrase, and types it again to read back', () =>
    ownerSits(room),
  );
  await report.show('two approve what was wrapped; sync writes it; the receipt closes it', () =>
    goesHome(room),
  );
  await report.show('the surveys open with the new passphrase, and with the old one no more', () =>
    opensAnew(room, set, organisation),
  );
}

const laid = ({ sync }: Room): Laid => ({
  checktick: sync.checktick,
  kv: (kvPath) => sync.kv(kvPath),
  writeKv: sync.writeKv,
  async sql<Row>(text: string, values: unknown[] = []) {
    const { rows } = await sync.database.query(text, values);
    return rows as Row[];
  },
});

/** What only the laptop's worker has together: CheckTick had it when the surveys were stored. */
async function holderOf({ sync, custodians }: Room, setup: string): Promise<KeyHolder> {
  const { body } = bundleType.parse(new Uint8Array(await readFile(setup)), 'rehearsal');
  assert(body.kind === 'setup');
  const { mode, audience } = body;
  return {
    mode,
    sync: { audience },
    manifest: parseManifest(encodeJson(body.manifest), mode),
    platformKey: await platformKeyOf(sync, { custodians }),
  };
}

async function open({ app, sync, operator, courier }: Room, { id }: TestOrganisation) {
  const before = await readdir(courier.path);
  const ticket = await makeTicket(app, operator, courier);
  const { nonce } = await sync.as('operator', 'package migrate-organisation', {
    organisation: String(id),
    owner: OWNER,
    'organisation-checked': 'register of companies, file 12',
    'owner-checked': 'photo id and a call back, file 12',
    ticket: await newest(courier, 'ticket', '.json', before),
    words: ticket.eight,
  });
  const file = await released(sync, String(nonce), courier);
  await app.press('Rehearse the ceremony of an organisation');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(file));
  await checkLaptop(app);
  await app.at('ticket-key');
  await app.choose(courier.label);
  await app.press('Open the package');
  await typeWords(app, ticket.six);
}

/** Six words are offered first; an own one is long enough, and typed once more in the end. */
async function ownerSits({ app }: Room): Promise<void> {
  await app.at('new-passphrase');
  await app.press(`${OWNER} is here`);
  await makeUpPassphrase(app, NEW_WORDS);
  const page = await inFront(app, /^Type the passphrase of your organisation/);
  await app.hands.type(page, WORDS_BEFORE);
  await app.hands.submit(page, 'This is the passphrase');
  await page.getByRole('alert').getByText('passphrase-not-the-new').waitFor({ timeout: 60_000 });
  await app.hands.type(page, NEW_WORDS);
  await app.hands.submit(page, 'This is the passphrase');
}

async function goesHome(room: Room): Promise<void> {
  const { app } = room;
  const { moved, unopened } = await app.at('surveys-wrapped');
  assert.deepEqual([moved.length, unopened.length], [3, 0]);
  await app.press('Everyone has read it');
  await signAll(room);
  const receipt = await carry(room, (file) =>
    approved(room, file, { reason: 'as agreed in the room' }),
  );
  await importReceipt(app, receipt);
  await app.press('Back to home');
  await app.page('Are the keys safe?', 'home new passphrase');
}

async function opensAnew(
  room: Room,
  set: KeyHolder,
  { id, surveys }: TestOrganisation,
): Promise<void> {
  const opened = (survey: TestOrganisation['surveys'][keyof TestOrganisation['surveys']]) => ({
    anew: (words: string) => openedWith(laid(room), set, id, survey, words),
    kek: survey.kek,
  });
  for (const survey of [surveys.byCheckTick, surveys.ofItself, surveys.sealed]) {
    const { anew, kek } = opened(survey);
    assert.deepEqual(await anew(NEW_WORDS), kek);
    await assert.rejects(anew(WORDS_BEFORE));
  }
  for (const survey of [surveys.unescrowed, surveys.unproved, surveys.damaged]) {
    const { anew, kek } = opened(survey);
    assert.deepEqual(await anew(WORDS_BEFORE), kek);
    await assert.rejects(anew(NEW_WORDS));
  }
}
