/**
 * The people of a ceremony, and what each does in a sitting.
 * @module
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright';
import { holdBeforeCamera, linesOnSheet } from '../support/camera.ts';
import type { App } from './app.ts';
import { copyEverything, nothingIsLeft } from './seat.ts';
import { replug, type Stick } from './sticks.ts';

export interface Person {
  readonly name: string;
  readonly keeps: 'usb' | 'paper';
  /** How a sheet comes back in. */
  readonly reads: 'camera' | 'typed' | 'file';
  /** What this person carries; null for paper. */
  readonly stick: Stick | null;
  /** Made up beforehand, to be used instead of six words. */
  readonly own: string | null;
  /** From the person's own paper; empty until they were shown. */
  words: string;
  /** The PDF files that stand for the printed sheets. */
  sheets: Sheets;
  /** The share's sheet from before the last one, for the safe or to be destroyed. */
  sheetAtHome: string | null;
}

export interface Sheets {
  readonly share: string | null;
  readonly identity: string | null;
}

export function onStick(name: string, stick: Stick, own: string | null = null): Person {
  return { ...person(name, 'usb', 'camera', stick), own };
}

export function onPaper(name: string, reads: Person['reads']): Person {
  return person(name, 'paper', reads, null);
}

/** The same person, identity and words, before there is another sheet of a share. */
export function again(one: Person): Person {
  return { ...one, sheets: { ...one.sheets, share: null }, sheetAtHome: null };
}

function person(
  name: string,
  keeps: Person['keeps'],
  reads: Person['reads'],
  stick: Stick | null,
): Person {
  const sheets = { share: null, identity: null };
  return { name, keeps, reads, stick, own: null, words: '', sheets, sheetAtHome: null };
}

/** The processes of the entry windows that are open. */
function entryProcesses(app: App): Promise<number[]> {
  return app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .filter((window) => window.webContents.getURL().startsWith('app://entry'))
      .map((window) => window.webContents.getOSProcessId()),
  );
}

/** What the entry windows' processes were, to look for after the hand-over. */
export const entryProcessesSeen = new Set<number>();

/** An entry window in front; its process is written down. */
export async function inFront(app: App, heading: RegExp): Promise<Page> {
  const page = await app.entry(heading);
  for (const id of await entryProcesses(app)) entryProcessesSeen.add(id);
  return page;
}

export async function sitDown(app: App, { name }: Person): Promise<void> {
  const { arriving, leaving } = await app.at('handover');
  assert.equal(arriving.name, name);
  // Before the first nobody sat here; what the operator typed of the plan goes when they sit down.
  if (leaving !== null) await nothingIsLeft(app);
  await app.press(`I am ${name}, and I sit alone`);
}

/** Six words are shown once; the person writes them down. */
export async function writeDownWords(app: App): Promise<string> {
  const page = await inFront(app, /^Write these six words/);
  const words = page.getByRole('list', { name: 'Your six words' }).getByRole('listitem');
  await words.nth(5).waitFor();
  const written = (await words.allInnerTexts()).map((word) => word.trim()).join(' ');
  assert.match(written, /^[a-z]+( [a-z]+){5}$/);
  await app.hands.press(page, 'I have written down all six words');
  return written;
}

export async function makeIdentity(app: App, one: Person): Promise<void> {
  await app.at('identity');
  await app.choose('Make a new one');
  await app.press('Make my identity');
  await app.at('words');
  await app.press('Show my six words');
  if (one.own === null) one.words = await writeDownWords(app);
  else one.words = await makeUpPassphrase(app, one.own);
}

/** A weak one is not taken; the other is typed twice. */
export async function makeUpPassphrase(app: App, own: string): Promise<string> {
  const words = await inFront(app, /^Write these six words/);
  await app.hands.press(words, 'Use a passphrase of my own instead');
  const page = await inFront(app, /^Make up a passphrase/);
  const type = async (passphrase: string) => {
    for (const label of ['Passphrase of your own', 'The same again']) {
      await app.hands.type(page, passphrase, label);
    }
  };
  const use = page.getByRole('button', { name: 'Use this passphrase' });
  await type('password password password');
  await page.getByText('Too weak.').first().waitFor();
  assert(await use.isDisabled());
  await type(own);
  await page.getByText('Both are the same.').waitFor();
  await app.hands.press(page, 'Use this passphrase');
  return own;
}

/** In the window that asks for them. */
export async function typeWords(app: App, words: string): Promise<Page> {
  const page = await inFront(app, /^Type your six words/);
  await app.hands.type(page, words);
  await app.hands.submit(page, 'These are my words');
  return page;
}

export async function chooseStick(app: App, stick: Stick): Promise<void> {
  await app.at('write');
  await app.choose(stick.label);
  await app.press('Write to this stick');
}

/** Writes to the person's stick, pulls it out and in, and reads it back with the words. */
export async function writeAndReadStick(app: App, { stick, words }: Person): Promise<void> {
  assert(stick);
  await chooseStick(app, stick);
  if (stick.volume !== null) {
    await app.at('replug');
    await replug(stick);
  }
  await app.at('read-back');
  await app.press('Type my six words');
  await typeWords(app, words);
}

/** Prints, and takes the sheets out of the tray. */
export async function print(app: App, one: Person): Promise<void> {
  const { page } = await app.at('write');
  await app.choose(TRAY);
  await app.press(`Print on ${page} paper`);
  await app.at('read-back');
  await takeSheets(app, one, 'share');
}

/** The printer of a rehearsal. */
export const TRAY = 'PDF files in the practice folder';

/** Out of the tray: a new sheet of the share, and of the identity if there is one. */
export async function takeSheets(
  { folders: { practice } }: App,
  one: Person,
  name: 'share' | 'envelope',
): Promise<void> {
  const desk = await mkdtemp(path.join(path.dirname(practice), 'desk-'));
  const taken = (await readdir(practice)).filter((file) => file.endsWith('.pdf'));
  for (const file of taken) await rename(path.join(practice, file), path.join(desk, file));
  const find = (kind: string) => {
    const found = taken.find((file) => file.includes(kind));
    return found === undefined ? null : path.join(desk, found);
  };
  one.sheetAtHome = one.sheets.share;
  one.sheets = { share: find(name), identity: find('identity') ?? one.sheets.identity };
}

const WAYS: Readonly<Record<Person['reads'], string>> = {
  camera: 'Show it to the camera',
  typed: 'Type the lines',
  file: 'Open an image or a PDF file of it',
};

/** The share sheet, then the identity sheet and the words when the identity is new. */
export async function readSheets(app: App, one: Person): Promise<void> {
  const { share, identity } = one.sheets;
  const { reads } = await app.at('read-back');
  const isNew = reads.includes('personal identity');
  const shown = [one.reads === 'camera' ? share : null, isNew ? identity : null];
  await holdBeforeCamera(
    app.folders.film,
    shown.flatMap((pdf) => pdf ?? []),
  );
  await app.choose(WAYS[one.reads]);
  await app.press('Read the sheet');
  if (share !== null && one.reads === 'typed') await typeSheet(app, share);
  if (one.reads === 'file') {
    assert(share !== null && identity !== null);
    await openFiles(app, share, identity);
  }
  if (isNew) await typeWords(app, one.words);
}

/** Line by line, as they stand on the sheet. */
export async function typeSheet(app: App, pdf: string): Promise<void> {
  const lines = await linesOnSheet(pdf);
  assert(lines.length >= 4, `pdftotext finds ${lines.length} lines on the sheet`);
  for (const [at, line] of lines.entries()) {
    const page = await inFront(app, new RegExp(`^Type line ${at + 1}\\b`));
    await app.hands.type(page, line);
    // Somebody who wants to paste it elsewhere.
    if (at === 0) assert((await copyEverything(app, page)).includes(line));
    await app.hands.submit(page, 'Check this line');
  }
}

const run = promisify(execFile);

/** The share as a picture of a scanner, after a file that is none; the identity as the PDF. */
async function openFiles(app: App, share: string, identity: string): Promise<void> {
  const folder = path.dirname(share);
  await run('pdftoppm', ['-png', '-r', '150', '-singlefile', share, path.join(folder, 'scan')]);
  const damaged = path.join(folder, 'damaged.pdf');
  await writeFile(damaged, (await readFile(share)).subarray(0, 2000));
  const page = await inFront(app, /^Open an image or a PDF file of share/);
  await app.hands.open(page, /^File/, damaged);
  await page
    .getByRole('alert')
    .getByText(/^file-|^picture-|^pdf-|^paper-/)
    .waitFor();
  await app.look('entry damaged file', page);
  await app.hands.open(page, /^File/, path.join(folder, 'scan.png'));
  const next = await inFront(app, /^Open an image or a PDF file of (?!share)/);
  await app.hands.open(next, /^File/, identity);
}

export async function sign(app: App, { name }: Person): Promise<void> {
  const { statement } = await app.at('attest');
  assert(statement.length > 20);
  assert((await copyEverything(app, app.window)).includes(name));
  await app.press(`Sign as ${name}`);
}

/** The identity from before, from the stick. */
export async function openIdentity(app: App, one: Person): Promise<void> {
  await app.at('identity');
  if (one.stick !== null) {
    await app.choose('Use mine, from a stick');
    await app.choose(one.stick.label);
  } else {
    assert(one.sheets.identity);
    await holdBeforeCamera(app.folders.film, [one.sheets.identity]);
    await app.choose('Use mine, from a sheet of paper');
  }
  await app.press('Open my identity');
  await typeWords(app, one.words);
}
