/**
 * Every screen that is shown, measured and photographed.
 * @module
 */
import type { Page } from 'playwright';
import type { HomeView } from '../../shared/ceremony/home.ts';
import type { View } from '../../shared/ceremony/view.ts';
import type { ToEntry } from '../../shared/ipc/entry.ts';
import { emptyHome, home } from '../../renderer/fixtures/answers.ts';
import { entryTasks } from '../../renderer/fixtures/entry.ts';
import { views } from '../../renderer/fixtures/views.ts';

export interface ScreenCase {
  /** Also the picture's file name. */
  readonly name: string;
  readonly heading: string | RegExp;
  readonly view?: View;
  readonly home?: HomeView;
  readonly lists?: 'filled' | 'empty';
  readonly entry?: readonly ToEntry[];
  /** Keep a picture in the dark too. */
  readonly dark?: boolean;
  /** Milliseconds until what is shown stands still. */
  readonly settle?: number;
  prepare?(page: Page): Promise<void>;
  leave?(page: Page): Promise<void>;
}

const DARK = new Set(['handover', 'plan', 'environment', 'closed']);
const ANY = /./;

const press = (name: string) => (page: Page) => page.getByRole('button', { name }).first().click();
const escape = (page: Page) => page.keyboard.press('Escape');

const ceremonies: ScreenCase[] = Object.entries(views).map(([name, view]) => ({
  name,
  heading: ANY,
  view,
  dark: DARK.has(name),
}));

const copy = views['copy'];
const descriptor = views['descriptor'];
if (!copy || !descriptor) throw new Error('A fixture is missing.');

const special: ScreenCase[] = [
  { name: 'descriptor-empty', heading: ANY, view: descriptor, lists: 'empty' },
  {
    name: 'plan-faults',
    heading: ANY,
    ...(views['plan'] ? { view: views['plan'] } : {}),
    prepare: press('Agree on this plan'),
  },
  {
    name: 'something-is-wrong',
    heading: ANY,
    view: copy,
    prepare: press('Something is wrong'),
    leave: escape,
  },
  {
    name: 'end-ceremony',
    heading: ANY,
    view: copy,
    async prepare(page) {
      await press('Something is wrong')(page);
      await press('End this ceremony')(page);
    },
    leave: escape,
  },
];

const homes: ScreenCase[] = [
  { name: 'home-empty', heading: 'Choose how to begin', home: emptyHome },
  {
    name: 'home-rehearsals-only',
    heading: 'Choose how to begin',
    home: {
      ...emptyHome,
      productionRefused:
        'This Conclave was started from its source code. Real ceremonies need the installed package, whose hash was checked on a second machine.',
    },
  },
  { name: 'home', heading: 'Are the keys safe?', home, dark: true },
  {
    name: 'ticket',
    heading: 'Are the keys safe?',
    home,
    prepare: press('Make a ticket'),
    leave: press('Back to home'),
  },
  {
    name: 'continue',
    heading: 'Are the keys safe?',
    home,
    prepare: press('Continue from a stick'),
    leave: press('Back to home'),
  },
];

const entries: ScreenCase[] = Object.entries(entryTasks).map(([name, messages]) => ({
  name,
  heading: ANY,
  view: copy,
  entry: messages,
  settle: name === 'entry-scan' ? 1500 : 150,
  dark: name === 'entry-show-words',
}));

export const cases: readonly ScreenCase[] = [...homes, ...ceremonies, ...special, ...entries];
