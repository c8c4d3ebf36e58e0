/**
 * Who takes part changes, in the real window: another operator comes and people are told elsewhere;
 * then all keys of all admins of sync are lost, and two new admins sit down.
 * @module
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { eightWords } from '../../shared/encoding/words.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { changeInWords } from '../../shared/identity/roster-change.ts';
import type { App } from './app.ts';
import {
  makeIdentity,
  onPaper,
  openIdentity,
  print,
  readSheets,
  sign,
  sitDown,
  typeWords,
  type Person,
} from './people.ts';
import { bringStick, giveSheet, nextCustodian, signFor } from './recover.ts';
import type { Report } from './report.ts';
import { type Cast, chooseDocument, checkLaptop } from './split.ts';

/** Where sync tells people from now on. */
export const TOLD = {
  before: 'custodian.1@hospital.example',
  after: 'custodian.1@wards.example',
  first: 'custodian.3@hospital.example',
  witness: 'witness@audit.example',
} as const;

/** From home to what changes, with who is new enrolled. */
async function open(
  app: App,
  packageFile: string,
  plan: () => Promise<void>,
  comes: readonly Person[],
): Promise<void> {
  await app.press('Rehearse the change');
  await chooseDocument(app, 'descriptor', 'Use this descriptor');
  await chooseDocument(app, 'package', 'Use this package', path.basename(packageFile));
  await app.at('roster-plan');
  await plan();
  await app.press('Agree on these people');
  await checkLaptop(app);
  for (const one of comes) {
    await sitDown(app, one);
    await makeIdentity(app, one);
    await print(app, one);
    await readSheets(app, one);
    await app.at('copy');
    await app.press('This is enough, go on');
  }
}

/** Three shares, the new roster's signature, witness and operator. @returns its eight words */
async function signed(app: App, cast: Cast, operator: Person, serial: number): Promise<string> {
  const [first, , third, fourth] = cast.custodians;
  await app.press('Everyone agrees to these changes');
  await giveSheet(app, first);
  for (const one of [third, fourth]) {
    assert(one.stick);
    await nextCustodian(app, one);
    const { index } = await app.at('share-in');
    await bringStick(app, one.stick, index);
    await typeWords(app, one.words);
    await signFor(app, one);
  }
  const { progress } = await app.at('roster-ready');
  assert.deepEqual(progress, { done: 3, of: 3 });
  await app.press(`Sign roster ${serial}`);
  await app.window.getByText(`Roster ${serial} is signed.`).waitFor();
  const { signed: made } = await app.at('roster-ready');
  const words = await app.words('Words of the new roster');
  assert.equal(words, eightWords(hexToBytes(made?.digest ?? '')));
  await app.press('The witness has them, go on');
  for (const one of [cast.witness, operator]) {
    await sitDown(app, one);
    await openIdentity(app, one);
    await sign(app, one);
  }
  await app.at('save-bundle');
  return words;
}

/** The operator leaves, another one comes; three people are told elsewhere. */
export async function changeRoster(
  app: App,
  report: Report,
  cast: Cast,
  packageFile: string,
): Promise<{ readonly words: string; readonly operator: Person }> {
  const operator = onPaper('operator 2', 'camera');
  await report.show('change of who takes part: people, addresses; who is new sits down', () =>
    open(app, packageFile, () => planChange(app, cast, operator), [operator]),
  );
  return report.show('everybody reads what changes; three shares sign the roster', async () => {
    const { changes, admins } = await app.at('roster-facts');
    assert.deepEqual(changes.map(changeInWords), [
      `custodian 1 is told by mail at ${TOLD.after} from now on, no more at ${TOLD.before}`,
      `custodian 3 is told by mail at ${TOLD.first} from now on, and was not before`,
      `witness is told by mail at ${TOLD.witness} from now on, no more at witness@hospital.example`,
      'operator 2 comes in as operator',
      'operator (operator) leaves',
    ]);
    assert.deepEqual(admins, []);
    for (const change of changes) {
      await app.window.getByText(`${changeInWords(change)}.`, { exact: true }).waitFor();
    }
    return { words: await signed(app, cast, operator, 2), operator };
  });
}

async function planChange(app: App, cast: Cast, operator: Person): Promise<void> {
  const [first, , third] = cast.custodians;
  const address = ({ name }: Person) => `Mail address of ${name}, if any`;
  await app.type('keys at hospital', address(first));
  await app.press('Agree on these people');
  await app.window.getByText('Write one whole address').first().waitFor();
  await app.type(TOLD.after, address(first));
  await app.window.getByText(`Until now ${TOLD.before}`).waitFor();
  await app.type(TOLD.first, address(third));
  await app.type(TOLD.witness, address(cast.witness));
  await app.select(`${cast.operator.name}: from now on`, 'leaves');
  await app.press('Add a person');
  await app.type(operator.name, 'New person 1');
  await app.select('New person 1: as', 'operator');
  await app.select('New person 1: kept', 'on paper');
}

/** The people stay; two admins of sync sit down. */
export async function nameAdmins(
  app: App,
  report: Report,
  given: {
    readonly cast: Cast;
    readonly operator: Person;
    readonly packageFile: string;
    /** Their numbers in CheckTick. */
    readonly users: readonly [number, number];
  },
): Promise<{ readonly words: string; readonly admins: readonly Person[] }> {
  const { cast, operator, users } = given;
  const admins = [onPaper('admin 1', 'camera'), onPaper('admin 2', 'camera')];
  const plan = async () => {
    for (const [at, admin] of admins.entries()) {
      const label = `Admin ${at + 1}`;
      await app.type(admin.name, label);
      await app.type(String(users[at]), `${label}: number in CheckTick`);
      await app.select(`${label}: kept`, 'on paper');
    }
  };
  await report.show('all keys of all admins lost: two new ones sit down', () =>
    open(app, given.packageFile, plan, admins),
  );
  return report.show('their words are read, and three shares sign', async () => {
    const shown = await app.at('roster-facts');
    assert.deepEqual(
      shown.admins.map(({ name, userId }) => [name, userId]),
      admins.map(({ name }, at) => [name, users[at]]),
    );
    for (const { name, words } of shown.admins) {
      assert.equal(await app.words(`Words of the identity of ${name}`), words);
    }
    return { words: await signed(app, cast, operator, 3), admins };
  });
}
