/**
 * An owner who forgot the passphrase of an organisation: asked for and released at sync, wrapped anew
 * in the window, committed. Afterwards its surveys open with the new passphrase, by CheckTick's own
 * formula, and with the old one no more; what nobody could help is as it was.
 * @module
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { importReceipt } from '../e2e/ending.ts';
import { inFront, makeUpPassphrase } from '../e2e/people.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import { giveShare } from '../e2e/recover.ts';
import {
  type KeyHolder,
  linkTables,
  makeOrganisation,
  openedWith,
  type TestOrganisation,
  WORDS_BEFORE,
} from '../support/sync-organisation.ts';
import { approved, carry, signAll } from './begin.ts';
import { laid, openFor, OWNER } from './organisation.ts';
import type { Room } from './room.ts';

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
    openFor(room, 'package migrate-organisation', organisation.id),
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
