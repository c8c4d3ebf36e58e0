/**
 * The windows in which legacy shares come in: a file, a code, typed digits, files of OpenSSL.
 * @module
 */
import { createHash } from 'node:crypto';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import { legacyTasks } from '../../renderer/fixtures/legacy-entry.ts';
import { adoptViews } from '../../renderer/fixtures/adopt-views.ts';
import { root } from '../../scripts/lib/cache.mjs';
import { marked, type Marks, namesOf, press, type ScreenCase } from './case.ts';

const FILE = 'Open the file with your legacy share';
const TYPED = 'Type your legacy share';
const WHOLE = 'Type the whole component';
const OPENSSL = 'Open the files of the YubiKey procedure';

const view = adoptViews['legacy-shares-some'];

const legacyMarks: Marks<keyof typeof legacyTasks> = {
  'entry-legacy-file': [FILE, 'File (a plain text)'],
  'entry-legacy-file-whole': 'Open the file with the whole component',
  'entry-legacy-file-refused': [FILE, "has the form that CheckTick's documentation shows"],
  'entry-legacy-code': 'Show the code of your legacy share to the camera',
  'entry-legacy-typed': [TYPED, 'What you type appears here in groups of four'],
  'entry-legacy-typed-whole': [WHOLE, 'What you type appears here in groups of four'],
  'entry-legacy-openssl': [OPENSSL, 'How to get the key from the YubiKey'],
  'entry-legacy-openssl-refused': [OPENSSL, 'The key file has 256 bytes instead of 32.'],
};

const plain: readonly ScreenCase[] = namesOf(legacyMarks).map((name) => ({
  name,
  ...marked(legacyMarks, name),
  view,
  entry: legacyTasks[name],
  settle: name === 'entry-legacy-code' ? 1500 : 150,
}));

/** Digits that belong to nothing. */
const digits = Array.from({ length: 8 }, (_, at) =>
  createHash('sha256').update(`a legacy share of nobody ${at}`).digest('hex'),
).join('');
const grouped = (text: string) => (text.match(/.{1,4}/g) ?? []).join(' ');
const bytes = (text: string) => new TextEncoder().encode(text);

const fill = (text: string) => (page: Page) => page.locator('textarea').fill(text);

/** The field and the groups beside it must hold the same. */
async function compareGroups(page: Page): Promise<void> {
  const typed = (await page.locator('textarea').inputValue()).replaceAll(/\s/g, '');
  const shown = (await page.locator('[data-group]').allTextContents()).join('');
  if (!typed.endsWith(shown) || shown.length < 64)
    throw new Error('The groups show something else.');
}

const typedShare = { view, entry: legacyTasks['entry-legacy-typed'] };

const typedCases: readonly ScreenCase[] = [
  {
    ...typedShare,
    name: 'entry-legacy-typed-right',
    heading: TYPED,
    says: 'As many digits as a legacy share has.',
    dark: true,
    // Pasted with its head: the number is not asked for again.
    prepare: fill(`803-3-${digits}`),
    async leave(page) {
      await compareGroups(page);
      await press('Hand over this legacy share')(page);
    },
    heard: { type: 'legacy-typed', number: 3, text: bytes(`803-3-${digits}`) },
  },
  {
    ...typedShare,
    name: 'entry-legacy-typed-foreign',
    heading: TYPED,
    says: 'Look at line 3, group 5.',
    async prepare(page) {
      await page.getByLabel('Number of the legacy share').fill('3');
      await fill(grouped(`${digits.slice(0, 82)}O${digits.slice(83)}`))(page);
    },
    async leave(page) {
      await compareGroups(page);
      const hand = page.getByRole('button', { name: 'Hand over this legacy share' });
      if (await hand.isEnabled()) throw new Error('A foreign character can be handed over.');
    },
  },
  {
    ...typedShare,
    name: 'entry-legacy-typed-missing',
    heading: TYPED,
    says: 'Fewer than four digits before a space: line 6, group 2.',
    async prepare(page) {
      await page.getByLabel('Number of the legacy share').fill('0');
      const groups = grouped(digits).split(' ');
      await fill(groups.map((group, at) => (at === 41 ? group.slice(1) : group)).join(' '))(page);
    },
    leave: compareGroups,
  },
  {
    ...typedShare,
    name: 'entry-legacy-typed-short',
    heading: TYPED,
    says: 'Digits are still missing',
    prepare: fill(digits.slice(0, 206)),
  },
  {
    view,
    entry: legacyTasks['entry-legacy-typed-whole'],
    name: 'entry-legacy-typed-whole-right',
    heading: WHOLE,
    says: '64 digits, as a component has.',
    prepare: fill(digits.slice(0, 64)),
    async leave(page) {
      await compareGroups(page);
      await press('Hand over the component')(page);
    },
    heard: { type: 'legacy-typed', number: null, text: bytes(digits.slice(0, 64)) },
  },
];

/** A file of so many bytes, in the cache of the screens. */
function fileOf(name: string, content: Uint8Array, size = content.length): string {
  const file = path.join(root, '.cache', 'screens', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  truncateSync(file, size);
  return file;
}

const encrypted = bytes('Salted__and then 24 bytes more..');
const key = Uint8Array.from({ length: 32 }, (_, at) => at);

const fileCases: readonly ScreenCase[] = [
  {
    name: 'entry-legacy-file-too-large',
    heading: FILE,
    says: 'scan.tiff is larger than half a megabyte',
    view,
    entry: legacyTasks['entry-legacy-file'],
    prepare: (page) =>
      page
        .locator('input[type=file]')
        .setInputFiles(fileOf('scan.tiff', new Uint8Array(1), 512 * 1024 + 1)),
    async leave(page) {
      await page.locator('input[type=file]').setInputFiles(fileOf('share.txt', bytes('803-3-')));
    },
    heard: { type: 'file', bytes: bytes('803-3-') },
  },
  {
    name: 'entry-legacy-openssl-chosen',
    heading: OPENSSL,
    says: 'Destroy the key file afterwards.',
    view,
    entry: legacyTasks['entry-legacy-openssl'],
    async prepare(page) {
      await page.locator('#encrypted').setInputFiles(fileOf('share.enc', encrypted));
      await page.locator('#key').setInputFiles(fileOf('share.key', key));
    },
    leave: press('Open the legacy share'),
    heard: { type: 'legacy-openssl', bytes: encrypted, key },
  },
  {
    name: 'entry-legacy-openssl-empty',
    heading: OPENSSL,
    says: 'share.key is empty.',
    view,
    entry: legacyTasks['entry-legacy-openssl'],
    async prepare(page) {
      await page.locator('#encrypted').setInputFiles(fileOf('share.enc', encrypted));
      await page.locator('#key').setInputFiles(fileOf('share.key', new Uint8Array(0)));
    },
  },
];

export const legacyEntries: readonly ScreenCase[] = [...plain, ...typedCases, ...fileCases];
