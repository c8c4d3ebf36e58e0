import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { makeTicket } from '../support/documents.ts';
import { committed, withPlatformKey } from '../support/sync-ceremony.ts';
import { importedDrill } from '../support/sync-drill.ts';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';

describe('drills on sync’s page', () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await startPage();
    await world.enrol('operator');
    await world.enrol('auditor');
  });
  afterAll(async () => world?.stop());

  it('are listed share by share; an operator gets the package, everybody the calendar', async () => {
    const { deployment, service } = world;
    const page = world.pageOf('operator');
    await page.getByRole('link', { name: 'Drills' }).click();
    await page.getByRole('heading', { name: 'There are no shares to prove yet' }).waitFor();
    const set = await withPlatformKey(deployment, service);
    await page.getByRole('heading', { name: 'No drill is due' }).waitFor();
    const { label } = set.manifest.body;
    const card = page.getByRole('article', { name: `Share set ${label}` });
    expect(await card.getByText('Never in a drill; read back when the set was made').count()).toBe(
      4,
    );

    const saved = page.waitForEvent('download');
    await card.getByRole('button', { name: 'Make a package for a drill' }).click();
    const file = await readFile(await (await saved).path(), 'utf8');
    expect(file).toContain('vnd.conclave.package');
    await card.getByText('was saved. It is good for 30 days').waitFor();
    const calendar = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the due days as a calendar' }).click();
    const ics = await calendar;
    expect(ics.suggestedFilename()).toBe('conclave-drills.ics');
    expect(await readFile(await ics.path(), 'utf8')).toContain('BEGIN:VEVENT');

    // What a full drill is, and that its package waits for two approvers.
    await card.getByText('There was no full drill of this set yet.').waitFor();
    await card.getByText('Full drill', { exact: true }).click();
    const form = page.getByRole('form', { name: `Full drill of ${label}` });
    const ticket = await makeTicket(set, undefined, 'drill');
    await form.locator('input[type=file]').setInputFiles({
      name: 'ticket.json',
      mimeType: 'application/json',
      buffer: Buffer.from(ticketType.toBytes(ticket.document)),
    });
    await form
      .getByLabel('Eight words of the ticket')
      .fill(eightWords(hexToBytes(ticket.document.digest)));
    await looks(page, 'full-drill');
    await form.getByRole('button', { name: 'Ask for the package' }).click();
    await page.getByText('Two approvers must release it').waitFor();

    const failed = [{ index: 4, why: 'unreadable' as const }];
    const made = await importedDrill(service.admins, set, { proves: [1, 2], failed });
    await page.getByRole('link', { name: 'Queue', exact: true }).click();
    await page.getByText('Write down a drill of the shares of platform key version v1').waitFor();
    await looks(page, 'drill-in-queue');
    await committed(service.admins, made);
    await page.getByRole('link', { name: 'Drills' }).click();
    await page.getByRole('heading', { name: 'A share was not proved in its last drill' }).waitFor();
    await card.getByText('3 of 4 are left, any 3 open the key').waitFor();
    await card.getByText('Not readable').waitFor();
    await looks(page, 'drills');

    const other = world.pageOf('auditor');
    await other.getByRole('link', { name: 'Drills' }).click();
    await other.getByRole('heading', { name: 'A share was not proved' }).waitFor();
    expect(await other.getByRole('button', { name: 'Make a package for a drill' }).count()).toBe(0);
  });
});
