/**
 * Two running deployments adopted in the real window, each with the real service on a real Vault and
 * a real PostgreSQL: ticket, package, legacy shares, new set, bundle, commit, receipt. Afterwards the
 * survey key that was stored before opens with the new shares, by CheckTick's own formulas.
 *
 * After the build, in a display: `node --import tsx test/e2e-adopt/run.ts`.
 * @module
 */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/lib/cache.mjs';
import { type App, type Folders, nothingSeen, startApp } from '../e2e/app.ts';
import { importReceipt, newest, saveBundle } from '../e2e/ending.ts';
import { ADOPTING, wereSeen } from '../e2e/looks.ts';
import {
  inFront,
  makeIdentity,
  onStick,
  openIdentity,
  sign,
  sitDown,
  typeWords,
  writeAndReadStick,
  writeDownWords,
  type Person,
} from '../e2e/people.ts';
import { startReport } from '../e2e/report.ts';
import { chooseDocument, checkLaptop, enrol, keepAndSign } from '../e2e/split.ts';
import { practiceStick, type Stick } from '../e2e/sticks.ts';
import { startSync, type Sync } from '../e2e/sync.ts';
import { emptyTable } from '../support/camera.ts';
import { textHolds } from '../support/leaks.ts';
import { recoverSealed } from './recover.ts';
import { stillOpens } from './still-opens.ts';
import { firstVintage, secondVintage, type Vintage } from './vintages.ts';

const top = await mkdtemp(path.join(os.tmpdir(), 'conclave-e2e-adopt-'));
const seen = nothingSeen();
let app: App | null = null;
const report = startReport({
  async onFailure(what) {
    const name = `failed ${what.slice(0, 30)}`.replaceAll(/[^a-z0-9]+/gi, '-');
    for (const [at, page] of (app?.electron.windows() ?? []).entries()) {
      await page.screenshot({ path: path.join(root, 'test-results', `${name}-${at}.png`) });
    }
  },
});

/** One laptop that knows nothing, its people, and the sync of one deployment. */
interface Room {
  readonly app: App;
  readonly sync: Sync;
  readonly vintage: Vintage;
  /** Eight words of sync's descriptor, which lies on the courier's stick. */
  readonly words: string;
  /** Its file's name. Other tests' sticks may be plugged in. */
  readonly descriptor: string;
  readonly operator: Person;
  readonly witness: Person;
  readonly custodians: readonly [Person, Person];
  readonly courier: Stick;
}

/** On an empty laptop: which sync, a new identity, the ticket's own words. */
async function ticket({ app: window, words, descriptor, operator, courier }: Room) {
  assert(operator.stick);
  await window.page('Choose how to begin', 'home empty');
  await window.press('Make a ticket for an adoption');
  await window.page('Make a ticket for an adoption', 'adopt ticket');
  await window.choose(descriptor);
  const wrong = words.split(' ').reverse().join(' ');
  await window.type(operator.name, 'Operator');
  await window.choose(operator.stick.label, 'The stick for the ticket');
  await window.type(wrong, 'Eight words of the descriptor');
  await window.press('Make the ticket');
  await window.refusedWith('words-differ');
  await window.type(words, 'Eight words of the descriptor');
  await window.press('Make the ticket');
  operator.words = await writeDownWords(window);
  await typeWords(window, operator.words);
  const six = await writeDownWords(window);
  await typeWords(window, six);
  await window.page('Carry the stick to sync', 'ticket made');
  const eight = await window.words('Eight words of the ticket');
  await window.press('The words were read, back to home');
  assert.notEqual(courier.path, operator.stick.path);
  return { six, eight, file: await newest(operator.stick, 'ticket', '.json') };
}

/** Asked for by the operator; both approvers heard the ticket's words. */
async function fetchPackage(
  { sync, vintage, courier }: Room,
  { eight, file }: { readonly eight: string; readonly file: string },
): Promise<string> {
  const asked = { 'key-version': vintage.version, ticket: file };
  const wrong = eight.split(' ').reverse().join(' ');
  await sync.refusing('operator', 'package adopt', { ...asked, words: wrong });
  const { nonce } = await sync.as('operator', 'package adopt', { ...asked, words: eight });
  assert(typeof nonce === 'string');
  const release = `package approve ${nonce}`;
  const reason = 'spoken with the person who holds the ticket';
  await sync.refusing('approver-1', release, { words: wrong, reason });
  for (const approver of ['approver-1', 'approver-2'] as const) {
    await sync.as(approver, release, { words: eight, reason });
  }
  const got = await sync.as('operator', `package get ${nonce}`, { out: courier.path });
  assert(typeof got['file'] === 'string');
  return path.basename(got['file']);
}

async function open(room: Room, six: string, packageName: string): Promise<void> {
  const { app: window, operator, witness, custodians } = room;
  assert(operator.stick);
  await window.press('Rehearse the adoption');
  await chooseDocument(window, 'descriptor', 'Use this descriptor', room.descriptor);
  await chooseDocument(window, 'package', 'Use this package', packageName);
  await window.at('plan');
  for (let count = 4; count > custodians.length; count -= 1) {
    await window.press(`Remove custodian ${count}`);
  }
  for (const [label, one] of [
    ...custodians.map((custodian, at) => [`Custodian ${at + 1}`, custodian] as const),
    ['Operator', operator] as const,
    ['Witness', witness] as const,
  ]) {
    await window.type(one.name, label);
    await window.select(`${label}: kept`, 'on a stick');
  }
  await window.select('How many shares open the key', /^any 2 of/);
  await window.press('Agree on this plan');
  await checkLaptop(window);
  await sitDown(window, operator);
  await openIdentity(window, operator);
  await enrol(window, witness);
  await window.at('ticket-key');
  await window.choose(operator.stick.label);
  await window.press('Open the package');
  await typeWords(window, six);
  await window.at('legacy-split');
  await window.choose('It was split into legacy shares');
  await window.choose('They were made for practice');
  await window.press('Go on to the legacy shares');
}

/** A person comes with a text file. */
async function giveFile(window: App, by: string, text: string): Promise<void> {
  await window.at('legacy-shares');
  await window.select('Who gives a legacy share', 'Somebody else');
  await window.type(by, 'Name');
  await window.choose('A text file on a stick');
  await window.press('Read this legacy share');
  const page = await inFront(window, /^Open the file with your legacy share/);
  const file = path.join(top, `${by.replaceAll(' ', '-')}.txt`);
  await writeFile(file, 'no share at all\n');
  await window.hands.open(page, /^File/, file);
  await page.getByRole('alert').getByText('legacy-not-a-share').waitFor();
  await writeFile(file, text);
  await window.hands.open(page, /^File/, file);
}

/** With the paper of that day: first with a letter for a digit. */
async function giveTyped(window: App, by: string, share: string): Promise<void> {
  await window.at('legacy-shares');
  await window.select('Who gives a legacy share', by);
  await window.choose('Typed from paper');
  await window.press('Read this legacy share');
  const page = await inFront(window, /^Type your legacy share/);
  const field = page.getByLabel('Its digits');
  const [, number = '', digits = ''] = share.split('-');
  await window.hands.type(page, number, 'Number of the legacy share');
  await field.fill(`${digits.slice(0, 40)}O${digits.slice(41)}`);
  await page.getByText('Only 0 to 9 and a to f can be in it.').first().waitFor();
  await window.look('entry legacy typed', page);
  await field.fill(digits);
  // In a field of several lines Enter is a new line.
  await window.hands.press(page, 'Hand over this legacy share');
}

async function first(room: Room): Promise<void> {
  const { app: window, vintage, custodians } = room;
  const [one = '', two = '', , four = ''] = vintage.key.shares;
  await giveFile(window, 'a former custodian', one);
  await giveTyped(window, custodians[0].name, four);
  await giveFile(window, 'a doctor', `Share 2: ${two}\r\n`);
  await window.at('legacy-shares');
  await window.press('Compare the legacy shares');
  const { judged } = await window.at('legacy-proof');
  assert.equal(judged?.standing, 'uncompared');
  await window.press('Try it on the stored survey key');
}

/** One file with all four, as the command printed them, and a digit that was copied wrongly. */
async function second(room: Room): Promise<void> {
  const { app: window, vintage, custodians } = room;
  const shares = vintage.key.shares.map((share, at) => {
    const wrong = `${share.slice(0, 90)}${share[90] === '7' ? '8' : '7'}${share.slice(91)}`;
    return `Share ${at + 1}: ${at === 2 ? wrong : share}`;
  });
  await giveFile(window, 'the platform engineer', `${shares.join('\n')}\n`);
  await window.at('legacy-shares');
  await window.press('Compare the legacy shares');
  const { judged } = await window.at('legacy-proof');
  assert.deepEqual(
    [judged?.standing, judged?.suspects.map(({ number }) => number)],
    ['wrong', [3]],
  );
  await window.press('Try it on the stored survey key');
  const { places } = await window.at('legacy-decision');
  assert.deepEqual(places, ['row']);
  await window.select('First person', custodians[0].name);
  await window.select('Second person', room.witness.name);
  await window.type('ANSWER', 'When both have read this, type ANSWER');
  await window.press('Both answer for it');
}

async function splitAnew(room: Room): Promise<{ file: string; eight: string }> {
  const { app: window, custodians, witness, operator, courier } = room;
  await window.at('legacy-restored');
  await window.press('Split the platform key anew');
  for (const one of custodians) {
    await sitDown(window, one);
    await makeIdentity(window, one);
    await writeAndReadStick(window, one);
    await keepAndSign(window, one);
  }
  await window.at('prove');
  await window.press('Restore the key from 2 shares');
  await window.at('set-ready');
  const eight = await window.words('Words of the signed list');
  await window.press('The witness has them, go on');
  for (const one of [witness, operator]) {
    await sitDown(window, one);
    await openIdentity(window, one);
    await sign(window, one);
  }
  const { file } = await saveBundle(window, courier);
  return { file, eight };
}

/** Two approve with the witness's words; Vault and the row are as before, and trusted now. */
async function commit(
  { sync, vintage, courier }: Room,
  { file, eight }: { readonly file: string; readonly eight: string },
): Promise<string> {
  const before = await halves(sync, vintage);
  // The command is cut at its spaces.
  const carried = path.join(top, `bundle-${vintage.version}.json`);
  await copyFile(file, carried);
  const { digest } = await sync.as('operator', `bundle import ${carried}`);
  assert(typeof digest === 'string');
  for (const approver of ['approver-1', 'approver-2'] as const) {
    const reason = 'compared with the paper of the witness';
    await sync.as(approver, `bundle approve ${digest}`, { words: eight, reason });
  }
  const { state } = await sync.as('operator', `commit ${digest}`);
  assert.equal(state, 'committed');
  assert.deepEqual(await halves(sync, vintage), before, 'no component was changed');
  assert(await sync.kv('conclave/trust'), 'sync trusts the set');
  const { file: receipt } = await sync.as('operator', `receipt ${digest}`, { out: courier.path });
  assert(typeof receipt === 'string');
  return receipt;
}

async function halves(sync: Sync, { version }: Vintage) {
  const { rows } = await sync.database.query<{ vault_component: Buffer }>(
    'SELECT vault_component FROM surveys_platformkeyversion WHERE version = $1',
    [version],
  );
  return [await sync.kv('platform/master-key'), rows[0]?.vault_component.toString('hex')];
}

async function nothingLeft({ app: window, vintage, custodians }: Room): Promise<void> {
  await window.collect();
  const logs = path.join(window.folders.data, 'rehearsal', 'ceremonies');
  const kept = await Promise.all(
    (await readdir(logs)).map((name) => readFile(path.join(logs, name), 'latin1')),
  );
  const places = [...kept, ...seen.said, ...seen.output];
  assert(places.some((text) => text.includes(custodians[0].name)));
  const { custodian, vault, platformKey, shares } = vintage.key;
  for (const secret of [custodian, vault, platformKey]) {
    assert(!places.some((text) => textHolds(text, secret)));
  }
  for (const share of shares) {
    const digits = share.split('-')[2]?.slice(100, 140) ?? '';
    assert(!places.some((text) => text.includes(digits)));
  }
}

async function adopt(
  vintage: Vintage,
  bring: (room: Room) => Promise<void>,
  after?: (room: Room, bundle: string) => Promise<void>,
): Promise<void> {
  const own = path.join(top, vintage.version);
  const folders: Folders = {
    data: path.join(own, 'data'),
    practice: path.join(own, 'practice'),
    film: path.join(own, 'camera.mjpeg'),
    pictures: path.join(root, 'test-results', 'screens-adopt'),
    temporary: path.join(own, 'tmp'),
  };
  const stick = (letter: string) => practiceStick(folders.practice, letter);
  const courier = await stick('F');
  await emptyTable(folders.film);
  const sync = await startSync(path.join(own, 'sync'));
  try {
    await vintage.lay(sync);
    const described = await sync.as('operator', 'descriptor', { out: courier.path });
    const { words, file: descriptor } = described;
    assert(typeof words === 'string' && typeof descriptor === 'string');
    app = await startApp(folders, seen);
    const room: Room = {
      app,
      sync,
      vintage,
      words,
      descriptor: path.basename(descriptor),
      courier,
      operator: onStick('operator', await stick('A')),
      witness: onStick('witness', await stick('B')),
      custodians: [
        onStick('custodian 1', await stick('C')),
        onStick('custodian 2', await stick('D')),
      ],
    };
    const { what } = vintage;
    const made = await report.show(`${what}: a ticket from an empty laptop`, () => ticket(room));
    const packageName = await report.show(
      `${what}: two release the package, who heard its words`,
      () => fetchPackage(room, made),
    );
    await report.show(
      `${what}: the package is opened, the legacy shares are in and proved`,
      async () => {
        await open(room, made.six, packageName);
        await bring(room);
      },
    );
    const bundle = await report.show(`${what}: split anew, read back, signed`, () =>
      splitAnew(room),
    );
    const receipt = await report.show(`${what}: sync commits it and changes no component`, () =>
      commit(room, bundle),
    );
    await report.show(
      `${what}: the receipt closes it; home names what else opens the key`,
      async () => {
        await importReceipt(room.app, receipt);
        await room.app.press('Back to home');
        await room.app.window.getByText('any 3 of 4 legacy shares open this key as well').waitFor();
        await room.app.look('home adopted');
      },
    );
    await report.check(`${what}: the stored survey key opens with the new shares`, () =>
      stillOpens(room, bundle.file),
    );
    await after?.(room, bundle.file);
    await report.check(`${what}: no share, no component outside of the worker`, () =>
      nothingLeft(room),
    );
  } finally {
    await app?.close().catch(() => undefined);
    app = null;
    await sync.stop();
  }
}

try {
  await adopt(firstVintage(), first, async (room, bundle) =>
    report.show('a survey key that was sealed without custodians is recovered', () =>
      recoverSealed(room, bundle),
    ),
  );
  await adopt(secondVintage(), second);
} catch (error) {
  console.log(error);
} finally {
  await rm(top, { recursive: true, force: true });
}
await report.check('every screen that an adoption alone has was reached', async () => {
  wereSeen(seen, ADOPTING);
  await Promise.resolve();
});
await report.check('axe and the Tab key find nothing on any of its screens', async () => {
  assert.deepEqual(seen.violations, []);
  await Promise.resolve();
});
console.log(report.closing());
process.exit(report.failed === 0 ? 0 : 1);
