/**
 * Screens and windows where a YubiKey makes a personal identity.
 * @module
 */
import { keyIdentityTasks } from '../../renderer/fixtures/key-entry.ts';
import { keyIdentityViews } from '../../renderer/fixtures/key-identity-views.ts';
import { views } from '../../renderer/fixtures/views.ts';
import { marked, type Marks, namesOf, press, type ScreenCase } from './case.ts';

const LEFT = 'See what is left without this YubiKey';

const screenMarks: Marks<keyof typeof keyIdentityViews> = {
  'plan-key-identity': ['Write down who takes part', 'In this ceremony that would make it void'],
  'handover-key-identity': ['Sit down, please: The witness', 'the YubiKey for your identity'],
  'identity-key': ['Choose your personal identity', 'There is no file and no copy'],
  'identity-key-open': ['Bring your personal identity', 'Use mine, on my YubiKey'],
  'identity-blocked': [LEFT, 'Go on without your signature'],
  'copy-key-identity': ['Your identity is ready', 'Made twice, and the same.'],
  'attest-key': ['Read this sentence, then sign it', 'and once more for the bundle'],
  'attest-blocked': [LEFT, 'What was signed with it before stays valid.'],
};

const DARK = new Set<string>(['identity-key', 'attest-blocked']);
const SAID_BY: Readonly<Record<string, Pick<ScreenCase, 'leave' | 'said' | 'prepare'>>> = {
  'plan-key-identity': {
    prepare: (page) => page.getByText('An identity on a YubiKey.').scrollIntoViewIfNeeded(),
  },
  'identity-key': {
    leave: press('Make my identity'),
    said: { type: 'identity', how: 'new-key' },
  },
  'identity-key-open': {
    leave: press('Open my identity'),
    said: { type: 'identity', how: 'existing-key' },
  },
  'attest-key': { leave: press('Sign as The operator'), said: { type: 'sign' } },
  'attest-blocked': {
    leave: press('Go on without this key'),
    said: { type: 'other-identity' },
  },
};

const screens: readonly ScreenCase[] = namesOf(screenMarks).map((name) => ({
  name,
  ...marked(screenMarks, name),
  view: keyIdentityViews[name],
  dark: DARK.has(name),
  ...SAID_BY[name],
}));

const windowMarks: Marks<keyof typeof keyIdentityTasks> = {
  'entry-identity-key-in': ['Put your YubiKey in', 'It will make your personal identity'],
  'entry-identity-pin': ['Type the PIN of the YubiKey 5C NFC 23456789', 'for your signature'],
  'entry-touch-identity': [
    'Touch the YubiKey again: it makes your identity',
    'keeps the public half',
  ],
  'entry-touch-identity-again': [
    'Touch the YubiKey: it makes your identity once more',
    'nothing is signed',
  ],
  'entry-sign-key-in': ['Put in the YubiKey 23456789', 'It makes your signature, and nothing else'],
  'entry-touch-sign': ['Touch the YubiKey: you sign', 'for this one signature'],
};

const windows: readonly ScreenCase[] = namesOf(windowMarks).map((name) => ({
  name,
  ...marked(windowMarks, name),
  view: views.copy,
  entry: keyIdentityTasks[name],
}));

export const keyIdentityScreens: readonly ScreenCase[] = [...screens, ...windows];
