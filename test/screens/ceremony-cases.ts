/**
 * Every screen of a ceremony, and the states that a person brings it to.
 * @module
 */
import type { adoptViews } from '../../renderer/fixtures/adopt-views.ts';
import { LONG } from '../../renderer/fixtures/people.ts';
import { type ViewName, views } from '../../renderer/fixtures/views.ts';
import { refuseDocument } from '../../shared/encoding/refusals-documents.ts';
import { escape, marked, type Marks, namesOf, press, type ScreenCase } from './case.ts';

const DARK = new Set(['handover', 'plan', 'environment', 'closed', 'share-in-refused']);

/** Those of an adoption have cases of their own. */
const screenMarks: Marks<Exclude<ViewName, keyof typeof adoptViews>> = {
  descriptor: ['Plug in the stick that came from sync', 'conclave-descriptor-5f0c1de2.json'],
  'descriptor-words': 'Type the eight words that sync’s operator reads aloud',
  package: 'Choose the package for this ceremony',
  plan: ['Write down who takes part', 'Any 3 of 4 custodians together open the key'],
  'descriptor-planned': [
    'Plug in the stick that came from sync',
    'This is the plan of the real ceremony.',
  ],
  'plan-planned': ['Read the plan together, and agree on it', 'if two of them are ill'],
  'plan-sixteen': ['Write down who takes part', '16 is the most that one ceremony can have.'],
  environment: 'Look at what was checked, then go on',
  'environment-stops': 'Put this laptop right before people sit down',
  clock: 'Compare this clock with your watch',
  handover: 'Sit down, please: Custodian 2',
  'handover-long': `Sit down, please: ${LONG}`,
  who: 'Choose who sits down next',
  'who-expected': ['Choose who sits down next', 'came, and gave none yet'],
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
  'prove-add-set': [
    'Prove that the new shares give the half',
    'puts the custodians’ half together from them alone',
  ],
  'set-ready-add-set': ['Write these words down, witness', 'The shares gave the half'],
  'set-ready': ['Write these words down, witness', 'The set 2026 A works.'],
  'set-ready-long': ['Write these words down, witness', LONG],
  'ticket-key': 'Plug in the stick with the ticket',
  facts: 'Read aloud what will be opened',
  'facts-sealed': [
    'Read aloud what will be opened',
    'Compared with CheckTick’s hash of it, before there is a bundle',
  ],
  'facts-sealed-unknown': [
    'Read aloud what will be opened',
    'Nobody can tell here whether it is this survey’s key',
  ],
  'share-in': ['Bring share 3', 'From a stick'],
  'share-in-refused': ['Bring share 3', 'This is share 3 of the set 2024 A.'],
  'identity-witness': [
    'Bring your personal identity',
    'that Custodian 2 destroyed sheet 1 of the envelope of share 2.',
  ],
  'share-in-otp-fresh': ['Bring share 3', 'This laptop cannot know which envelope counts.'],
  'share-in-over': [
    'Bring the envelope of share 3 that counts',
    'Sheet 2 counts, since 12 November 2026.',
  ],
  'share-in-over-stick': [
    'Bring the envelope of share 3 that counts',
    'The envelope on the custodian’s own stick counts',
  ],
  'share-in-not-counted': [
    'Bring the envelope of share 3 that counts',
    'which was printed and never read back.',
  ],
  'renew-stick': [
    'Lock share 2 of 4 anew once more, or go on',
    'The stick still holds the envelope of before, and it opens the share.',
  ],
  'renew-stick-new': [
    'Have the stick of share 2 of 4 read once more',
    'The new envelope is on the stick, and it opened the share.',
  ],
  'renew-stick-unknown': [
    'Put the stick of share 2 of 4 in again',
    'Nobody knows yet which envelope is on the stick.',
  ],
  'renew-replug': [
    'Pull the stick of share 2 of 4 out and plug it in again',
    'this screen counts what it sees, and goes on by itself.',
  ],
  'renew-print': ['Print a new sheet for share 2 of 4', 'Sheet 1 is the good one.'],
  'renew-print-jammed': [
    'Print a new sheet for share 2 of 4',
    'Printed here and not read back: sheets 2 and 3.',
  ],
  'renew-read': ['Read sheet 2 back with the YubiKey', 'Sheet 1 is the good one.'],
  'renew-destroy': ['Keep sheet 2, destroy sheet 1', 'Take it home in place of the old one.'],
  'renew-destroy-kept': [
    'Keep sheet 1, destroy sheets 2 and 3',
    'It is the one that you brought, and it still opens share 2 of 4.',
  ],
  recover: 'Open the key of this survey',
  'facts-organisation': ['Read aloud what will be opened', 'team 9 of organisation 4'],
  owner: 'Let the owner of the organisation sit down',
  'organisation-facts': ['Read aloud which surveys are helped', 'Not to be helped: 2'],
  'organisation-facts-continued': [
    'Read aloud which surveys are helped',
    'There are more surveys than one package brings',
  ],
  'new-passphrase': 'Let owner 1 sit down',
  'surveys-wrapped': ['Read which surveys were helped', 'Stay as they are: 3'],
  'organisation-facts-moves': ['Read aloud what moves', 'by its own entry of before'],
  'passphrase-kept': ['Let owner 1 sit down', 'that is in use, in a window of its own'],
  'organisation-moved': ['Read what moved, and what stays', 'could not be moved after all'],
  'drill-facts': ['Read aloud what is proved', 'No key is put together.'],
  'drill-facts-full': ['Read aloud what is proved', 'they open a test escrow'],
  'drill-facts-word': ['Read aloud what is read', 'sync does not know of it'],
  'drill-checked': ['The shares were checked', '1 share of the set 2026 A read: share 2.'],
  'drill-checked-failed': ['The shares were checked', 'Called and not read: share 4.'],
  'test-escrow': ['Open the test escrow', 'Shares 1, 2 and 4 are here.'],
  'test-escrow-opened': ['The test escrow is open', 'A missed target is no failure.'],
  'test-escrow-refused': ['Open the test escrow', 'Write down that it did not open'],
  'drill-round': ['Choose whose share is proved next', 'Share 2. Called, and not readable.'],
  'drill-round-none': ['Choose whose share is proved next', '0 of 4 shares proved.'],
  'refresh-facts': ['Say who is here, and read what is done', 'Nothing is put together.'],
  'refresh-facts-ends': [
    'Say who is here, and read what is done',
    'Custodian 2: no share from now on.',
  ],
  'refresh-round': ['Choose who gets another share next', '1 of 4 shares of generation 2'],
  'refresh-ready': ['Write these words down, witness', 'Generation 2 of 2026 A is signed.'],
  'void-refresh': ['Destroy what was written', 'as the shares of before do'],
  'refresh-share': ['Make another share of yours', 'Keep what you brought.'],
  'escrowed-email': 'Compare the e-mail addresses, letter by letter',
  'escrowed-email-differs': ['Stop and look: the e-mail addresses differ', 'DIFFERS'],
  'escrowed-email-missing': 'Stop and think: the e-mail address is missing',
  'roster-plan': ['Write down who takes part from now on', 'The two new admins of sync'],
  'roster-facts': ['Read aloud what changes', 'Operator 2 comes in as operator.'],
  'roster-ready': 'Sign roster 2',
  'roster-signed': ['Write these words down, witness', 'Roster 2 is signed.'],
  'plan-renews': ['Write down who takes part', 'New shares take the place of the set 2026 A.'],
  'plan-renews-taken': ['Write down who takes part', 'Not accepted'],
  'rotate-facts-sixteen': ['Read aloud what ends and what comes', 'any 9 of 16'],
  'rotate-facts': ['Read aloud what ends and what comes', 'Ends: 2024 A'],
  'plan-new-version': ['Write down who takes part', 'comes beside the set 2026 A.'],
  'version-facts': ['Read aloud what comes and what goes on', 'Goes on'],
  'plan-renews-several': [
    'Write down who takes part',
    'Until then the new set alone opens the key.',
  ],
  'plan-add-set': [
    'Write down who takes part',
    'Another set opens the same key as the set 2024 A.',
  ],
  'set-facts': [
    'Read aloud who will be able to open the key',
    'the key is as strong as its weakest set',
  ],
  'split-again': ['Put the shares together and split anew', 'the key itself is not restored'],
  'version-change': [
    'Read aloud what is put to use',
    'key version v1: 1,204 survey keys stored under it',
  ],
  'version-change-uncounted': [
    'Read aloud what is put to use',
    'Until v1 is retired it can be put to use again',
  ],
  'version-change-retire': ['Read aloud what is retired', 'Its set: On call 2026'],
  'move-files': ['Plug in the stick with the survey keys', '13,104 survey keys into 27 files'],
  'move-facts': ['Read aloud what moves, and how long it takes', 'about 1 hour 14 minutes'],
  'move-files-none': ['Plug in the stick that goes back to sync', 'the half for organisations'],
  'move-keys-none': ['Hand the half for organisations over', 'seals its half for organisations'],
  'move-facts-organisations': [
    'Read aloud what is handed over',
    'Each can then be moved to v2, with the shares of',
  ],
  'move-facts-resumed': [
    'Read aloud what moves, and how long it takes',
    '11 of them finished in a ceremony before',
  ],
  'move-keys': ['Move the survey keys', 'The key is wiped behind each file.'],
  'move-keys-running': ['Leave the stick in', 'Moving file 7 of 27 to v2.'],
  'move-keys-paused': ['Go on when everyone is back', 'The file at hand is being finished.'],
  'move-keys-refused': ['Move the survey keys', 'That stick is not plugged in any more.'],
  'keys-moved': ['Read what moved, and what stays', 'Survey 208 of user 9'],
  'keys-moved-none': ['Read what is handed over', 'the half for organisations, sealed for v2'],
  'keys-moved-all': ['Read what moved, and what stays', '13,104 survey keys'],
  'next-key': ['Make the new platform key', 'checks it and wipes it'],
  'renew-key': 'Make the halves of the platform key anew',
  compared: 'The vault component fits',
  destruction: ['Agree what is destroyed of 2024 A', 'Every Conclave refuses its shares.'],
  'destruction-retired': [
    'Agree what is destroyed of 2024 A',
    'No backup is needed that may hold a survey key under this version',
  ],
  'destruction-refreshed': [
    'Agree what is destroyed of 2024 A',
    'a threshold of the old ones is as good as one of the new.',
  ],
  'destruction-replaced': [
    'Agree what is destroyed of 2024 A',
    'A backup from after the change was restored in a test',
  ],
  destroyers: ['Choose who destroys next', 'The last backup with the old half is gone'],
  'handover-destroy': [`Sit down, please: ${LONG}`, 'watch what is destroyed'],
  destroy: [
    'Erase slot 2 of the YubiKey 5C NFC 23456789',
    'Conclave put a secret there that nobody else has.',
  ],
  'destroy-used-slot': [
    'Erase slot 2 of the YubiKey 5C NFC 23456789',
    'Slot 2 was in use before the share was locked with it.',
  ],
  'destroy-slot-in-use': [
    'Leave slot 2 of the YubiKey 5C NFC 23456789 as it is',
    'Conclave does not erase this slot.',
  ],
  'destroy-slot-unknown': [
    'Leave the slot (1 or 2, not known here) of the YubiKey 5C NFC 23456789 as it is',
    'Conclave does not erase this slot here.',
  ],
  'destroy-envelope': [
    'Destroy envelope on stick HOME-3 (16 GB), for YubiKey 5C NFC 23456789',
    'This is the envelope, not the key.',
  ],
  'destroy-paper': ['Destroy A4 sheet 1', 'Shred it across its lines'],
  'destroy-fido2': [
    'Destroy envelope on stick HOME-4 (16 GB), for YubiKey 5 NFC 34567890 and backup 45678901',
    'cannot be deleted alone',
  ],
  'destroy-reopen': [
    'Destroy envelope on stick HOME-4 (16 GB), for YubiKey 5 NFC 34567890 and backup 45678901',
    'Pull the stick out and plug it in again.',
  ],
  'destroy-file-gone': [
    'Destroy envelope on stick HOME-4 (16 GB), for YubiKey 5 NFC 34567890 and backup 45678901',
    'The file was gone when the stick was opened again.',
  ],
  'destroy-signed': ['Sign for what you destroyed', 'Nothing is left to destroy of share 3.'],
  destroyed: ['Lock away what is left', 'Still to be destroyed'],
  'destroyed-all': 'Thank everyone: nothing is left to destroy',
  'destruction-legacy': [
    'Agree that the legacy shares are destroyed',
    'Copies that nobody listed still do.',
  ],
  'destroyers-legacy': ['Choose who destroys next', 'These may hold a legacy share'],
  'destroy-legacy': [
    'Destroy legacy share 2, brought to the adoption as typed by hand',
    'a file that was deleted is not gone',
  ],
  'destroyed-legacy': ['Lock away what is left', 'Fewer are left (2) than open this key (3).'],
  'save-bundle': 'Plug in the stick that goes to sync',
  waiting: 'Carry the stick to Sync at the hospital',
  closed: 'Thank everyone: it is done',
  'closed-refused': 'Tell everyone: it was not committed',
  void: 'Destroy what was written',
  'void-recover': ['Start again when you are ready', 'Sync does not know of this.'],
  paused: 'Go on when everyone is back',
};

export const ceremonies: readonly ScreenCase[] = namesOf(screenMarks).map((name) => ({
  name,
  ...marked(screenMarks, name),
  view: views[name],
  dark: DARK.has(name),
}));

/** Presses the button that asks for a reason, gives it, and says it with another. */
function reasoned(first: string, reason: string, then: string): Partial<ScreenCase> {
  return {
    view: views['escrowed-email-differs'],
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

export const special: readonly ScreenCase[] = [
  {
    name: 'renew-stick-tried',
    heading: 'Put the stick of share 2 of 4 in again',
    says: 'did not end as it should.',
    view: views['renew-stick-unknown'],
    leave: press('Read the stick'),
    said: { type: 'write-again' },
  },
  {
    name: 'renew-kept-reason',
    heading: 'Say why sheet 1 stays',
    says: 'Its question has been answered once',
    view: views['renew-print'],
    prepare: press('No new sheet today'),
    async leave(page) {
      await page.getByRole('textbox').fill('The printer is broken.');
      await press('Go on without a new sheet')(page);
    },
    said: { type: 'get-up', reason: 'The printer is broken.' },
  },
  {
    name: 'share-in-over-used',
    heading: 'Say why sheet 1 is used all the same',
    says: 'Without that signature the transcript says “witness not signed”',
    view: views['share-in-over'],
    prepare: press('The other one is lost'),
    async leave(page) {
      await page.getByRole('textbox').fill('Sheet 2 burnt in the safe.');
      if (await page.getByRole('button', { name: 'Use sheet 1 before' }).isEnabled()) {
        throw new Error('Nobody is there yet.');
      }
      await page.getByText('Witness 2').click();
      await press('Use sheet 1, and Witness 2 is here')(page);
    },
    said: { type: 'use-replaced', reason: 'Sheet 2 burnt in the safe.', witness: 'Witness 2' },
  },
  {
    name: 'identity-witness-skips',
    heading: 'Say why you do not sign',
    says: '“witness not signed”',
    view: views['identity-witness'],
    prepare: press('I do not have it with me'),
    async leave(page) {
      await page.getByRole('textbox').fill('It is at home.');
      await press('Go on without my signature')(page);
    },
    said: { type: 'skip-identity', reason: 'It is at home.' },
  },
  {
    name: 'renew-destroyed',
    heading: 'Keep sheet 2, destroy sheet 1',
    view: views['renew-destroy'],
    async leave(page) {
      if (await page.getByRole('button', { name: 'destroyed sheet 1' }).isEnabled()) {
        throw new Error('Nobody has seen it yet.');
      }
      await page.getByText('Witness 2').click();
      await press('Custodian 2 destroyed sheet 1, and Witness 2 saw it')(page);
    },
    said: { type: 'sheets-destroyed', witness: 'Witness 2' },
  },
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
    view: views['roster-plan'],
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
    view: views.descriptor,
    lists: 'empty',
  },
  {
    name: 'plan-faults',
    heading: 'Write down who takes part',
    says: 'Enter a name.',
    view: views.plan,
    prepare: press('Agree on this plan'),
  },
  {
    name: 'plan-mail-wrong',
    heading: 'Write down who takes part',
    says: 'Write one whole address, such as keys@hospital.example, or leave it empty.',
    view: views.plan,
    prepare: async (page) => {
      await page.getByLabel('Mail address of custodian 1, if any').fill('keys@hospital');
      await press('Agree on this plan')(page);
    },
  },
  {
    name: 'plan-name-too-long',
    heading: 'Write down who takes part',
    says: 'Use 60 letters or fewer.',
    view: views['plan-sixteen'],
    prepare: press('Agree on this plan'),
  },
  {
    name: 'package-damaged',
    heading: 'Choose the package for this ceremony',
    says: 'This file is not an undamaged package.',
    view: { ...views.package, refusal: refuseDocument('document-damaged', 'package').note() },
  },
  {
    name: 'witness-page',
    heading: 'Print the page for the witness’s file',
    view: views['set-ready'],
    prepare: press('Print the witness’s page'),
  },
  {
    name: 'something-is-wrong',
    heading: 'Exception sheet',
    says: 'End this ceremony …',
    view: views.copy,
    prepare: press('Something is wrong'),
    leave: escape,
  },
  {
    name: 'end-ceremony',
    heading: 'Exception sheet',
    says: 'Ending it cannot be undone.',
    view: views.copy,
    async prepare(page) {
      await press('Something is wrong')(page);
      await press('End this ceremony')(page);
    },
    leave: escape,
  },
];
