/**
 * Recover in the real window: a sheet is gone, three custodians bring what they have.
 * @module
 */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { holdBeforeCamera } from '../support/camera.ts';
import type { App } from './app.ts';
import {
  openIdentity,
  sign,
  sitDown,
  typeSheet,
  typeWords,
  writeDownWords,
  type Person,
} from './people.ts';
import type { Report } from './report.ts';
import { chooseDocument, checkLaptop, type Cast } from './split.ts';
import type { Stick } from './sticks.ts';

/** Where it is said who comes next. */
type Round = 'who' | 'drill-round' | 'refresh-round';

/** What tickets are for, and how their pages are called among the pictures. */
const TICKETS = {
  'a recovery': 'ticket',
  'new shares': 'ticket shares',
  'a new platform key': 'ticket key',
  'moving survey keys': 'ticket move',
  'a full drill': 'ticket drill',
} as const;

/** The operator makes a ticket; gives its eight words and its own six. */
export async function makeTicket(
  app: App,
  operator: Person,
  stick: Stick,
  kind: keyof typeof TICKETS = 'a recovery',
): Promise<{ eight: string; six: string }> {
  assert(operator.stick);
  await app.press(`Make a ticket for ${kind}`);
  await app.page(`Make a ticket for ${kind}`, TICKETS[kind]);
  await app.type(operator.name, 'Operator');
  await app.choose(stick.label, 'The stick for the ticket');
  await app.choose(operator.stick.label, 'The stick with your identity');
  await app.press('Make the ticket');
  await typeWords(app, operator.words);
  const six = await writeDownWords(app);
  await typeWords(app, six);
  await app.window.getByText('The ticket is made.').waitFor({ timeout: 30_000 });
  await app.page('Carry the stick to sync', 'ticket made');
  const eight = await app.words('Eight words of the ticket');
  await app.press('The words were read, back to home');
  return { eight, six };
}

export interface Recovery {
  readonly ticketStick: Stick;
  readonly ticketWords: string;
  readonly packageName: string;
  /** The holder of a share of the set that became void. */
  readonly voidHolder: Person;
  readonly surveyId: number;
  readonly userId: number;
}

/** From home to the bundle. */
export async function recover(
  app: App,
  report: Report,
  cast: Cast,
  recovery: Recovery,
): Promise<void> {
  const { operator, witness, custodians } = cast;
  const [first, second, third] = custodians;
  assert(first.sheetAtHome !== null);
  await rm(first.sheetAtHome);
  await report.show(
    'package, checks; the vault component is compared before any share',
    async () => {
      await app.press('Rehearse the recovery');
      await chooseDocument(app, 'descriptor', 'Use this descriptor');
      await chooseDocument(app, 'package', 'Use this package', recovery.packageName);
      await checkLaptop(app);
      await app.at('ticket-key');
      await app.choose(recovery.ticketStick.label);
      await app.press('Open the package');
      await typeWords(app, recovery.ticketWords);
      const { facts, vaultPath } = await app.at('facts');
      const { surveyId, userId } = recovery;
      assert.deepEqual([facts.surveyId, facts.userId], [surveyId, userId]);
      assert.equal(vaultPath, `users/${userId}/surveys/${surveyId}/recovery-kek`);
      await app.press('Everyone agrees to open this survey');
    },
  );
  await report.show('paused, gone on with; an exception written down; not closed by chance', () =>
    stops(app),
  );
  await report.show(
    'custodian 1, whose sheet at home is gone: the one from the safe, by camera',
    () => giveSheet(app, first),
  );
  await report.show('custodian 2: another’s sheet is named; the own one typed', async () => {
    await nextCustodian(app, second);
    assert(first.sheets.share !== null);
    await holdBeforeCamera(app.folders.film, [first.sheets.share]);
    await app.at('share-in');
    await app.choose('Show it to the camera');
    await app.press('Give share 2');
    const note = await app.refusal('share-wrong-custodian');
    assert.match(note.happened, /share 1 of 4/);
    await bringSheet(app, second);
    await signFor(app, second);
  });
  await report.show('custodian 3: a stick of the void set is refused; the own stick opens', () =>
    giveStick(app, third, recovery.voidHolder),
  );
  await report.show(
    'the survey’s key is opened; witness and operator sign; the bundle',
    async () => {
      const { progress } = await app.at('recover');
      assert.deepEqual(progress, { done: 3, of: 3 });
      await app.press(`Open the key of survey ${recovery.surveyId}`);
      const { outcome, addresses } = await app.at('escrowed-email');
      assert.equal(outcome, 'matched');
      assert.deepEqual(
        [addresses?.account.comparison, addresses?.stated.comparison],
        ['same', 'same'],
      );
      // Thought over: nothing is stopped.
      await app.press('Something does not fit: stop');
      await app.press('Back');
      await app.press('It is the address of the person who asks');
      for (const one of [witness, operator]) {
        await sitDown(app, one);
        await openIdentity(app, one);
        await sign(app, one);
      }
      await app.at('save-bundle');
    },
  );
}

/** The ways to stop that every screen has, and the window's own. */
async function stops(app: App): Promise<void> {
  await app.at('who');
  await app.press('Pause');
  await app.page('Go on when everyone is back', 'paused');
  await app.press('Go on');
  const { transcript } = await app.at('who');

  await app.press('Something is wrong');
  await app.dialog('Exception sheet', 'exception sheet');
  // Thought over: nothing is ended.
  await app.press('End this ceremony …');
  await app.press('Do not end it');
  await app.type('Custodian 2 arrived late.', 'What happened');
  await app.press('Write it down');
  await app.window.getByRole('dialog').waitFor({ state: 'detached' });
  const now = await app.at('who');
  assert.equal(now.transcript.entries, transcript.entries + 1);
  const back = app.window.getByRole('button', { name: 'Something is wrong' });
  assert(await back.evaluate((button) => button === document.activeElement));

  await app.press('Something is wrong');
  await app.window.keyboard.press('Escape');
  await app.window.getByRole('dialog').waitFor({ state: 'detached' });

  const question = await triedToClose(app);
  assert.equal(question.message, 'Close Conclave while a ceremony is going on?');
  assert.equal(question.buttons?.[question.defaultId ?? -1], 'Go on with the ceremony');
  await app.at('who');
}

/**
 * Closes the window as the system does. The question is a window of the system's own, which no
 * test can press a key in: what it asks is written down, and the answer is what its Enter and its
 * Escape key give.
 */
async function triedToClose(app: App): Promise<Electron.MessageBoxOptions> {
  return app.electron.evaluate(async ({ BrowserWindow, dialog }) => {
    const asked: Electron.MessageBoxOptions[] = [];
    const ask = dialog.showMessageBoxSync.bind(dialog);
    dialog.showMessageBoxSync = (...given: unknown[]) => {
      const options = given.at(-1) as Electron.MessageBoxOptions;
      asked.push(options);
      return options.cancelId ?? -1;
    };
    for (const window of BrowserWindow.getAllWindows()) window.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    dialog.showMessageBoxSync = ask;
    const [question] = asked;
    if (question === undefined) throw new Error('It was closed without a question.');
    return question;
  });
}

export async function nextCustodian(app: App, one: Person, screen: Round = 'who'): Promise<void> {
  await app.at(screen);
  await app.choose(one.name);
  await app.press('This custodian is next');
  await sitDown(app, one);
}

export async function signFor(app: App, one: Person): Promise<void> {
  await openIdentity(app, one);
  await sign(app, one);
}

export async function giveSheet(app: App, one: Person): Promise<void> {
  await nextCustodian(app, one);
  await bringSheet(app, one);
  await signFor(app, one);
}

/** With what the person keeps: the sheet, or the stick and its words. */
export async function giveShare(app: App, one: Person, screen: Round = 'who'): Promise<void> {
  await nextCustodian(app, one, screen);
  await bringShare(app, one);
  await signFor(app, one);
}

export async function bringShare(app: App, one: Person): Promise<void> {
  if (one.stick === null) {
    await bringSheet(app, one);
    return;
  }
  const { index } = await app.at('share-in');
  await bringStick(app, one.stick, index);
  await typeWords(app, one.words);
}

async function bringSheet(app: App, one: Person): Promise<void> {
  const { share } = one.sheets;
  assert(share !== null);
  const { index } = await app.at('share-in');
  await holdBeforeCamera(app.folders.film, [share]);
  await app.choose(one.reads === 'camera' ? 'Show it to the camera' : 'Type the lines');
  await app.press(`Give share ${index}`);
  if (one.reads === 'typed') await typeSheet(app, share);
}

async function giveStick(app: App, one: Person, voidHolder: Person): Promise<void> {
  assert(one.stick && voidHolder.stick);
  await nextCustodian(app, one);
  const { index } = await app.at('share-in');
  await bringStick(app, voidHolder.stick, index);
  await app.refusal('share-void');
  await bringStick(app, one.stick, index);
  const page = await typeWords(app, voidHolder.words);
  await page.getByRole('alert').getByText('age-wrong-passphrase').waitFor({ timeout: 30_000 });
  await typeWords(app, one.words);
  await signFor(app, one);
}

export async function bringStick(app: App, stick: Stick, index: number): Promise<void> {
  await app.choose('From a stick');
  await app.choose(stick.label);
  await app.press(`Give share ${index}`);
}
