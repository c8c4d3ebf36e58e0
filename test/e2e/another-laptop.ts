/**
 * Another laptop, which knows nothing: it goes on from the ceremony log on a stick, or from sync's
 * chain. Nothing is believed before its eight words were typed, and nothing that somebody changed.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type App, type Folders, type Seen, startApp } from './app.ts';
import { importReceipt } from './ending.ts';
import type { Report } from './report.ts';

export interface Laptop {
  readonly folders: Folders;
  readonly seen: Seen;
  readonly report: Report;
}

/** A stick that lies in the other laptop; gives its folder. */
async function practiceStick({ folders }: Laptop): Promise<string> {
  const stick = path.join(folders.practice, 'practice stick A');
  await mkdir(stick, { recursive: true, mode: 0o700 });
  return stick;
}

/** Nothing at home; then the page that reads what a stick brings. */
async function begin({ folders, seen }: Laptop): Promise<App> {
  const app = await startApp(folders, seen);
  await app.page('Choose how to begin', 'home empty');
  await app.press('Continue from a stick');
  await app.page('Plug in the stick with the earlier ceremonies', 'continue');
  await app.choose('A rehearsal', 'What it is for');
  return app;
}

async function read(app: App, file: string): Promise<void> {
  await app.choose(path.basename(file));
  await app.press('Read the record');
}

/** Whoever changed it knows no key: each of these is refused before words are asked for. */
async function refused(app: App, file: string, codes: RegExp): Promise<void> {
  await read(app, file);
  const alert = app.window.getByRole('alert');
  await alert.getByText(codes).first().waitFor();
  await app.window.getByRole('heading', { name: /^Plug in the stick/ }).waitFor();
}

/** Words in another order are refused; then the right ones. */
async function typeEight(app: App, words: string): Promise<void> {
  await app.type(words.split(' ').reverse().join(' '), 'Eight words');
  await app.submit('Compare the words');
  await app.refusedWith('words-differ');
  await app.type(words, 'Eight words');
  await app.submit('Compare the words');
  await app.page('Are the keys safe?', 'home continued');
}

async function theSetStands(app: App, standing: string): Promise<void> {
  const card = app.window.getByRole('region', { name: new RegExp(`^Share set .*, ${standing}$`) });
  await card.waitFor();
  const said = await card.innerText();
  assert.match(said, /any 3 of 4 shares/);
  await card.getByText('Who holds the shares').waitFor();
}

export interface FromLog {
  /** On the stick, as it was when the bundle was written. */
  readonly log: string;
  /** Of the ceremony that was cut off. */
  readonly voidLog: string;
  readonly bundle: string;
  readonly manifestWords: string;
  readonly receipt: string;
}

/** The laptop of the ceremony is lost while it waits: the receipt comes home on this one. */
export async function continueFromLog(laptop: Laptop, given: FromLog): Promise<void> {
  const { report } = laptop;
  const stick = await practiceStick(laptop);
  const text = await readFile(given.log, 'utf8');
  const changed = async (number: number, from: string, to: string) => {
    const file = path.join(stick, `conclave-log-0000000${number}.jsonl`);
    const other = text.replace(from, to);
    assert.notEqual(other, text);
    await writeFile(file, other);
    return file;
  };
  const app = await report.show(
    'another laptop: the log of a void ceremony, and a changed one, are refused',
    async () => {
      const entry = await changed(1, 'custodian 2', 'custodian 9');
      const half = await changed(2, text.slice(text.indexOf('\n', text.length / 3)), '\n');
      const opened = await begin(laptop);
      await refused(opened, given.voidLog, /^log-not-signed/);
      await refused(opened, entry, /^transcript-/);
      await refused(opened, half, /^log-not-signed/);
      return opened;
    },
  );
  await report.show('another laptop: goes on from the log, and reads the receipt', async () => {
    await read(app, given.log);
    await app.page('Type the eight words of the share set', 'continue share set');
    await typeEight(app, given.manifestWords);
    await theSetStands(app, 'Waiting for its receipt');
    await app.press('Go on with it');
    // The log was on the stick before the bundle was: it is the same bundle that is written again.
    await app.at('save-bundle');
    await app.choose('practice stick A');
    await app.press('Write the bundle to this stick');
    await app.at('waiting');
    const again = path.join(await practiceStick(laptop), path.basename(given.bundle));
    assert.deepEqual(await readFile(again), await readFile(given.bundle));
    await importReceipt(app, given.receipt);
    await app.press('Back to home');
    await app.page('Are the keys safe?', 'home closed');
    await theSetStands(app, 'Safe');
    await app.close();
  });
}

/** Years later: sync's chain alone tells a new laptop what there is. */
export async function continueFromChain(
  laptop: Laptop,
  given: { readonly chain: string; readonly descriptorWords: string },
): Promise<void> {
  await laptop.report.show(
    'another laptop: goes on from sync’s chain, a changed one is refused',
    async () => {
      const stick = await practiceStick(laptop);
      const changed = changedChains(await readFile(given.chain, 'utf8'));
      const name = (at: number) => `conclave-chain-0000000${at}.json`;
      for (const [at, chain] of changed.entries())
        await writeFile(path.join(stick, name(at)), chain);
      const app = await begin(laptop);
      for (const at of changed.keys()) await refused(app, name(at), /^(document|signature)-/);
      await read(app, given.chain);
      await app.page(/^Type the eight words that sync/, 'continue descriptor');
      await typeEight(app, given.descriptorWords);
      // The chain says what sync trusts; who read which share back stands in the logs.
      await theSetStands(app, 'Not proved');
      await app.close();
    },
  );
}

interface Signed {
  payload: string;
  signatures: unknown[];
}

/** Cut off; a threshold of two; a set that two people signed; another audience of sync. */
function changedChains(text: string): string[] {
  const change = (how: (chain: { descriptor: Signed; manifests: Signed[] }) => void) => {
    const chain = JSON.parse(text) as { descriptor: Signed; manifests: Signed[] };
    how(chain);
    const other = JSON.stringify(chain);
    assert.notEqual(other, text);
    return other;
  };
  const rewrite = (document: Signed | undefined, from: RegExp, to: string) => {
    assert(document);
    const said = Buffer.from(document.payload, 'base64').toString();
    assert.match(said, from);
    document.payload = Buffer.from(said.replace(from, to)).toString('base64');
  };
  return [
    text.slice(0, text.length / 2),
    change(({ manifests }) => rewrite(manifests[0], /"threshold":3/, '"threshold":2')),
    change(({ manifests }) => void manifests[0]?.signatures.splice(2)),
    change(({ descriptor }) => rewrite(descriptor, /"audience":"./, '"audience":"x')),
  ];
}
