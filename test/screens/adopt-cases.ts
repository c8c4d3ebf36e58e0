/**
 * The screens of an adoption, and what people say on them.
 * @module
 */
import type { Page } from 'playwright';
import { adoptViews } from '../../renderer/fixtures/adopt-views.ts';
import { marked, type Marks, namesOf, press, type ScreenCase } from './case.ts';

const SPLIT = 'Say how the key was split';
const ENOUGH = 'Compare the legacy shares, or bring one more';
const PROVE = 'Try the key on a stored survey key';
const OWNER = 'Let an owner prove the key';
const UNPROVED = 'Answer for a key that nothing proves: the first of two people';
const SECOND = 'Answer for a key that nothing proves: the second person';
const ANEW = 'Split the platform key anew';

const NEW_LEGACY = 'Say whether legacy shares are written as well';

const DARK = new Set<string>(['legacy-shares-several-wrong', 'legacy-decision']);

const adoptMarks: Marks<keyof typeof adoptViews> = {
  'legacy-split': [SPLIT, 'Bring no real legacy share to a rehearsal.'],
  'legacy-split-production': [SPLIT, 'v1, not in use yet'],
  'legacy-split-differs': [SPLIT, 'Vault and the database row differ.'],
  'legacy-split-no-row': [SPLIT, 'None. Nothing exists that could prove the key.'],
  'legacy-split-second': [SPLIT, 'Only one key version is adopted, and this is v2.'],
  'legacy-shares': ['Bring the first legacy share', 'None is here yet, and 3 are needed.'],
  'legacy-shares-some': ['Bring the next legacy share', '2 of the 3 that are needed are here.'],
  'legacy-shares-enough': [ENOUGH, 'As many as are needed are here.'],
  'legacy-shares-several-wrong': 'Find out which legacy shares are wrong',
  'legacy-shares-number': [
    'Correct how many are needed',
    'these fit each other if any 4 are needed.',
  ],
  'legacy-shares-suspects': [ENOUGH, 'may be wrong'],
  'legacy-shares-refused': [
    ENOUGH,
    'These shares do not belong together, or at least one of them has a wrong digit.',
  ],
  'legacy-shares-whole': 'Bring the component that was never split',
  'legacy-shares-whole-here': 'Go on with the component',
  'legacy-proof': [PROVE, 'The legacy shares agree.'],
  'legacy-proof-uncompared': [
    PROVE,
    'Nothing was compared: exactly as many are here as are needed.',
  ],
  'legacy-proof-wrong': [PROVE, 'Legacy share 3: digit 217 (line 7, group 7) does not fit.'],
  'legacy-proof-one-of': [PROVE, 'One of these is wrong: legacy shares 1 and 3.'],
  'legacy-proof-one-of-stuck': 'Bring one more legacy share',
  'legacy-proof-none': 'Agree that nothing can prove the key',
  'legacy-proof-whole': [PROVE, 'there is one component, and nothing beside it'],
  'legacy-proof-not-opened': [PROVE, 'The component does not fit the stored survey key'],
  'legacy-proof-owner': [OWNER, 'survey 31 of team 9 of organisation 4'],
  'legacy-proof-owner-tried': [OWNER, 'No stored survey key opened.'],
  'legacy-decision': 'Answer for the vault component: the first of two people',
  'legacy-decision-unproved': [UNPROVED, 'Its other half is the vault component'],
  'legacy-decision-no-owner': [UNPROVED, 'no passphrase opened what came of an organisation'],
  'legacy-decision-two-places': [UNPROVED, 'Which vault component is right'],
  'legacy-decision-second': [SECOND, 'Custodian 1 has answered.'],
  'legacy-decision-refused': [SECOND, 'answered for the other vault component.'],
  'legacy-restored': [ANEW, 'The platform key is restored and proved.'],
  'legacy-restored-owner': [ANEW, 'None of 3 stored survey keys opened.'],
  'legacy-restored-some': [ANEW, '2 of 3 stored survey keys opened.'],
  'new-legacy': [NEW_LEGACY, 'No, the new share set is enough'],
  'new-legacy-write': ['Write new legacy share 3 of 4', 'Written and read back'],
  'new-legacy-replug': 'Pull the stick WARD-3 out and plug it in again',
  'new-legacy-replug-refused': [
    'Pull the stick WARD-3 out and plug it in again',
    'Read it back once more',
  ],
  'new-legacy-prove': [
    'Prove that the new legacy shares restore the component',
    'Written and read back',
  ],
  'void-adopt': ['Destroy what was written', 'Guard these until they are destroyed.'],
  'legacy-restored-unproved': [ANEW, 'The platform key is restored, and nothing proves it.'],
};

const plain: readonly ScreenCase[] = namesOf(adoptMarks).map((name) => ({
  name,
  ...marked(adoptMarks, name),
  view: adoptViews[name],
  dark: DARK.has(name),
}));

const choose = (page: Page, row: string) =>
  page.locator('label').filter({ hasText: row }).first().click();

/** Fails where a button can be pressed before its question is answered. */
async function waits(page: Page, name: string): Promise<void> {
  if (await page.getByRole('button', { name }).isEnabled()) {
    throw new Error(`"${name}" can be pressed too early.`);
  }
}

async function answers(page: Page, by: string, sentence: string): Promise<void> {
  await page.getByLabel('Your name').fill(by);
  await page.getByLabel('Your answer').fill(sentence);
}

const said: readonly ScreenCase[] = [
  {
    name: 'legacy-split-shares',
    heading: SPLIT,
    says: 'How many of them are needed',
    view: adoptViews['legacy-split'],
    prepare: (page) => choose(page, 'It was split into legacy shares'),
    async leave(page) {
      await page.getByLabel('Legacy shares that were made').fill('5');
      await waits(page, 'Go on to the legacy shares');
      await choose(page, 'They were made for practice');
      await press('Go on to the legacy shares')(page);
    },
    said: { type: 'legacy-split', split: { threshold: 3, count: 5 }, practice: true },
  },
  {
    name: 'legacy-split-real',
    heading: SPLIT,
    says: 'Put them away again, closed.',
    view: adoptViews['legacy-split'],
    async prepare(page) {
      await choose(page, 'They are the real ones');
      await choose(page, 'It was never split');
      await waits(page, 'Go on to the component');
    },
    async leave(page) {
      await choose(page, 'They were made for practice');
      await press('Go on to the component')(page);
    },
    said: { type: 'legacy-split', split: null, practice: true },
  },
  {
    name: 'legacy-split-cannot-be',
    heading: SPLIT,
    says: 'No more than the number that were made.',
    view: adoptViews['legacy-split-production'],
    async prepare(page) {
      await choose(page, 'It was split into legacy shares');
      await page.getByLabel('How many of them are needed').fill('5');
    },
    async leave(page) {
      await waits(page, 'Go on to the legacy shares');
      await choose(page, 'It was never split');
      await press('Go on to the component')(page);
    },
    said: { type: 'legacy-split', split: null },
  },
  {
    name: 'legacy-shares-somebody-else',
    heading: 'Bring the next legacy share',
    says: 'Nobody has to take part in the new set to give one.',
    view: adoptViews['legacy-shares-some'],
    async prepare(page) {
      await page.getByLabel('Who gives a legacy share').selectOption('Somebody else');
      await choose(page, 'A code on paper');
    },
    async leave(page) {
      await waits(page, 'Read this legacy share');
      await page.getByLabel('Name', { exact: true }).fill('Somebody of before');
      await press('Read this legacy share')(page);
    },
    said: { type: 'legacy-give', by: 'Somebody of before', how: 'code' },
  },
  {
    name: 'legacy-shares-split-again',
    heading: 'Correct how the component was split',
    view: adoptViews['legacy-shares-several-wrong'],
    prepare: press('It was not any 3 of 4'),
    async leave(page) {
      await page.getByLabel('How many of them are needed').fill('2');
      await press('It was like this')(page);
    },
    said: { type: 'legacy-split', split: { threshold: 2, count: 4 } },
  },
  {
    name: 'new-legacy-yes',
    heading: NEW_LEGACY,
    says: 'They are weaker than the shares of today.',
    view: adoptViews['new-legacy'],
    prepare: (page) => choose(page, 'Yes, write new legacy shares too'),
    async leave(page) {
      await page.getByLabel('Legacy shares that were made').fill('17');
      await waits(page, 'Write new legacy shares');
      await page.getByLabel('Legacy shares that were made').fill('5');
      await press('Write new legacy shares')(page);
    },
    said: { type: 'new-legacy', split: { threshold: 3, count: 5 } },
  },
  {
    name: 'new-legacy-left',
    heading: 'Prove that the new legacy shares restore the component',
    says: 'Go on, and destroy those that were written',
    view: adoptViews['new-legacy-prove'],
    prepare: press('Go on without them'),
    leave: press('Go on, and destroy those that were written'),
    said: { type: 'new-legacy-leave' },
  },
  {
    name: 'legacy-decision-typed',
    heading: UNPROVED,
    says: 'type this sentence: I answer for Vault',
    view: adoptViews['legacy-decision-two-places'],
    async prepare(page) {
      await answers(page, 'The witness', 'I answer for Vault');
      await waits(page, 'I answer for it');
      await choose(page, 'The one in Vault');
    },
    async leave(page) {
      await answers(page, 'The witness', 'I answer for the database row');
      await waits(page, 'I answer for it');
      await answers(page, 'The witness', 'I answer for Vault.');
      await press('I answer for it')(page);
    },
    said: {
      type: 'legacy-answer',
      place: 'vault',
      by: 'The witness',
      sentence: 'I answer for Vault.',
    },
  },
  {
    name: 'legacy-decision-alone',
    heading: SECOND,
    says: 'Custodian 1 has answered. Somebody else types here.',
    view: adoptViews['legacy-decision-second'],
    prepare: (page) => answers(page, 'custodian 1', 'I answer for this key'),
    async leave(page) {
      await waits(page, 'I answer for it');
      await answers(page, 'Custodian 2', 'i answer for this key');
      await press('I answer for it')(page);
    },
    said: {
      type: 'legacy-answer',
      place: 'both',
      by: 'Custodian 2',
      sentence: 'i answer for this key',
    },
  },
];

export const adoptScreens: readonly ScreenCase[] = [...plain, ...said];
