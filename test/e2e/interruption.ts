/**
 * A ceremony that is cut off before its bundle: void, and what was written is listed by name.
 * @module
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type App, startApp } from './app.ts';
import {
  chooseStick,
  makeIdentity,
  onPaper,
  onStick,
  print,
  readSheets,
  sitDown,
  type Person,
} from './people.ts';
import type { Report } from './report.ts';
import { enrol, keepAndSign, openSplit, type Cast } from './split.ts';
import { saveLog } from './ending.ts';
import { ext4Stick, practiceStick, type Stick } from './sticks.ts';

export interface Interrupted {
  readonly app: App;
  /** Whoever got a share of the void set. */
  readonly holder: Person;
  /** Whoever had a sheet of it. */
  readonly reader: Person;
  /** Its log, on the stick. */
  readonly log: string;
}

export async function interrupted(
  start: App,
  report: Report,
  words: string,
  courier: Stick,
): Promise<Interrupted> {
  const { practice } = start.folders;
  const reader = onPaper('custodian 1', 'file');
  const holder = onStick('custodian 2', await ext4Stick('VOID2'));
  const other = (name: string) => onStick(name, { label: '', path: '', volume: null });
  const cast: Cast = {
    operator: onStick('operator', await practiceStick(practice, 'C')),
    witness: onStick('witness', await practiceStick(practice, 'D')),
    custodians: [reader, holder, other('custodian 3'), other('custodian 4')],
  };
  await report.show('a split on Letter paper begins', async () => {
    await openSplit(start, cast, { words, trusted: false, page: 'Letter' });
    for (const one of [cast.operator, cast.witness]) await enrol(start, one);
    await start.at('make-key');
    await start.press('Make and split the platform key');
  });
  await report.show('custodian 1: a Letter sheet, read from an image and a PDF file', async () => {
    await sitDown(start, reader);
    await makeIdentity(start, reader);
    await print(start, reader);
    for (const sheet of [reader.sheets.share, reader.sheets.identity]) await isLetter(sheet);
    await readSheets(start, reader);
    await keepAndSign(start, reader);
  });
  return report.show(
    'killed before the bundle: void, with the media to destroy by name',
    async () => {
      await sitDown(start, holder);
      await makeIdentity(start, holder);
      assert(holder.stick);
      await chooseStick(start, holder.stick);
      const { ceremonyId } = await start.at('replug');
      await start.kill();

      const app = await startApp(start.folders, start.seen);
      await app.look('home interrupted');
      const line = app.window.getByRole('region', {
        name: /^New platform key.*(Interrupted|Void)/,
      });
      const said = await line.innerText();
      assert.match(said, /void/i);
      assert.match(said, /Destroy these in front of the witness/);
      assert.match(said, /share 1 of 4, custodian 1, (?!stick)/);
      assert.match(said, /share 2 of 4, custodian 2, stick VOID2/);
      const log = await saveLog(app, courier, ceremonyId);
      assert.match(await readFile(log, 'utf8'), /file/, 'the log says how the sheet came in');
      return { app, holder, reader, log };
    },
  );
}

/** 8.5 by 11 inches. */
async function isLetter(sheet: string | null): Promise<void> {
  assert(sheet !== null);
  const { stdout } = await promisify(execFile)('pdfinfo', [sheet]);
  assert.match(stdout, /Page size: +612 x 792 pts \(letter\)/);
}

/** Declared void at the exception sheet by whoever began it; nothing was written. */
export async function declaredVoid(app: App, report: Report): Promise<void> {
  await report.show('ended at the exception sheet: void, nothing to destroy', async () => {
    await app.press('Rehearse the split');
    await app.at('descriptor');
    await app.press('Something is wrong');
    await app.type('The witness had to leave.', 'What happened');
    await app.press('End this ceremony …');
    await app.dialog('Exception sheet', 'end ceremony');
    await app.type('VOID', 'To end it, type VOID');
    await app.press('Declare this ceremony void');
    const { media, reason } = await app.at('void');
    assert.deepEqual(media, []);
    assert.match(reason, /The witness had to leave/);
    await app.press('Back to home');
    await app.page('Are the keys safe?', 'home void');
  });
}
