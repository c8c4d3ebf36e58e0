/**
 * The windows in which a YubiKey is put in, touched, and given its PIN.
 * @module
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright';
import { keyTasks } from '../../renderer/fixtures/key-entry.ts';
import { views } from '../../renderer/fixtures/views.ts';
import { marked, type Marks, namesOf, press, type ScreenCase } from './case.ts';

const NAME = 'YubiKey 5C NFC 23456789';
const LOCKS = 'Touch the YubiKey: it locks the share';

const keyMarks: Marks<keyof typeof keyTasks> = {
  'entry-key-in': ['Put your YubiKey in', 'You type its PIN, then you touch it twice'],
  'entry-key-in-otp': ['Put your YubiKey in', 'a slot that is in use is never overwritten'],
  'entry-key-in-backup': ['Put your second YubiKey in', 'either of your keys opens it'],
  'entry-key-in-open': [
    'Put in the YubiKey 23456789 or the backup key 34567890',
    'It opens share 2 of 4. You type its PIN',
  ],
  'entry-key-in-open-otp': ['Put in the YubiKey 23456789', 'then you type the words'],
  'entry-key-in-other': ['Put in the YubiKey 23456789', 'of Custodian 1, and the YubiKey'],
  'entry-key-in-choose': ['Choose the YubiKey that is yours', '12345678'],
  'entry-key-in-leave-one': ['Leave only your own YubiKey in', 'Security Key NFC'],
  'entry-key-in-touch': 'Find your YubiKey: it is the one that you touch',
  'entry-key-replug': ['Take the YubiKey out, then put it in again', 'share 2 of 4 opens with'],
  'entry-key-slot': [`Choose a slot of the ${NAME}`, 'It answers WITHOUT a touch'],
  'entry-key-slot-live': [`Choose a slot of the ${NAME}`, 'Not possible: it opens share 2 of 4'],
  'entry-key-slot-hidden': [
    'Choose a slot of the Security Key NFC that hides its number',
    'Not possible: this key hides its number',
  ],
  'entry-key-slot-empty': [
    `Choose a slot of the ${NAME}`,
    'A key was in this socket before you were asked for one',
  ],
  'entry-pin': [`Type the PIN of the ${NAME}`, '8 tries are left.'],
  'entry-pin-wrong': [`Type the PIN of the ${NAME}`, 'The YubiKey says that the PIN is wrong.'],
  'entry-pin-last': [`Type the PIN of the ${NAME}`, 'One try is left.'],
  'entry-new-pin': [`Give the ${NAME} its first PIN`, 'At least 6 characters.'],
  'entry-touch-select': ['Touch the YubiKey that is yours', 'the others stop'],
  'entry-touch-make': ['Touch the YubiKey: it makes a secret', 'it waits 30 seconds'],
  'entry-touch-lock': [LOCKS, 'Have your finger ready.'],
  'entry-touch-open': ['Touch the YubiKey: it opens the share', 'touch your own, and no other'],
  'entry-touch-renew': ['Touch the YubiKey again: the share is locked anew', 'The share was read.'],
  'entry-touch-prove': [
    'Touch the YubiKey a last time: the new lock is proved',
    'What was just written or printed was read back',
  ],
  'entry-key-in-erase': ['Put in the YubiKey 23456789', 'The slot that opens share 2 of 4'],
  'entry-key-erase': [`Erase slot 2 of the ${NAME}`, 'What slot 2 holds is gone for good.'],
  'entry-key-erase-old': [`Erase slot 2 of the ${NAME}`, 'The log does not tell its secret'],
  'entry-key-erase-used': [`Erase slot 2 of the ${NAME}`, '23456798 is not the number'],
  'entry-touch-erase-any': [
    'Touch the YubiKey: its slot is emptied then, whatever it holds',
    'nobody can tell',
  ],
  'entry-touch-erase': ['Touch the YubiKey: its slot is emptied then', 'Have your finger ready.'],
  'entry-touch-blinking': [LOCKS, 'It blinks now: touch the metal.'],
  'entry-touch-answered': ['Touch the YubiKey: it opens the share', 'The YubiKey has answered.'],
  'entry-key-again': ['Do this step once more', 'The YubiKey was not touched in time.'],
  'entry-backup-key': 'Say whether you have a second YubiKey',
};

const DARK = new Set<string>(['entry-pin-last', 'entry-touch-blinking', 'entry-key-in-other']);

const shown: readonly ScreenCase[] = namesOf(keyMarks).map((name) => ({
  name,
  ...marked(keyMarks, name),
  view: views.copy,
  entry: keyTasks[name],
  dark: DARK.has(name),
}));

const slot = { view: views.copy, entry: keyTasks['entry-key-slot'] };
const OVERWRITE = 'Overwrite slot 2 with a new secret';

async function chooseOverwriting(page: Page): Promise<void> {
  const use = page.getByRole('button', { name: 'Use this slot' });
  assert(await use.isDisabled());
  await page.locator('label').filter({ hasText: OVERWRITE }).click();
}

const answered: readonly ScreenCase[] = [
  {
    ...slot,
    name: 'entry-key-slot-overwrite',
    heading: `Choose a slot of the ${NAME}`,
    says: 'Only the digits that are printed on it.',
    async prepare(page) {
      await chooseOverwriting(page);
      await page.getByLabel('Type the number that is printed').fill('my key');
      await press('Overwrite slot 2')(page);
    },
    async leave(page) {
      await page.getByLabel('Type the number that is printed').fill('23 456 789');
      await page.keyboard.press('Enter');
    },
    heard: { type: 'slot', slot: 2, use: 'program', typedSerial: 23_456_789 },
  },
  {
    view: views.copy,
    entry: keyTasks['entry-new-pin'],
    name: 'entry-new-pin-differs',
    heading: `Give the ${NAME} its first PIN`,
    says: 'The two are not the same yet.',
    async prepare(page) {
      await page.getByText('Show what I type').click();
      await page.getByLabel('New PIN').fill('gr\u00FCne Karte');
      await page.getByLabel('The same again').fill('gr\u00FCne Kart');
      assert(await page.getByRole('button', { name: 'Set this PIN' }).isDisabled());
    },
    // The same letters, put together otherwise: the key must get the same bytes.
    async leave(page) {
      await page.getByLabel('The same again').fill('gru\u0308ne Karte');
      await press('Set this PIN')(page);
      assert.equal(await page.getByLabel('New PIN').inputValue(), '');
    },
    heard: { type: 'pin', bytes: new TextEncoder().encode('gr\u00FCne Karte') },
  },
  {
    view: views.copy,
    entry: keyTasks['entry-pin'],
    name: 'entry-pin-typed',
    heading: `Type the PIN of the ${NAME}`,
    says: 'PIN',
    async prepare(page) {
      await page.getByLabel('PIN', { exact: true }).fill(' 4 2u\u0308 ');
    },
    async leave(page) {
      await page.keyboard.press('Enter');
    },
    heard: { type: 'pin', bytes: new TextEncoder().encode(' 4 2\u00FC ') },
  },
  {
    view: views.copy,
    entry: keyTasks['entry-key-in-choose'],
    name: 'entry-key-in-chosen',
    heading: 'Choose the YubiKey that is yours',
    says: 'YubiKey 5C NFC, firmware 5.4.3. The number is printed on it.',
    prepare: (page) => page.locator('label').filter({ hasText: '23456789' }).click(),
    leave: press('Use this key'),
    heard: { type: 'choose-key', serial: 23_456_789 },
  },
  {
    view: views.copy,
    entry: keyTasks['entry-key-again'],
    name: 'entry-key-tried-again',
    heading: 'Do this step once more',
    says: 'Try again, and touch the metal contact as soon as it blinks.',
    leave: press('Try again'),
    heard: { type: 'again' },
  },
  {
    view: views.copy,
    entry: keyTasks['entry-backup-key'],
    name: 'entry-backup-key-none',
    heading: 'Say whether you have a second YubiKey',
    says: 'A backup key cannot be added later.',
    leave: press('Only this one, no backup'),
    heard: { type: 'backup-key', wanted: false },
  },
];

export const keyEntries: readonly ScreenCase[] = [...shown, ...answered];
