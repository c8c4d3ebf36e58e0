/**
 * What a screen reader hears without being asked: the places that speak are there before they say
 * anything, they speak politely, and they do not speak with each key or each picture.
 * @module
 */
import assert from 'node:assert/strict';
import type { ElectronApplication, Page } from 'playwright';
import { entryTasks } from '../../renderer/fixtures/entry.ts';
import { keyTasks } from '../../renderer/fixtures/key-entry.ts';
import { views } from '../../renderer/fixtures/views.ts';
import { HINTS } from '../../shared/scanning/scanner.ts';
import type { ToEntry } from '../../shared/ipc/entry.ts';
import type { View } from '../../shared/ceremony/view.ts';
import type { Steering } from './host.ts';

type Steered = typeof globalThis & { steering: Steering };
type Heard = typeof globalThis & { heard: string[] };

/** Writes down, in the page, every text that a place with `aria-live` comes to say. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    for (const place of document.querySelectorAll<HTMLElement>('[aria-live]')) {
      new MutationObserver(() => {
        const text = place.innerText.trim();
        if (text !== '') heard.push(text);
      }).observe(place, { childList: true, characterData: true, subtree: true });
    }
  });
}

const heardIn = (page: Page) => page.evaluate(() => (globalThis as Heard).heard);

/** How the browser itself tells screen readers of its living places: `polite`, `assertive`. */
async function places(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Accessibility.enable');
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(({ ignored }) => !ignored)
    .flatMap(({ properties = [] }) => properties)
    .filter(({ name }) => name === 'live')
    .map(({ value }) => String(value.value));
}

const show = (app: ElectronApplication, view: View | null) =>
  app.evaluate(
    (_electron, shown) => (globalThis as Steered).steering.show(shown, null, 'filled'),
    view,
  );

async function inEntry<T>(
  app: ElectronApplication,
  messages: readonly ToEntry[],
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const opening = app.waitForEvent('window');
  await app.evaluate(
    (_electron, given) => (globalThis as Steered).steering.openEntry(given),
    messages,
  );
  try {
    const page = await opening;
    await page.getByRole('heading', { level: 1 }).waitFor();
    return await work(page);
  } finally {
    await app.evaluate(() => (globalThis as Steered).steering.closeEntry());
  }
}

const sends = (app: ElectronApplication, message: ToEntry) =>
  app.evaluate((_electron, one) => (globalThis as Steered).steering.say(one), message);

async function workIsSaid(app: ElectronApplication, page: Page): Promise<void> {
  await show(app, { ...views['write-busy'], busy: null });
  await page.getByRole('heading', { name: /^Plug in the stick for share 2/ }).waitFor();
  assert.deepEqual((await places(page)).sort(), ['assertive', 'polite']);
  await listen(page);
  await show(app, views['write-busy']);
  await page.getByText('Writing to the stick').waitFor();
  const said = 'Writing to the stick and locking it. This takes about 25 seconds.';
  assert.deepEqual(await heardIn(page), [said]);
}

async function refusalIsSaid(app: ElectronApplication, page: Page): Promise<void> {
  const refused = views['share-in-refused'];
  await show(app, { ...refused, refusal: null });
  await page.getByRole('heading', { name: 'Bring share 3' }).waitFor();
  const alert = page.getByRole('alert');
  assert.equal(await alert.count(), 1, 'the place is there before it speaks');
  await show(app, refused);
  await alert.getByText('This is share 3 of the set 2024 A.').waitFor();
}

/** Typed key by key, each judged before the next: the slowest of typists hears most. */
async function strengthIsSaid(app: ElectronApplication): Promise<void> {
  await inEntry(app, entryTasks['entry-own-passphrase'], async (page) => {
    await listen(page);
    const field = page.getByLabel('Passphrase of your own');
    await field.focus();
    for (const key of 'anchor velvet copper morning orbit lizard') {
      await page.keyboard.type(key);
      await page.getByText('Counting the guesses.').waitFor({ state: 'detached' });
    }
    await page.getByText('Strong enough.').first().waitFor();
    // A word and its space at the end are "Not like this." until the next word begins.
    const verdicts = await heardIn(page);
    assert.deepEqual([...new Set(verdicts)].sort(), [
      'Not like this.',
      'Strong enough.',
      'Too weak.',
    ]);
    assert(
      verdicts.every((verdict, at) => verdict !== verdicts[at - 1]),
      verdicts.join(' | '),
    );
    assert((await places(page)).every((how) => how === 'polite' || how === 'assertive'));
    assert.equal(await page.locator('[aria-live=assertive]').count(), 0);
    await page.getByLabel('The same again').focus();
    const before = verdicts.length;
    await page.keyboard.type('anchor velvet copper morning orbit lizard');
    await page.getByText('Both are the same.').waitFor();
    assert.deepEqual((await heardIn(page)).slice(before), [
      'The two are not the same yet.',
      'Both are the same.',
    ]);
  });
}

async function hintIsSaid(app: ElectronApplication): Promise<void> {
  await inEntry(app, entryTasks['entry-scan'], async (page) => {
    const hint = page.locator('p[aria-live=polite]');
    assert.equal(await hint.count(), 1);
    // Chromium's own test picture, which moves and holds no code.
    await listen(page);
    await page.waitForFunction(() => (globalThis as Heard).heard.length > 0);
    const start = await page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
    await page.waitForFunction(
      (from) => (document.querySelector('video')?.currentTime ?? 0) > from + 1,
      start,
    );
    const heard = await heardIn(page);
    assert(
      heard.every((text) => Object.values<string>(HINTS).includes(text)),
      heard.join(' | '),
    );
    assert(
      heard.every((text, at) => text !== heard[at - 1]),
      'no hint is said twice in a row',
    );
  });
}

async function entryWorkIsSaid(app: ElectronApplication): Promise<void> {
  await inEntry(app, entryTasks['entry-passphrase'], async (page) => {
    assert((await places(page)).includes('polite'));
    await listen(page);
    await sends(app, { type: 'busy', doing: 'Opening the file' });
    await page.getByText('Opening the file.').waitFor();
    assert.deepEqual(await heardIn(page), ['Opening the file.']);
  });
}

/** Whoever does not see the key blink has a few seconds; and no word about another key is left. */
async function blinkingIsSaid(app: ElectronApplication): Promise<void> {
  await inEntry(app, keyTasks['entry-key-in-other'], async (page) => {
    const alert = page.getByRole('alert');
    await alert.getByText('of Custodian 1, and the').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
    for (const message of keyTasks['entry-touch-lock']) await sends(app, message);
    await page.getByText('Have your finger ready.').waitFor();
    assert.equal(await alert.innerText(), '');
    await listen(page);
    await sends(app, { type: 'blinking' });
    await page.getByText('It blinks now').waitFor();
    assert.deepEqual(await heardIn(page), ['It blinks now: touch the metal.']);
    assert.equal(await page.locator('[aria-live=assertive]').count(), 1);
    await sends(app, { type: 'busy', doing: 'The YubiKey has answered' });
    await page.getByText('It blinks now').waitFor({ state: 'hidden' });
  });
}

/** A new PIN, key by key: what is missing is said when it changes. */
async function pinIsSaid(app: ElectronApplication): Promise<void> {
  await inEntry(app, keyTasks['entry-new-pin'], async (page) => {
    await listen(page);
    await page.getByLabel('New PIN').pressSequentially('246813');
    await page.getByText('Now the same again.').waitFor();
    await page.getByLabel('The same again').pressSequentially('246813');
    await page.getByText('Both are the same.').waitFor();
    assert.deepEqual(await heardIn(page), [
      'Now the same again.',
      'The two are not the same yet.',
      'Both are the same.',
    ]);
  });
}

/** Over 25 MB it is not even read: nothing of it goes to the worker; a smaller one does. */
async function largeFileStays(app: ElectronApplication, file: string): Promise<void> {
  const kinds = () =>
    app.evaluate(() =>
      (globalThis as Steered).steering.heard.map((one) => (one as { type: string }).type),
    );
  await inEntry(app, entryTasks['entry-file'], async (page) => {
    const before = (await kinds()).length;
    const field = page.locator('input[type=file]');
    await field.setInputFiles(file);
    await page.getByRole('alert').getByText('is larger than 25 MB').waitFor();
    await field.setInputFiles({
      name: 'small.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7'),
    });
    await page.getByText('is larger than 25 MB').waitFor({ state: 'detached' });
    for (let tries = 0; (await kinds()).length === before && tries < 100; tries += 1) {
      await page.waitForTimeout(20);
    }
    assert.deepEqual((await kinds()).slice(before), ['file'], 'only the small one was sent');
  });
}

/** Names and works of these checks; each throws when it finds something wrong. */
export const spoken = (
  app: ElectronApplication,
  page: Page,
  largeFile: string,
): readonly (readonly [string, () => Promise<void>])[] => [
  ['work that takes long is said politely', () => workIsSaid(app, page)],
  ['a refusal is said at once', () => refusalIsSaid(app, page)],
  ['the strength of a passphrase is said when it changes, not per key', () => strengthIsSaid(app)],
  ['the camera’s hint is said once', () => hintIsSaid(app)],
  ['what an entry window does is said politely', () => entryWorkIsSaid(app)],
  ['a key that blinks is said at once', () => blinkingIsSaid(app)],
  ['what a new PIN lacks is said when it changes', () => pinIsSaid(app)],
  ['a file over 25 MB is not read', () => largeFileStays(app, largeFile)],
];
