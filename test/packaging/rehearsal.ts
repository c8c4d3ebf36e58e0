/**
 * A whole split in the windows of the packaged app: four custodians, four ways to keep and to read
 * a share. Between them they need every file that the app reads out of its archive: fonts and the
 * code's writer (a printed sheet), the code's reader in the window (camera) and in the worker
 * (PDF file, with the PDF reader), and age (sticks).
 * @module
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { linesOnSheet } from '../support/camera.ts';
import type { TestPrinter } from '../servers/cups.ts';
import type { Report } from '../e2e/report.ts';
import type { DevtoolsPage } from './devtools.ts';
import { type FusedApp, handOver, type Room, showCamera } from './fused-app.ts';
import { run } from './shipped.ts';

export interface Scene {
  readonly app: FusedApp;
  readonly room: Room;
  readonly printer: TestPrinter;
}

interface Person {
  readonly name: string;
  /** Label of the practice stick; null for paper. */
  readonly stick: string | null;
  words: string;
}

const person = (name: string, stick: string | null): Person => ({ name, stick, words: '' });
const OPERATOR = person('operator', 'practice stick A');
const WITNESS = person('witness', 'practice stick B');
const CUSTODIANS = [
  person('custodian 1', null),
  person('custodian 2', null),
  person('custodian 3', null),
  person('custodian 4', 'practice stick C'),
] as const;

/** From home to the set's signed list. @returns the manifest's words, from the witness's screen */
export async function splitPackaged(
  scene: Scene,
  report: Report,
  descriptorWords: string,
): Promise<string> {
  const { app } = scene;
  const [first, second, third, fourth] = CUSTODIANS;
  await report.show('descriptor, package, plan, checks', () => open(app, descriptorWords));
  await report.show('operator and witness: identities locked with age on sticks', async () => {
    for (const one of [OPERATOR, WITNESS]) {
      await makeIdentity(app, one);
      await writeStick(app, one);
      await app.at('copy');
      await app.press('This is enough, go on');
    }
    await app.at('make-key');
    await app.press('Make and split the platform key');
  });
  await report.check('windows are in the sandbox, secrets in a process of their own', () =>
    processesAreApart(app),
  );
  await report.show('custodian 1: printed by CUPS, read back from a PDF file', () =>
    fromFile(scene, first),
  );
  await report.show('custodian 2: printed by CUPS, read back by the camera', () =>
    fromCamera(scene, second),
  );
  await report.show('custodian 3: printed by CUPS, read back line by line', () =>
    fromLines(scene, third),
  );
  await report.show('custodian 4: an age file on a stick, read back', async () => {
    await makeIdentity(app, fourth);
    await writeStick(app, fourth);
    await keepAndSign(app, fourth);
  });
  return report.show('three shares restore the key; witness and operator sign', () => sealed(app));
}

async function processesAreApart(app: FusedApp): Promise<void> {
  const all = await app.processes();
  const commands = all.map(({ command }) => command).join('\n');
  assert.doesNotMatch(commands, /--no-sandbox/);
  const windows = all.filter(({ command }) => command.includes('--type=renderer'));
  assert(windows.length > 0 && windows.every(({ filtered }) => filtered), commands);
  const workers = all.filter(({ command }) => /sub-type=node\.mojom\.NodeService/.test(command));
  assert.equal(workers.length, 1, commands);
}

/** Writes the bundle for sync. @returns the file */
export async function saveBundle({ app, room: { courier } }: Scene): Promise<string> {
  await app.at('save-bundle');
  await app.choose(courier.label);
  await app.press('Write the bundle to this stick');
  await app.at('waiting');
  return fileOn(courier.path, /^conclave-bundle-.*\.json$/);
}

/** The receipt closes the ceremony; the log goes to the auditor. @returns the log's file */
export async function close({ app, room: { courier } }: Scene, receipt: string): Promise<string> {
  await app.at('waiting');
  await app.choose(path.basename(receipt));
  await app.press('Read the receipt');
  assert.equal((await app.at('closed')).outcome, 'committed');
  await app.press('Save the ceremony log');
  await app.choose(courier.label);
  await app.press('Save the log to this stick');
  const main = await app.main();
  await main.until('the log to be saved', `document.body.innerText.includes('Saved.')`);
  await app.press('Close');
  return fileOn(courier.path, /^conclave-log-.*\.jsonl$/);
}

async function fileOn(folder: string, name: RegExp): Promise<string> {
  const [found, another] = (await readdir(folder)).filter((one) => name.test(one));
  assert(found !== undefined && another === undefined, `one file ${name} in ${folder}`);
  return path.join(folder, found);
}

async function open(app: FusedApp, descriptorWords: string): Promise<void> {
  await app.press('Rehearse the split');
  await app.at('descriptor');
  await app.choose('conclave-descriptor-');
  await app.press('Use this descriptor');
  await app.at('descriptor-words');
  const main = await app.main();
  await main.type(descriptorWords, 'Eight words');
  await app.press('Compare the words');
  await app.at('package');
  await app.choose('conclave-package-');
  await app.press('Use this package');
  await app.at('plan');
  const people = [
    ...CUSTODIANS.map((one, at) => [`Custodian ${at + 1}`, one] as const),
    ['Operator', OPERATOR] as const,
    ['Witness', WITNESS] as const,
  ];
  for (const [label, { name, stick }] of people) {
    await main.type(name, label);
    await main.pick(stick === null ? 'paper' : 'usb', `${label}: kept`);
  }
  await main.pick('3', 'How many shares open the key');
  await app.press('Agree on this plan');
  await app.at('environment');
  await app.press('Go on');
  await app.at('clock');
  await app.press('The date and time are right');
}

async function sitDown(app: FusedApp, { name }: Person): Promise<void> {
  const { arriving } = await app.at('handover');
  assert.equal(arriving.name, name);
  await app.press(`I am ${name}, and I sit alone`);
}

async function makeIdentity(app: FusedApp, one: Person): Promise<void> {
  await sitDown(app, one);
  await app.at('identity');
  await app.choose('Make a new one');
  await app.press('Make my identity');
  await app.at('words');
  await app.press('Show my six words');
  const page = await app.entry('Write these six words');
  const shown = `[...document.querySelectorAll('li')].map((item) => item.innerText.trim()).join(' ')`;
  await page.until('six words', `document.querySelectorAll('li').length === 6`);
  one.words = String(await page.evaluate(shown));
  assert.match(one.words, /^[a-z]+( [a-z]+){5}$/);
  await page.press('I have written down all six words');
}

async function typeWords(app: FusedApp, { words }: Person): Promise<void> {
  const page = await app.entry('Type your six words');
  await page.type(words);
  await page.press('These are my words');
}

async function writeStick(app: FusedApp, one: Person): Promise<void> {
  await app.at('write');
  await app.choose(one.stick ?? '');
  await app.press('Write to this stick');
  await app.at('read-back');
  await app.press('Type my six words');
  await typeWords(app, one);
}

interface Printed {
  readonly identity: string;
  readonly share: string;
}

/** Two sheets out of the printer's tray; CUPS keeps neither. */
async function print({ app, printer }: Scene, one: Person): Promise<Printed> {
  await makeIdentity(app, one);
  const before = (await printer.sheets()).length;
  await app.at('write');
  await app.choose(printer.name);
  await app.press('Print on A4 paper');
  await app.at('read-back');
  const [identity, share, another] = (await printer.sheets()).slice(before);
  assert(identity !== undefined && share !== undefined && another === undefined, 'two sheets');
  assert.deepEqual(await printer.spooled(), []);
  looksRight(share, one);
  return { identity, share };
}

/** Its fonts are in the file, its size is A4, and what a person reads stands on it as text. */
function looksRight(sheet: string, { name }: Person): void {
  const fonts = run('pdffonts', [sheet]);
  assert.match(fonts, /AtkinsonHyperlegibleNext/);
  assert.match(fonts, /AtkinsonHyperlegibleMono/);
  assert.match(run('pdfinfo', [sheet]), /Page size:\s+595\.\d* x 841\.\d* pts \(A4\)/);
  const text = run('pdftotext', ['-layout', sheet, '-']);
  for (const wanted of [name, 'REHEARSAL', 'If you are asked to use it', 'Never']) {
    assert(text.includes(wanted), `the sheet says “${wanted}”:\n${text}`);
  }
}

async function scan(app: FusedApp, way: string, heading: string): Promise<DevtoolsPage> {
  await app.at('read-back');
  await app.choose(way);
  await app.press('Read the sheet');
  return app.entry(heading);
}

async function fromFile(scene: Scene, one: Person): Promise<void> {
  const { app } = scene;
  const { share, identity } = await print(scene, one);
  const shareHeading = 'Open an image or a PDF file of share 1 of 4';
  const page = await scan(app, 'Open an image or a PDF file', shareHeading);
  await page.giveFile(await handOver(scene.room, share));
  const next = await app.entry('Open an image or a PDF file of your personal identity');
  await next.giveFile(await handOver(scene.room, identity));
  await typeWords(app, one);
  await keepAndSign(app, one);
}

async function fromCamera(scene: Scene, one: Person): Promise<void> {
  const { app } = scene;
  const { share, identity } = await print(scene, one);
  await showCamera(scene.room, [share, identity]);
  await scan(app, 'Show it to the camera', '');
  await typeWords(app, one);
  await keepAndSign(app, one);
  await showCamera(scene.room, []);
}

async function fromLines(scene: Scene, one: Person): Promise<void> {
  const { app } = scene;
  const { share, identity } = await print(scene, one);
  await showCamera(scene.room, [identity]);
  await scan(app, 'Type the lines', 'Type line 1');
  const lines = await linesOnSheet(share);
  assert(lines.length >= 4, `pdftotext finds ${lines.length} lines on the sheet`);
  for (const [at, line] of lines.entries()) {
    const page = await app.entry(`Type line ${at + 1} `);
    await page.type(line);
    await page.press('Check this line');
  }
  await typeWords(app, one);
  await keepAndSign(app, one);
}

async function keepAndSign(app: FusedApp, one: Person): Promise<void> {
  await app.at('copy');
  await app.press('This is enough, go on');
  await sign(app, one);
}

async function sign(app: FusedApp, { name }: Person): Promise<void> {
  await app.at('attest');
  await app.press(`Sign as ${name}`);
}

/** @returns the manifest's words */
async function sealed(app: FusedApp): Promise<string> {
  await app.at('prove');
  await app.press('Restore the key from 3 shares');
  const { words } = await app.at('set-ready');
  assert.equal(words.split(' ').length, 8);
  await app.press('The witness has them, go on');
  for (const one of [WITNESS, OPERATOR]) {
    await sitDown(app, one);
    await app.at('identity');
    await app.choose('Use mine, from a stick');
    await app.choose(one.stick ?? '');
    await app.press('Open my identity');
    await typeWords(app, one);
    await sign(app, one);
  }
  return words;
}
