/**
 * The windows in which secrets are shown, typed and scanned.
 * @module
 */
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import { refuse as refusePaper } from '../../electron/media/paper/refusals.ts';
import { entryTasks } from '../../renderer/fixtures/entry.ts';
import { views } from '../../renderer/fixtures/views.ts';
import { root } from '../../scripts/lib/cache.mjs';
import { refuse } from '../../shared/encoding/refusals.ts';
import { marked, type Marks, namesOf, press, type ScreenCase } from './case.ts';

const TYPE_WORDS = 'Type your six words or own passphrase';

const entryMarks: Marks<keyof typeof entryTasks> = {
  'entry-show-words': 'Write these six words on your own paper',
  'entry-own-passphrase': 'Make up a passphrase of your own',
  'entry-owners-new-passphrase': [
    'Make up a passphrase of your own',
    'It has at least 20 characters.',
  ],
  'entry-passphrase': [TYPE_WORDS, 'your personal identity on the stick HOME-2'],
  'entry-passphrase-refused': [TYPE_WORDS, 'These words do not open the file.'],
  'entry-owner': [
    'Type the passphrase of your organisation',
    'That passphrase does not open the key of survey 31',
  ],
  'entry-scan': 'Show share 2 of 4 to the camera',
  'entry-file': 'Open an image or a PDF file of share 2 of 4',
  'entry-lines': 'Type line 3 of 6 of share 2 of 4',
};

const plain: readonly ScreenCase[] = namesOf(entryMarks).map((name) => ({
  name,
  ...marked(entryMarks, name),
  view: views.copy,
  entry: entryTasks[name],
  settle: name === 'entry-scan' ? 1500 : 150,
  dark: name === 'entry-show-words' || name === 'entry-own-passphrase',
}));

/** Types into the first field of a new passphrase, then into the second. */
const typing = (first: string, second: string) => async (page: Page) => {
  await page.getByLabel('Passphrase of your own').fill(first);
  await page.getByLabel('The same again').fill(second);
};

const own = { view: views.copy, entry: entryTasks['entry-own-passphrase'] };
const OWN = 'Make up a passphrase of your own';
const STRONG = 'anchor velvet copper morning orbit lizard';

const typedEntries: ScreenCase[] = [
  {
    ...own,
    name: 'entry-own-passphrase-weak',
    heading: OWN,
    says: 'A guesser with the file would need about',
    prepare: typing('correct horse battery staple', ''),
  },
  {
    ...own,
    name: 'entry-own-passphrase-strong',
    heading: OWN,
    says: 'Strong enough.',
    dark: true,
    async prepare(page) {
      await page.getByText('Show what I type').click();
      await typing(STRONG, STRONG)(page);
    },
  },
  {
    ...own,
    name: 'entry-own-passphrase-spaces',
    heading: OWN,
    says: 'Not like this.',
    prepare: typing('anchor  velvet', 'anchor velvet'),
  },
];

/** As strong as is asked for, and one character too short for an owner. */
const SHORT = 'k7#Qv9!zR2@mW5^xT8&';
const LONG_ENOUGH = `${SHORT}y`;
const owners = { view: views.copy, entry: entryTasks['entry-owners-new-passphrase'] };

const ownersEntries: readonly ScreenCase[] = [
  {
    ...owners,
    name: 'entry-owners-new-passphrase-short',
    heading: OWN,
    says: 'The passphrase has fewer than 20 characters.',
    prepare: typing(SHORT, SHORT),
    async leave(page) {
      const use = page.getByRole('button', { name: 'Use this passphrase' });
      if (await use.isEnabled()) throw new Error('19 characters can be used.');
      await typing(LONG_ENOUGH, LONG_ENOUGH)(page);
      await press('Use this passphrase')(page);
    },
    heard: { type: 'own-passphrase', bytes: new TextEncoder().encode(LONG_ENOUGH) },
  },
];

const scan = entryTasks['entry-scan'];

/** An image of more than 25 MB: a file with a hole. */
export function tooLarge(): string {
  const file = path.join(root, '.cache', 'screens', 'scan.pdf');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '%PDF-1.7\n');
  truncateSync(file, 25 * 1024 * 1024 + 1);
  return file;
}

const refusedEntries: ScreenCase[] = [
  {
    name: 'entry-other-copy',
    heading: 'Show share 2 of 4 to the camera',
    says: 'This is sheet 1 of your share; sheet 2 is being checked.',
    view: views.copy,
    entry: [...scan, { type: 'refused', note: refuse('sheet-other-copy', 'share', 1, 2).note() }],
    settle: 1500,
  },
  {
    name: 'entry-file-damaged',
    heading: 'Open an image or a PDF file of share 2 of 4',
    says: 'This file cannot be opened.',
    view: views.copy,
    entry: [
      ...entryTasks['entry-file'],
      { type: 'refused', note: refusePaper('file-damaged').note() },
    ],
  },
  {
    name: 'entry-file-too-large',
    heading: 'Open an image or a PDF file of share 2 of 4',
    says: 'scan.pdf is larger than 25 MB. A photograph of the sheet is enough.',
    view: views.copy,
    entry: entryTasks['entry-file'],
    prepare: (page) => page.locator('input[type=file]').setInputFiles(tooLarge()),
  },
];

const brokenEntries: ScreenCase[] = [
  {
    name: 'entry-scan-no-camera',
    heading: 'Show share 2 of 4 to the camera',
    says: 'No camera is connected.',
    view: views.copy,
    entry: scan,
    broken: `navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('', 'NotFoundError')); null`,
  },
  {
    name: 'entry-scan-no-scanner',
    heading: 'Show share 2 of 4 to the camera',
    says: 'The part of Conclave that reads codes could not be started.',
    view: views.copy,
    entry: scan,
    broken: `window.fetch = () => Promise.reject(new TypeError('broken')); null`,
  },
  {
    name: 'entry-waiting',
    heading: 'One moment',
    view: views.copy,
    entry: [],
    // The worker says nothing, and still the window goes.
    async leave(page) {
      const gone = page.waitForEvent('close', { timeout: 5000 });
      // The window may be gone before the click is told to have been made.
      const pressed = press('Cancel')(page).catch((error: unknown) => {
        if (!page.isClosed()) throw error;
      });
      await Promise.all([gone, pressed]);
    },
  },
];

export const entries: readonly ScreenCase[] = [
  ...plain,
  ...typedEntries,
  ...ownersEntries,
  ...refusedEntries,
  ...brokenEntries,
];
