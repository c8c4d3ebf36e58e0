/** The release of an adoption on sync's page: what an approver reads, types, and signs. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  type AskedAdoption,
  askedAdoption,
  entryOf,
  MASTER_KEY,
  putRow,
  wordsOfTicket,
} from '../support/sync-adopt.ts';
import { shareSetFor } from '../support/sync-ceremony.ts';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';
import { other } from '../support/sync-vintages.ts';

describe('the release of an adoption on sync’s page', () => {
  let world: PageWorld;
  let set: TestShareSet;
  let asked: AskedAdoption;

  beforeAll(async () => {
    world = await startPage();
    const { deployment, service } = world;
    const { operator } = service.admins;
    set = await shareSetFor(operator, 'rehearsal');
    await deployment.writeKv(MASTER_KEY, entryOf(other(set.vaultComponent)));
    await putRow(deployment, 'v1', set.vaultComponent);
    await deployment.escrow(set.platformKey);
    asked = await askedAdoption(operator, set);
    for (const name of ['approver1', 'approver2'] as const) await world.enrol(name);
  });
  afterAll(async () => world?.stop());

  const LOOK = /^Look and approve: Adoption of key version v1/;

  async function begin(page: Page, words: string): Promise<void> {
    await page.getByRole('link', { name: 'Queue' }).click();
    await page.getByRole('button', { name: LOOK }).click();
    await page.getByLabel('Reason').fill('agreed on the telephone');
    await page.getByLabel('Eight words of the ticket').fill(words);
    await page.getByRole('button', { name: 'Show the statement' }).click();
  }

  it('asks each for the words of the ticket, and shows nothing without them', async () => {
    const page = world.pageOf('approver1');
    await page.getByRole('link', { name: 'Queue' }).click();
    await looks(page, 'adopt-queue');
    const elsewhere = await makeTicket(set, undefined, 'adopt');
    await begin(page, wordsOfTicket(elsewhere));
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('heading', { name: 'You are about to approve' }).count()).toBe(0);
    await page.getByLabel('Eight words of the ticket').fill(wordsOfTicket(asked.ticket));
    await looks(page, 'adopt-words');
  });

  it('says where two places differ, and that both go out', async () => {
    const page = world.pageOf('approver1');
    await page.getByRole('button', { name: 'Show the statement' }).click();
    await page.getByRole('heading', { name: 'You are about to approve' }).waitFor();
    await page.getByText('Vault and the row hold DIFFERENT components; both go out').waitFor();
    await looks(page, 'adopt-statement');
    await page.getByRole('button', { name: 'Approve with your passkey' }).click();
    await page.getByText('Your approval is recorded').waitFor();
  });

  it('is released by the second of two', async () => {
    const page = world.pageOf('approver2');
    await begin(page, wordsOfTicket(asked.ticket));
    await page.getByRole('button', { name: 'Approve with your passkey' }).click();
    await page.getByText('Your approval is recorded').waitFor();
    const { operator } = world.service.admins;
    const shown = await operator.get<PackageAnswer>(`/v1/packages/${asked.nonce}`);
    expect(shown).toMatchObject({ kind: 'adopt', state: 'released' });
    for (const { complaints } of world.people.values()) expect(complaints).toEqual([]);
  });
});
