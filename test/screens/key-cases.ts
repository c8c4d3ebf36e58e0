/**
 * Screens where a share is locked to a YubiKey, and the rule for the media of a set.
 * @module
 */
import assert from 'node:assert/strict';
import { keyViews } from '../../renderer/fixtures/key-views.ts';
import { views } from '../../renderer/fixtures/views.ts';
import { policyFault } from '../../shared/sharing/media-policy.ts';
import { marked, type Marks, namesOf, press, type ScreenCase } from './case.ts';

const LOCK = 'Lock share 2 of 4 and your personal identity with your YubiKey';
const BACK = 'Read share 2 of 4 and your personal identity back with the YubiKey and the stick';
const ANOTHER = 'Take another YubiKey, or another medium';
const LEFT = 'See what is left without the YubiKey of share 3';

const keyMarks: Marks<keyof typeof keyViews> = {
  'plan-keys': ['Write down who takes part', 'No two custodians on the same kind.'],
  'handover-key': ['Sit down, please: Custodian 2', 'your stick and YubiKey ready'],
  'write-otp': [LOCK, 'touched once, and your six words'],
  'write-fido2': [LOCK, 'its PIN and a touch'],
  'write-other-kind': [LOCK, 'would both have their shares on paper.'],
  'write-blocked': [ANOTHER, 'This laptop still holds share 2 of 4 and your personal identity'],
  'replug-key': 'Pull out the YubiKey and the stick HOME-2; plug in the stick again',
  'read-back-key-sheet': [
    'Read share 2 of 4 and your personal identity back with the YubiKey and the sheet',
    'It cannot be read: print it again',
  ],
  'read-back-otp-sheet': [
    'Read share 2 of 4 and your personal identity back with the YubiKey and the sheet',
    'That proves the sheet, the key and the words',
  ],
  'read-back-otp': [BACK, 'You touch it once, then type your six words'],
  'read-back-fido2': [BACK, 'with a backup key the same again'],
  'read-back-blocked': [ANOTHER, 'Write the share again'],
  'copy-key': ['Go on, or make another copy', 'Another copy with a YubiKey'],
  'handover-key-give': ['Sit down, please: Custodian 4', 'know the PIN of the key'],
  'share-in-otp': ['Bring share 3', 'two more touches'],
  'share-in-otp-sheet': ['Bring share 3', 'stays good until the new one was read back'],
  'share-in-fido2': ['Bring share 3', 'A backup key does it as well.'],
  'share-in-blocked': [LEFT, 'The PIN of this YubiKey is blocked for good.'],
  'share-in-reset': [LEFT, 'a reset destroys it: no copy exists anywhere.'],
  'share-in-erased': [LEFT, 'is empty.'],
  'share-in-changed': [LEFT, 'Back: I have the copy'],
  'share-in-none-left': ['Bring share 3', 'My YubiKey does not work'],
};

const DARK = new Set<string>(['share-in-blocked', 'plan-keys']);
const SAID_BY: Readonly<Record<string, Pick<ScreenCase, 'leave' | 'said'>>> = {
  'share-in-blocked': {
    leave: press('Get up without giving share 3'),
    said: { type: 'get-up', reason: 'The PIN of the YubiKey is blocked.' },
  },
  'share-in-reset': {
    leave: press('Get up without giving share 3'),
    said: { type: 'get-up', reason: 'The YubiKey was reset since the share was locked with it.' },
  },
  'share-in-erased': {
    leave: press('Get up without giving share 3'),
    said: { type: 'get-up', reason: 'The slot of the YubiKey that opened the share is empty.' },
  },
  'share-in-changed': {
    leave: press('Get up without giving share 3'),
    said: {
      type: 'get-up',
      reason: 'The slot of the YubiKey that opened the share was programmed anew.',
    },
  },
  'read-back-blocked': { leave: press('Write the share again'), said: { type: 'write-again' } },
  'write-blocked': {
    leave: press('Use paper instead'),
    said: { type: 'another-copy', medium: 'paper' },
  },
};

const shown: readonly ScreenCase[] = namesOf(keyMarks).map((name) => ({
  name,
  ...marked(keyMarks, name),
  view: keyViews[name],
  dark: DARK.has(name),
  ...SAID_BY[name],
}));

const rule = keyViews['plan-keys'].plan?.policy;
assert(rule !== undefined);

const others: readonly ScreenCase[] = [
  {
    name: 'write-key-sheet',
    heading: LOCK,
    says: 'useless without the key and its PIN',
    view: keyViews['write-fido2'],
    prepare: (page) => page.getByText('On a sheet of paper').click(),
    leave: press('Lock it with my YubiKey, onto A4 paper'),
    said: { type: 'choose-printer', id: 'office' },
  },
  {
    name: 'write-otp-sheet',
    heading: LOCK,
    says: 'Each time that you give the share, a new sheet is printed and read back',
    view: keyViews['write-otp'],
    prepare: (page) => page.getByText('On a sheet of paper').click(),
    leave: press('Lock it with my YubiKey, onto A4 paper'),
    said: { type: 'choose-printer', id: 'office' },
  },
  {
    name: 'key-lost-none-left',
    heading: LEFT,
    says: 'Without share 3 there are not enough.',
    view: keyViews['share-in-none-left'],
    prepare: press('My YubiKey does not work'),
    async leave(page) {
      await page.locator('label').filter({ hasText: 'It is not here' }).click();
      await press('Get up without giving share 3')(page);
    },
    said: { type: 'get-up', reason: 'The YubiKey is not here.' },
  },
  {
    name: 'plan-rule',
    heading: 'Write down who takes part',
    says: 'Allowed: paper, USB stick, YubiKey (OTP), YubiKey (FIDO2). At least 2 kinds.',
    view: views.plan,
    async prepare(page) {
      await page.getByLabel('Rule for the media', { exact: true }).selectOption('some');
      await page.getByText('At least how many kinds').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'plan-rule-broken',
    heading: 'Write down who takes part',
    says: 'Custodian 2 and Custodian 1 would both have their shares on paper.',
    view: {
      ...keyViews['plan-keys'],
      refusal:
        policyFault(rule, [
          { name: 'Custodian 1', media: ['paper'] },
          { name: 'Custodian 2', media: ['paper'] },
        ])?.note() ?? null,
    },
  },
];

export const keyScreens: readonly ScreenCase[] = [...shown, ...others];
