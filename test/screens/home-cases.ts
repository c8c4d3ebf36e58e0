/**
 * Home, and what is done from there beside ceremonies.
 * @module
 */
import type { Page } from 'playwright';
import { due, emptyHome, home, LOG_SAVED } from '../../renderer/fixtures/answers.ts';
import { HEX16, LONG } from '../../renderer/fixtures/people.ts';
import type { HomeCeremony, HomeView } from '../../shared/ceremony/home.ts';
import {
  encodeUnsealKeys,
  parseUnsealKeys,
  type KeptUnsealKeys,
} from '../../shared/ledger/unseal-keys.ts';
import { Refusal, type RefusalNote } from '../../shared/refusal.ts';
import { escape, pick, press, type ScreenCase } from './case.ts';

const onlyOf = (standing: HomeCeremony['standing']) =>
  home.ceremonies.filter((one) => one.standing === standing);

/** Home that was home before: the person has clicked beside everything. */
const atInstruction = (page: Page) => page.getByRole('heading', { level: 1 }).focus();

const KEPT: KeptUnsealKeys = {
  mode: 'production',
  saidAt: '2026-05-03T11:12:00Z',
  holders: ['Custodian 1', 'Custodian 2', 'Custodian 4', 'Admin 3'],
  needed: 2,
};

/** The people of the set unseal Vault as well. */
export const sameHome: HomeView = {
  ...home,
  sets: home.sets.slice(0, 1),
  ways: home.ways.slice(0, 1).map((way) => ({ ...way, id: `${HEX16} 1` })),
  unsealKeys: [{ mode: 'production', kept: KEPT, unreadable: null }],
};

const unreadableHome: HomeView = {
  ...home,
  unsealKeys: [{ mode: 'production', kept: null, unreadable: damagedUnsealKeys() }],
};

/** As its reader refuses a file of which a letter was changed. */
function damagedUnsealKeys(): RefusalNote {
  const text = new TextDecoder().decode(encodeUnsealKeys(KEPT)).replace('Admin 3', 'Admin 4');
  try {
    parseUnsealKeys(new TextEncoder().encode(text), 'production');
  } catch (error) {
    if (error instanceof Refusal) return error.note();
  }
  throw new Error('It is read.');
}

export const homes: readonly ScreenCase[] = [
  {
    name: 'home-empty',
    heading: 'Choose how to begin',
    says: 'Nothing has happened on this laptop yet.',
    home: emptyHome,
  },
  {
    name: 'home-rehearsals-only',
    heading: 'Choose how to begin',
    says: 'Only rehearsals can be held here.',
    home: {
      ...emptyHome,
      productionRefused:
        'This Conclave was started from its source code. Real ceremonies need the installed package, whose hash was checked on a second machine.',
    },
  },
  { name: 'home', heading: 'Are the keys safe?', says: 'Practice in April', home, dark: true },
  {
    name: 'home-holders',
    heading: 'Are the keys safe?',
    says: LONG,
    home,
    prepare: (page) => page.getByText('Who holds the shares').first().click(),
  },
  {
    name: 'home-replaced',
    heading: 'Are the keys safe?',
    says: 'Compare sync’s half',
    home: {
      ...home,
      sets: home.sets.slice(1, 2).map((set) => ({
        ...set,
        mayBeNeeded: true,
        legacyLeft: { left: 4, of: 4, threshold: 3 },
        remnants: { left: 6, of: 6, shares: 4 },
      })),
    },
    prepare: atInstruction,
  },
  {
    name: 'home-two-versions',
    heading: 'Are the keys safe?',
    says: 'New survey keys are stored under another version.',
    home: {
      ...home,
      sets: home.sets.slice(0, 2).map((set, at) => ({
        ...set,
        keyVersion: `v${2 - at}`,
        standing: 'live' as const,
        use: at === 0 ? ('active' as const) : ('beside' as const),
      })),
    },
    prepare: atInstruction,
  },
  {
    name: 'home-joined',
    heading: 'Are the keys safe?',
    says: '1 other set opens the same key without these shares',
    home: {
      ...home,
      sets: home.sets.slice(0, 2).map((set, at) => ({
        ...set,
        label: at === 0 ? '2026 A' : 'On call 2026',
        threshold: at === 0 ? 3 : 2,
        standing: 'live' as const,
        opensAsWell: [at === 0 ? 'On call 2026' : '2026 A'],
      })),
    },
    prepare: atInstruction,
  },
  {
    name: 'home-retired',
    heading: 'Are the keys safe?',
    says: 'Sync ended this version',
    home: {
      ...home,
      sets: home.sets.slice(0, 2).map((set, at) => ({
        ...set,
        keyVersion: `v${2 - at}`,
        standing: at === 0 ? ('live' as const) : ('retired' as const),
        use: at === 0 ? ('active' as const) : ('retired' as const),
        dueAt: at === 0 ? set.dueAt : null,
      })),
    },
    prepare: atInstruction,
  },
  {
    name: 'home-waiting',
    heading: 'Are the keys safe?',
    says: 'Go on with it',
    home: { ...home, sets: home.sets.slice(2), ceremonies: onlyOf('waiting-for-receipt') },
    prepare: atInstruction,
  },
  {
    name: 'home-interrupted',
    heading: 'Are the keys safe?',
    says: 'Interrupted, and therefore void',
    home: { ...home, sets: home.sets.slice(0, 1), ceremonies: onlyOf('interrupted') },
    prepare: atInstruction,
  },
  {
    name: 'home-due',
    heading: 'Are the keys safe?',
    says: 'Hold a drill',
    home: {
      ...home,
      sets: home.sets.slice(0, 1).map((set) => ({ ...set, proved: 3, notProved: 1 })),
      due: [
        ...due('2026-05-20T09:00:00Z', { failed: true }).slice(1, 2),
        ...due('2026-05-03T09:00:00Z').filter(({ index }) => index !== 2),
      ],
    },
    prepare: atInstruction,
  },
  {
    name: 'who-opens',
    heading: 'Whom does it take?',
    says: 'It takes people who hold 3 shares.',
    home,
    prepare: press('Whom does it take? 2026 A'),
    leave: press('Back to home'),
  },
  {
    name: 'who-opens-some',
    heading: 'Whom does it take?',
    says: 'can open it',
    home,
    dark: true,
    async prepare(page) {
      await press('Whom does it take? 2026 A')(page);
      for (const at of [0, 1, 2]) await page.getByRole('checkbox').nth(at).check();
    },
    leave: press('Back to home'),
  },
  {
    name: 'home-same-people',
    heading: 'Are the keys safe?',
    says: 'The two halves do not guard each other.',
    home: sameHome,
    dark: true,
    prepare: atInstruction,
  },
  {
    name: 'home-unseal-unreadable',
    heading: 'Are the keys safe?',
    says: 'Say it again under “Whom does it take?”.',
    home: unreadableHome,
    prepare: atInstruction,
  },
  {
    name: 'who-opens-unseal',
    heading: 'Whom does it take?',
    says: 'It is what somebody said, signed by nobody',
    home,
    async prepare(page) {
      await press('Whom does it take? 2026 A')(page);
      const keep = page.getByRole('button', { name: 'Keep this on the laptop' });
      if (await keep.isEnabled()) throw new Error('Nobody said anything yet.');
      const group = page.getByRole('group', { name: 'Who holds an unseal key' });
      await group.getByLabel('Custodian 1').check();
      await page.getByLabel('Others who hold one').fill('Admin 2\nAdmin 2\nAdmin 3');
      await page.getByLabel('How many of the keys unseal Vault').fill('5');
      await page.getByText('no more than the keys above').waitFor();
      if (await keep.isEnabled()) throw new Error('More are needed than there are.');
      await page.getByLabel('How many of the keys unseal Vault').fill('3');
    },
    async leave(page) {
      await press('Keep this on the laptop')(page);
      await press('Back to home')(page);
    },
    said: {
      mode: 'production',
      keys: { holders: ['Custodian 1', 'Admin 2', 'Admin 2', 'Admin 3'], needed: 3 },
    },
  },
  {
    name: 'who-opens-unseal-said',
    heading: 'Whom does it take?',
    says: 'If one of them holds a share, the name is spelled otherwise there.',
    home: sameHome,
    async prepare(page) {
      await press('Whom does it take? 2026 A')(page);
      await page.getByText('Said on').scrollIntoViewIfNeeded();
    },
    async leave(page) {
      await press('Forget it')(page);
      await press('Back to home')(page);
    },
    said: { mode: 'production', keys: null },
  },
  {
    name: 'export-log',
    heading: 'Save the ceremony log',
    says: 'Save the log to this stick',
    home,
    prepare: press('Save the ceremony log'),
    leave: escape,
  },
  {
    name: 'export-log-saved',
    heading: 'Save the ceremony log',
    says: LOG_SAVED,
    home,
    async prepare(page) {
      await press('Save the ceremony log')(page);
      await pick(page, 'HOME-2');
      await press('Save the log to this stick')(page);
    },
    leave: escape,
  },
  {
    name: 'home-emptied',
    heading: 'Are the keys safe?',
    says: 'and nothing stayed: v1 can be retired',
    home: {
      ...home,
      sets: home.sets.slice(0, 2).map((set, at) => ({
        ...set,
        keyVersion: `v${at + 1}`,
        standing: 'live' as const,
        use: at === 0 ? ('beside' as const) : ('active' as const),
        emptied: at === 0 ? { at: '2026-05-03T09:00:00Z', to: 'v2', stay: 0 } : null,
      })),
    },
    prepare: atInstruction,
  },
  {
    name: 'home-refreshed',
    heading: 'Are the keys safe?',
    says: 'as those do that took their place.',
    home: {
      ...home,
      sets: home.sets.slice(0, 1).flatMap((set) => [
        { ...set, generation: 2 },
        {
          ...set,
          standing: 'superseded' as const,
          fitsToday: true,
          dueAt: null,
          remnants: { left: 3, of: 4, shares: 3 },
        },
        {
          ...set,
          generation: 3,
          standing: 'void' as const,
          fitsToday: true,
          provedAt: null,
          dueAt: null,
          remnants: { left: 1, of: 1, shares: 1 },
        },
      ]),
    },
    prepare: (page) => page.getByText('as those do that took').scrollIntoViewIfNeeded(),
  },
  {
    name: 'home-adopt',
    heading: 'Are the keys safe?',
    says: 'Adopt the platform key that exists',
    home: { ...home, sets: home.sets.slice(1) },
    prepare: atInstruction,
  },
];
