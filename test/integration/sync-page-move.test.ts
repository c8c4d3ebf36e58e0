/** Survey keys that move, on sync's page: asked for, taken out with their files, brought back, committed. */
import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchFileName, batchFolder } from '../../shared/bundle/move-batch.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { makeTicket } from '../support/documents.ts';
import { storing } from '../support/sync-escrows.ts';
import {
  askedMove,
  type MadeMove,
  moveBundle,
  movePackage,
  moving,
  type MoveWorld,
  type OpenedMove,
} from '../support/sync-move.ts';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';

const mimeType = 'application/json';

describe('survey keys that move, on sync’s page', { retry: 0 }, () => {
  let page: Page;
  let world: PageWorld;
  let move: MoveWorld;
  let opened: OpenedMove;
  let made: MadeMove;

  beforeAll(async () => {
    world = await startPage();
    move = await moving(await storing(world.deployment, world.service), { own: 2, sealed: 3 });
    page = await world.enrol('operator');
  });
  afterAll(async () => world?.stop());

  const queue = () => page.getByRole('link', { name: 'Queue', exact: true }).click();
  const pick = (files: readonly { readonly name: string; readonly buffer: Buffer }[]) =>
    page
      .locator('input[type=file][multiple]')
      .setInputFiles(files.map((one) => ({ ...one, mimeType })));

  it('are asked for beside the version that is emptied', async () => {
    await page.getByRole('link', { name: 'Key versions' }).click();
    const card = page.getByRole('article', { name: 'Key version v1, Not active any more' });
    await card.getByText('Packages for the laptop').click();
    const title = 'Move the survey keys of v1';
    const form = page.getByRole('form', { name: title });
    await form.getByText('The 5 survey keys that only the shares of v1 open').waitFor();
    const { document } = await makeTicket(move.first, undefined, 'migrate-escrows');
    await form.locator('input[type=file]').setInputFiles({
      name: 'conclave-ticket.json',
      mimeType,
      buffer: Buffer.from(ticketType.toBytes(document)),
    });
    await form
      .getByLabel('Eight words of the ticket')
      .fill(eightWords(hexToBytes(document.digest)));
    await looks(page, 'move-ask');
    await form.getByRole('button', { name: 'Ask for the package' }).click();
    await page.getByText('Two approvers must release it').waitFor();
  });

  it('the queue hands out the package and every one of its files, and says in which folder', async () => {
    const { admins } = world.service;
    const asked = await askedMove(world.deployment, move.first, 2);
    opened = await movePackage(admins, move.first, asked);
    await queue();
    const folder = batchFolder('move', asked);
    await page.getByText(`make a folder ${folder} on it, and put all of them there`).waitFor();
    await looks(page, 'move-package');
    const downloads: Download[] = [];
    page.on('download', (one) => downloads.push(one));
    await page.getByRole('button', { name: 'Download the files of survey keys' }).click();
    await page.getByText('3 files saved.').waitFor();
    await expect.poll(() => downloads.length).toBe(3);
    for (const [at, one] of downloads.entries()) {
      const name = batchFileName('move', { nonce: asked.nonce, at, of: 3 });
      expect(one.suggestedFilename()).toBe(name);
      expect(new Uint8Array(await readFile(await one.path()))).toEqual(opened.files[at]);
    }
  });

  it('the files are brought back: a wrong one is refused by name, the rest can follow', async () => {
    const { operator, approver1 } = world.service.admins;
    made = await moveBundle(move, opened);
    await operator.post('/v1/bundles', made.bytes);
    const card = page.getByRole('article', { name: /^Store 4 survey keys under key version v2/ });
    await card.getByText('Waits for the files from the laptop: 0 of 3 have come.').waitFor();
    await card.getByText(batchFolder('moved', made)).waitFor();
    await looks(page, 'move-files');
    const files = made.files.map((file, at) => ({
      name: batchFileName('moved', { nonce: made.nonce, at, of: 3 }),
      buffer: Buffer.from(file),
    }));
    const [first, ...rest] = files;
    if (first === undefined) throw new Error('there are three');
    await pick([first, { name: 'other.json', buffer: Buffer.from('{}') }]);
    await card.getByText('The bundle does not name this file.').waitFor();
    await card.getByText('1 of 3 have come').waitFor();
    await pick(rest);
    await page.getByText('Files taken in').waitFor();
    const { items } = await approver1.get<QueueAnswer>('/v1/queue');
    const approve = items.find(({ subject }) => subject === made.digest)?.approve;
    expect(approve).toMatchObject({ action: 'bundle-approve', words: false });
  });

  it('approvers read what moves and what stays, and the operator commits', async () => {
    const { approver1, approver2 } = world.service.admins;
    const approver = await world.enrol('approver1');
    await approver.getByRole('button', { name: /^Look and approve: Store 4 survey keys/ }).click();
    await approver.getByLabel('Reason').fill('as agreed');
    await approver.getByRole('button', { name: 'Show the statement' }).click();
    await approver.getByText('1 survey key under v1').filter({ visible: true }).first().waitFor();
    await looks(approver, 'move-approve');
    for (const one of [approver1, approver2]) {
      await one.approve('bundle-approve', made.digest, { reason: 'as agreed' });
    }
    await page.getByRole('button', { name: /^Commit: Store 4 survey keys/ }).click();
    await page.getByText('Committed').first().waitFor();
    await page.getByRole('link', { name: 'Key versions' }).click();
    const first = page.getByRole('article', { name: 'Key version v1, Not active any more' });
    await first.getByText('1, of which').waitFor();
    await first.getByText('Survey keys that the last move left').click();
    await first.getByText('CheckTick keeps no hash of the survey’s key').waitFor();
    await looks(page, 'move-left');
  });
});
