/**
 * From the bundle to the receipt: the stick goes to sync and comes back; the app is killed
 * meanwhile and goes on.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type App, startApp } from './app.ts';
import type { Report } from './report.ts';
import { workers } from './security.ts';
import type { Stick } from './sticks.ts';

/**
 * Writes the bundle to the stick that goes to sync; gives the file.
 * @param before names that were on the stick already
 */
export async function saveBundle(
  app: App,
  courier: Stick,
  before: readonly string[] = [],
): Promise<{ file: string; log: string }> {
  await app.at('save-bundle');
  await app.choose(courier.label);
  await app.press('Write the bundle to this stick');
  const { words, savedOn, ceremonyId } = await app.at('waiting');
  const on = courier.volume === null ? 'folder' : 'stick';
  assert.deepEqual(savedOn, [`${on} ${courier.label}`]);
  assert.equal(await app.words('Eight words of the bundle'), words);
  return {
    file: await newest(courier, 'bundle', '.json', before),
    log: logOn(courier, ceremonyId),
  };
}

/** The one file of its kind that was not there before. */
export async function newest(
  { path: folder }: Stick,
  kind: string,
  ending: string,
  before: readonly string[] = [],
): Promise<string> {
  const names = await readdir(folder);
  const [name, another] = names.filter(
    (one) => one.startsWith(`conclave-${kind}-`) && one.endsWith(ending) && !before.includes(one),
  );
  assert(name !== undefined && another === undefined, `${kind} on the stick: ${names.join(', ')}`);
  return path.join(folder, name);
}

/** The laptop's power fails while it waits; home has it, and it goes on. */
export async function killedWhileWaiting(app: App, report: Report): Promise<App> {
  return report.show('killed while it waits: home shows it, and it goes on', async () => {
    assert.equal(await workers(app), 0, 'nothing secret outlives the bundle');
    await app.kill();
    const next = await startApp(app.folders, app.seen);
    await next.page('Are the keys safe?', 'home waiting');
    await next.window.getByText('Waiting for its receipt').first().waitFor();
    await next.press('Go on with it');
    await next.at('waiting');
    return next;
  });
}

/** The receipt that came on the stick closes the ceremony. */
export async function importReceipt(app: App, receipt: string): Promise<void> {
  await app.at('waiting');
  await app.choose(path.basename(receipt));
  await app.press('Read the receipt');
  const { outcome } = await app.at('closed');
  assert.equal(outcome, 'committed');
}

/** Its transcript is closed: nothing is offered that would be written into it. */
export async function isOver({ window }: App): Promise<void> {
  assert.equal(await window.getByRole('button', { name: 'Something is wrong' }).count(), 0);
}

/** The log, for the auditor, onto the stick; gives the file. */
export async function exportLog(app: App, courier: Stick): Promise<string> {
  const { ceremonyId } = await app.at('closed');
  const log = await saveLog(app, courier, ceremonyId);
  await app.press('Back to home');
  await app.page('Are the keys safe?', 'home closed');
  return log;
}

/** From the one ceremony that is shown. */
export async function saveLog(app: App, courier: Stick, ceremonyId: string): Promise<string> {
  await app.press('Save the ceremony log');
  await app.dialog('Save the ceremony log', 'export log');
  await app.choose(courier.label);
  await app.press('Save the log to this stick');
  await app.window.getByText('Saved.').waitFor();
  await app.press('Close');
  return logOn(courier, ceremonyId);
}

const logOn = (courier: Stick, ceremonyId: string) =>
  path.join(courier.path, `conclave-log-${ceremonyId.slice(0, 8)}.jsonl`);
