/**
 * Keys that will not open their share, at the real window: what is lost, what still works, what to do.
 * @module
 */
import assert from 'node:assert/strict';
import type { App } from '../e2e/app.ts';
import { inFront, type Person } from '../e2e/people.ts';
import type { RackedKey } from '../support/key-rack.ts';
import { numberOf, putIn, type Keys } from './people.ts';

/** CTAP: so many wrong PINs block a key for good, and it is put in anew after each three. */
const [TRIES, IN_A_ROW] = [8, 3];

/** In the words of the page, name by name. */
async function reads(app: App, index: number, facts: Readonly<Record<string, string>>) {
  await app.page(`See what is left without the YubiKey of share ${index}`, 'key lost');
  for (const [name, value] of Object.entries(facts)) {
    const shown = app.window
      .locator('dt', { hasText: name })
      .locator('xpath=following-sibling::dd');
    assert((await shown.first().innerText()).includes(value), `${name} says ${value}`);
  }
}

/** The custodian leaves without giving, and the transcript will say why. */
export async function keyIsDead(app: App): Promise<void> {
  const { index } = await app.at('share-in');
  await app.press('My YubiKey does not work');
  await app.choose('It does not answer any more');
  await reads(app, index, {
    'What is lost': 'A secret that Conclave put into a slot exists nowhere else.',
    'What still works': 'any 3 of the 4 open the key. 0 are given, and 3 other custodians can',
    'What to do now': 'another custodian sits down, and the transcript says why.',
  });
  await app.press(`Get up without giving share ${index}`);
  await app.at('who');
}

/** Wrong PINs to the last; the custodian stays, for there is a backup key. */
export async function blockPin(app: App, { stick }: Person, keys: Keys): Promise<void> {
  assert(stick);
  const { index } = await app.at('share-in');
  await app.choose('With my YubiKey and its stick');
  await app.choose(stick.label);
  keys.rack.allOut();
  await app.press(`Give share ${index}`);
  await putIn(app, keys, new RegExp(`^Put in the YubiKey ${numberOf(keys.own)}`), keys.own);
  for (let left = TRIES; left > 0; left -= 1) {
    await typeWrongPin(app, keys.own, left);
    if (left > 1 && (TRIES - left + 1) % IN_A_ROW === 0) await putInAnew(app, keys);
  }
  const note = await app.refusal('fido-pin-blocked');
  assert.match(note.next, /^Use a backup key, a copy or another person\./);
  await reads(app, index, {
    'What is lost': 'not Yubico, not this laptop.',
    'What still works': 'The backup key opens the share alone',
    'What to do now': 'Use the backup key',
  });
  await app.press('Back: I have the backup key');
}

async function typeWrongPin(app: App, key: RackedKey, left: number): Promise<void> {
  const page = await inFront(app, new RegExp(`^Type the PIN of the .* ${numberOf(key)}$`));
  const tries = left === 1 ? 'One try is left.' : `${left} tries are left. After`;
  await page.getByText(tries).first().waitFor();
  await app.look(`entry pin ${left} left`, page);
  await app.hands.type(page, '00000000', 'PIN');
  await app.hands.submit(page, 'Send this PIN to the key');
}

async function putInAnew(app: App, keys: Keys): Promise<void> {
  const page = await inFront(app, /^Do this step once more$/);
  await page.getByRole('alert').getByText('fido-pin-replug').waitFor();
  keys.rack.allOut();
  keys.rack.only(keys.own);
  await app.hands.press(page, 'Try again');
}
