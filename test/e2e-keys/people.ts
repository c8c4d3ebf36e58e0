/**
 * Custodians with a YubiKey, at the real windows: what they put in, touch and type.
 * @module
 */
import assert from 'node:assert/strict';
import type { App } from '../e2e/app.ts';
import { inFront, typeWords, type Person } from '../e2e/people.ts';
import type { KeyRack, RackedKey } from '../support/key-rack.ts';

/** What a custodian with keys carries besides the stick. */
export interface Keys {
  readonly rack: KeyRack;
  readonly own: RackedKey;
  /** FIDO2: keys have a PIN, and there may be a second one. */
  readonly fido: { readonly pin: string; readonly backup: RackedKey } | null;
}

/** As it is printed on the key. */
export const numberOf = ({ key }: RackedKey) => key.facts.serial;

/** When the window asks for it; all others come out. */
export async function putIn(app: App, keys: Keys, heading: RegExp, key: RackedKey): Promise<void> {
  await inFront(app, heading);
  keys.rack.only(key);
}

export async function typePin(app: App, key: RackedKey, pin: string): Promise<void> {
  const page = await inFront(app, new RegExp(`^Type the PIN of the .* ${numberOf(key)}$`));
  await page.getByText('8 tries are left.').waitFor();
  await app.hands.type(page, pin, 'PIN');
  await app.hands.submit(page, 'Send this PIN to the key');
}

export async function takeOut(app: App, { rack }: Keys): Promise<void> {
  await inFront(app, /^Take the YubiKey out/);
  rack.allOut();
}

/** Locks the share onto the stick: with the key's second slot, or with two FIDO2 keys. */
export async function lock(app: App, { stick }: Person, keys: Keys): Promise<void> {
  assert(stick);
  await app.at('write');
  await app.choose(stick.label);
  await app.press('Lock it with my YubiKey, onto this stick');
  await putIn(app, keys, /^Put your YubiKey in$/, keys.own);
  if (keys.fido === null) return;
  const { pin, backup } = keys.fido;
  await typePin(app, keys.own, pin);
  const page = await inFront(app, /^Say whether you have a second YubiKey$/);
  await app.hands.press(page, 'I have a second key with me');
  await takeOut(app, keys);
  await putIn(app, keys, /^Put your second YubiKey in$/, backup);
  await typePin(app, backup, pin);
}

/** Each key loses its power first. */
export async function readBack(app: App, one: Person, keys: Keys): Promise<void> {
  await app.at('read-back');
  await app.press('Read it back with my YubiKey');
  const { own, fido } = keys;
  await takeOut(app, keys);
  await putIn(app, keys, new RegExp(`^Put in the YubiKey ${numberOf(own)}$`), own);
  if (fido !== null) {
    await typePin(app, own, fido.pin);
    await takeOut(app, keys);
    const second = new RegExp(`^Put in the backup key ${numberOf(fido.backup)}$`);
    await putIn(app, keys, second, fido.backup);
    await typePin(app, fido.backup, fido.pin);
  }
  await typeWords(app, one.words);
}

/** A reveal: OTP with the words, FIDO2 with the backup key, after somebody else's key was tried. */
export async function give(
  app: App,
  one: Person,
  keys: Keys,
  wrong: { readonly key: RackedKey; readonly of: string },
): Promise<void> {
  assert(one.stick);
  const { index } = await app.at('share-in');
  await app.choose('With my YubiKey and its stick');
  await app.choose(one.stick.label);
  keys.rack.allOut();
  await app.press(`Give share ${index}`);
  const { own, fido } = keys;
  const page = await inFront(app, new RegExp(`^Put in the YubiKey ${numberOf(own)}`));
  keys.rack.only(wrong.key);
  await page
    .getByRole('alert')
    .getByText(`${numberOf(wrong.key)} of ${wrong.of}, and the`)
    .waitFor();
  await app.look(`entry other key ${index}`, page);
  keys.rack.only(fido?.backup ?? own);
  if (fido !== null) await typePin(app, fido.backup, fido.pin);
  else await typeWords(app, one.words);
}
