/**
 * Every screen that is shown, measured and photographed.
 * @module
 */
import type { Page } from 'playwright';
import type { PersonEvent } from '../../shared/ceremony/events.ts';
import type { HomeView } from '../../shared/ceremony/home.ts';
import type { View } from '../../shared/ceremony/view.ts';
import type { ToEntry } from '../../shared/ipc/entry.ts';
import { emptyHome, home } from '../../renderer/fixtures/answers.ts';
import { entryTasks } from '../../renderer/fixtures/entry.ts';
import { LONG } from '../../renderer/fixtures/people.ts';
import { views } from '../../renderer/fixtures/views.ts';

export interface ScreenCase {
  /** Also the picture's file name. */
  readonly name: string;
  /** The heading on top of what is shown, whole. */
  readonly heading: string;
  /** A text that must stand there too, where the heading alone fits another picture as well. */
  readonly says?: string;
  readonly view?: View;
  readonly home?: HomeView;
  readonly lists?: 'filled' | 'empty';
  readonly entry?: readonly ToEntry[];
  /** What fails in the entry window: a program for its page. */
  readonly broken?: string;
  /** Keep a picture in the dark too. */
  readonly dark?: boolean;
  /** Milliseconds until what is shown stands still. */
  readonly settle?: number;
  prepare?(page: Page): Promise<void>;
  leave?(page: Page): Promise<void>;
  /** What the window has said to the ceremony once it is left. */
  readonly said?: PersonEvent;
}

const DARK = new Set(['handover', 'plan', 'environment', 'closed', 'share-in-refused']);

const press = (name: string) => (page: Page) => page.getByRole('button', { name }).first().click();
const escape = (page: Page) => page.keyboard.press('Escape');

/** What each fixture must come to: its heading, and where that is not enough, another text. */
type Marks = Readonly<Record<string, string | readonly [heading: string, says: string]>>;

const screenMarks: Marks = {
  descriptor: ['Plug in the stick that came from sync', 'conclave-descriptor-5f0c1de2.json'],
  'descriptor-words': 'Type the eight words that sync’s operator reads aloud',
  package: 'Choose the package for this ceremony',
  plan: ['Write down who takes part', 'Any 3 of 4 custodians together open the key'],
  'plan-sixteen': ['Write down who takes part', '16 is the most that one ceremony can have.'],
  environment: 'Look at what was checked, then go on',
  'environment-stops': 'Put this laptop right before people sit down',
  clock: 'Compare this clock with your watch',
  handover: 'Sit down, please: Custodian 2',
  'handover-long': `Sit down, please: ${LONG}`,
  who: 'Choose who sits down next',
  identity: 'Choose your personal identity',
  'identity-skip': 'Bring your personal identity',
  words: 'Take a pen and a paper of your own',
  write: ['Plug in the stick for share 2 of 4 and your personal identity', 'HOME-2'],
  'write-paper': 'Print share 2 of 4 and your personal identity',
  'write-busy': ['Plug in the stick for share 2 of 4', 'Writing to the stick and locking it.'],
  replug: 'Pull the stick HOME-2 out and plug it in again',
  'read-back': 'Read share 2 of 4 and your personal identity back from the stick',
  'read-back-paper': ['Read share 2 of 4 back from the sheet', 'A4 sheet'],
  copy: 'Go on, or make another copy',
  attest: 'Read this sentence, then sign it',
  'make-key': 'Make the platform key',
  prove: 'Prove that the shares restore the key',
  'set-ready': ['Write these words down, witness', 'The set 2026 A works.'],
  'set-ready-long': ['Write these words down, witness', LONG],
  'ticket-key': 'Plug in the stick with the ticket',
  facts: 'Read aloud what will be opened',
  'share-in': ['Bring share 3', 'From a stick'],
  'share-in-refused': ['Bring share 3', 'This is share 3 of the set 2024 A.'],
  recover: 'Open the key of this survey',
  'escrowed-email': 'Compare the e-mail addresses, letter by letter',
  'escrowed-email-differs': ['Stop and look: the e-mail addresses differ', 'DIFFERS'],
  'escrowed-email-missing': 'Stop and think: the e-mail address is missing',
  'roster-plan': ['Write down who takes part from now on', 'The two new admins of sync'],
  'roster-facts': ['Read aloud what changes', 'Operator 2 comes in as operator.'],
  'roster-ready': 'Sign roster 2',
  'roster-signed': ['Write these words down, witness', 'Roster 2 is signed.'],
  'save-bundle': 'Plug in the stick that goes to sync',
  waiting: 'Carry the stick to Sync at the hospital',
  closed: 'Thank everyone: it is done',
  'closed-refused': 'Tell everyone: it was not committed',
  void: 'Destroy what was written',
  'void-recover': ['Start again when you are ready', 'Sync does not know of this.'],
  paused: 'Go on when everyone is back',
};

const TYPE_WORDS = 'Type your six words or own passphrase';

const entryMarks: Marks = {
  'entry-show-words': 'Write these six words on your own paper',
  'entry-own-passphrase': 'Make up a passphrase of your own',
  'entry-passphrase': [TYPE_WORDS, 'your personal identity on the stick HOME-2'],
  'entry-passphrase-refused': [TYPE_WORDS, 'These words do not open the file.'],
  'entry-scan': 'Show share 2 of 4 to the camera',
  'entry-file': 'Open an image or a PDF file of share 2 of 4',
  'entry-lines': 'Type line 3 of 6 of share 2 of 4',
};

/** Throws for a fixture that nobody said a heading of. */
function marked(marks: Marks, name: string): Pick<ScreenCase, 'heading' | 'says'> {
  const mark = marks[name];
  if (mark === undefined) throw new Error(`Which heading does the fixture ${name} come to?`);
  return typeof mark === 'string' ? { heading: mark } : { heading: mark[0], says: mark[1] };
}

const ceremonies: ScreenCase[] = Object.entries(views).map(([name, view]) => ({
  name,
  ...marked(screenMarks, name),
  view,
  dark: DARK.has(name),
}));

function fixture(name: string): View {
  const view = views[name];
  if (view === undefined) throw new Error(`There is no fixture ${name}.`);
  return view;
}

/** Presses the button that asks for a reason, gives it, and says it with another. */
function reasoned(first: string, reason: string, then: string): Partial<ScreenCase> {
  return {
    view: fixture('escrowed-email-differs'),
    prepare: press(first),
    async leave(page) {
      const last = page.getByRole('button', { name: then });
      if (await last.isEnabled()) throw new Error(`"${then}" wants no reason.`);
      await page.getByRole('textbox').fill(reason);
      await last.click();
    },
  };
}

const REASONS = {
  stop: 'The person does not know the address of that time.',
  'go-on': 'Called on the number of the directory of the hospital.',
} as const;

const special: ScreenCase[] = [
  {
    name: 'escrowed-email-stop',
    heading: 'Say why you stop',
    ...reasoned('Stop: make no bundle', REASONS.stop, 'Stop: make no bundle'),
    said: { type: 'escrowed-email', decision: 'stop', reason: REASONS.stop },
  },
  {
    name: 'escrowed-email-reason',
    heading: 'Say how you know that it is the same person',
    ...reasoned('Go on with a reason', REASONS['go-on'], 'Go on with this reason'),
    said: { type: 'escrowed-email', decision: 'go-on', reason: REASONS['go-on'] },
  },
  {
    name: 'roster-plan-mail-wrong',
    heading: 'Write down who takes part from now on',
    says: 'Write one whole address, such as keys@hospital.example, or leave it empty.',
    view: fixture('roster-plan'),
    async prepare(page) {
      await page.getByLabel('Mail address of Custodian 1, if any').fill('keys@hospital');
      await page.getByLabel('Mail address of Witness, if any').fill('keys@audit.example');
      await press('Agree on these people')(page);
    },
  },
  {
    name: 'descriptor-empty',
    heading: 'Plug in the stick that came from sync',
    says: 'No descriptor found yet.',
    view: fixture('descriptor'),
    lists: 'empty',
  },
  {
    name: 'plan-faults',
    heading: 'Write down who takes part',
    says: 'Enter a name.',
    view: fixture('plan'),
    prepare: press('Agree on this plan'),
  },
  {
    name: 'plan-mail-wrong',
    heading: 'Write down who takes part',
    says: 'Write one whole address, such as keys@hospital.example, or leave it empty.',
    view: fixture('plan'),
    prepare: async (page) => {
      await page.getByLabel('Mail address of custodian 1, if any').fill('keys@hospital');
      await press('Agree on this plan')(page);
    },
  },
  {
    name: 'plan-name-too-long',
    heading: 'Write down who takes part',
    says: 'Use 60 letters or fewer.',
    view: fixture('plan-sixteen'),
    prepare: press('Agree on this plan'),
  },
  {
    name: 'something-is-wrong',
    heading: 'Exception sheet',
    says: 'End this ceremony …',
    view: fixture('copy'),
    prepare: press('Something is wrong'),
    leave: escape,
  },
  {
    name: 'end-ceremony',
    heading: 'Exception sheet',
    says: 'Ending it cannot be undone.',
    view: fixture('copy'),
    async prepare(page) {
      await press('Something is wrong')(page);
      await press('End this ceremony')(page);
    },
    leave: escape,
  },
];

const homes: ScreenCase[] = [
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
    name: 'ticket',
    heading: 'Make a ticket for a recovery',
    home,
    prepare: press('Make a ticket'),
    leave: press('Back to home'),
  },
  {
    name: 'continue',
    heading: 'Plug in the stick with the earlier ceremonies',
    home,
    prepare: press('Continue from a stick'),
    leave: press('Back to home'),
  },
];

const entries: ScreenCase[] = Object.entries(entryTasks).map(([name, messages]) => ({
  name,
  ...marked(entryMarks, name),
  view: fixture('copy'),
  entry: messages,
  settle: name === 'entry-scan' ? 1500 : 150,
  dark: name === 'entry-show-words' || name === 'entry-own-passphrase',
}));

/** Types into the first field of a new passphrase, then into the second. */
const typing = (first: string, second: string) => async (page: Page) => {
  await page.getByLabel('Passphrase of your own').fill(first);
  await page.getByLabel('The same again').fill(second);
};

const own = { view: fixture('copy'), entry: entryTasks['entry-own-passphrase'] ?? [] };
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

const scan = entryTasks['entry-scan'] ?? [];

const brokenEntries: ScreenCase[] = [
  {
    name: 'entry-scan-no-camera',
    heading: 'Show share 2 of 4 to the camera',
    says: 'No camera is connected.',
    view: fixture('copy'),
    entry: scan,
    broken: `navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('', 'NotFoundError')); null`,
  },
  {
    name: 'entry-scan-no-scanner',
    heading: 'Show share 2 of 4 to the camera',
    says: 'The part of Conclave that reads codes could not be started.',
    view: fixture('copy'),
    entry: scan,
    broken: `window.fetch = () => Promise.reject(new TypeError('broken')); null`,
  },
  {
    name: 'entry-waiting',
    heading: 'One moment',
    view: fixture('copy'),
    entry: [],
    // The worker says nothing, and still the window goes.
    async leave(page) {
      const gone = page.waitForEvent('close', { timeout: 5000 });
      await press('Cancel')(page);
      await gone;
    },
  },
];

export const cases: readonly ScreenCase[] = [
  ...homes,
  ...ceremonies,
  ...special,
  ...entries,
  ...typedEntries,
  ...brokenEntries,
];
