import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { AuditAnswer } from '../../sync/routes/audit-answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { approvedSetup, committed, shareSetFor } from '../support/sync-ceremony.ts';
import { looks, type PageWorld, reach, startPage } from '../support/sync-page.ts';
import type { Deployment, Service } from '../support/sync-service.ts';

const entries = (page: Page) =>
  page.getByRole('list', { name: 'Entries, newest first' }).locator('> li');

describe('key versions and the audit list on the page', () => {
  let world: PageWorld;
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let page: Page;

  beforeAll(async () => {
    world = await startPage();
    ({ deployment, service } = world);
    set = await shareSetFor(service.admins.operator, 'rehearsal');
    page = await world.enrol('auditor');
  });
  afterAll(async () => world?.stop());

  const open = async (name: string): Promise<void> => {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  async function inVault(component: Uint8Array): Promise<void> {
    await deployment.vault.api(
      'POST',
      `${deployment.env['VAULT_MOUNT']}/data/platform/master-key`,
      {
        data: { vault_component: bytesToHex(component) },
      },
    );
  }

  it('shows that there is no key version before the setup', async () => {
    await open('Key versions');
    await page.getByRole('heading', { name: 'There are no key versions yet' }).waitFor();
    await looks(page, 'versions-empty');
  });

  it('shows by itself, once it is committed, who holds the shares of which version', async () => {
    await committed(service.admins, await approvedSetup(service.admins, set));
    await page.getByRole('heading', { name: 'Nothing is wrong with the key versions' }).waitFor();
    const version = page.getByRole('article', { name: 'Key version v1, Active' });
    await version.getByText('2026 A: any 3 of 4 shares open it').waitFor();
    await version.getByText('729 days left').waitFor();
    await version.getByText('Who holds the shares').click();
    for (const { custodian } of set.manifest.body.shares) {
      await version.getByText(`${custodian.name}, on `).waitFor();
    }
    await looks(page, 'versions');
  });

  it('is loud about a component that was changed, and about shares that are overdue', async () => {
    await inVault(set.vaultComponent.map((byte) => byte ^ 1));
    await deployment.sql(
      `UPDATE surveys_platformkeyversion SET activated_at = now() - interval '742 days'`,
    );
    await page.reload();
    await page.getByRole('heading', { name: '2 things are wrong with the key versions' }).waitFor();
    await page
      .getByText('Vault and the database hold different vault components for key version v1.')
      .waitFor();
    await page.getByText('The shares of key version v1 have been due for 12 days.').waitFor();
    await looks(page, 'versions-bad');
    await inVault(set.vaultComponent);
  });

  it('lists what happened in plain words, and reads on', async () => {
    await deployment.sql(
      `INSERT INTO conclave.events (type, at, admin_id)
       SELECT 'signed-in', now() - n * interval '1 hour', id
         FROM conclave.admins, generate_series(1, 120) AS n WHERE name = 'operator'`,
    );
    await open('Audit');
    const rows = entries(page);
    await expect.poll(() => rows.count()).toBe(50);
    await page.getByRole('button', { name: 'Show older entries' }).click();
    // At least: sync writes events of its own whenever it finds something.
    await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(100);
    // What comes in stands above; what was read before stays.
    await deployment.sql(`INSERT INTO conclave.events (type) VALUES ('passphrase-shown')`);
    await rows.getByText('A one-time passphrase was shown').waitFor();
    await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(101);
    await page.getByRole('button', { name: 'Show older entries' }).click();
    await page.getByText('That is the oldest entry.').waitFor();
    const all = async () => {
      const [found] = await deployment.sql<{ many: string }>(
        `SELECT (SELECT count(*) FROM conclave.events) + (SELECT count(*) FROM conclave.approvals)
                + (SELECT count(*) FROM conclave.outbox) AS many`,
      );
      return Number(found?.many);
    };
    await expect.poll(async () => (await rows.count()) - (await all())).toBe(0);
    // More than a page comes in at once: nothing is shown as if it followed what it does not.
    await deployment.sql(
      `INSERT INTO conclave.events (type) SELECT 'passphrase-shown' FROM generate_series(1, 60)`,
    );
    await expect.poll(() => rows.count(), { timeout: 30_000 }).toBe(50);
    await page.getByRole('button', { name: 'Show older entries' }).waitFor();
  });

  it('is narrowed by keyboard alone, keeps the filter in its address, and is exported', async () => {
    await page.reload();
    await page.getByRole('button', { name: 'Show older entries' }).waitFor();
    await reach(page, /^\s*Filter$/);
    await page.keyboard.press('Enter');
    await reach(page, /^\s*Admin/);
    await page.keyboard.type('approver2');
    await page.keyboard.press('Enter');
    await page.getByText('Filter (1 set)').waitFor();
    const { entries: his } = await service
      .as('auditor')
      .get<AuditAnswer>('/v1/audit?admin=approver2');
    expect(his.length).toBeGreaterThan(1);
    const rows = entries(page);
    await expect.poll(() => rows.count()).toBe(his.length);
    await page.getByText('All of it').first().click();
    await looks(page, 'audit');
    const download = page.waitForEvent('download');
    await reach(page, /^\s*Export as CSV/);
    await page.keyboard.press('Enter');
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^conclave-audit-\d{4}-\d\d-\d\d\.csv$/);
    const text = await readFile(await file.path(), 'utf8');
    expect(text).toContain('"{""format"":""conclave-audit""');
    expect(text).toContain(`\n"","end","${his.length} entries"`);
    await page.getByText(`Exported whole: ${his.length} entries.`).waitFor();
    await page.reload();
    await page.getByText('Filter (1 set)').waitFor();
    await expect.poll(() => rows.count()).toBe(his.length);
  });

  it('says what is wrong with a filter, and what fits none', async () => {
    await page.getByLabel('From').fill('yesterday');
    await page.getByRole('button', { name: 'Show these' }).click();
    await page.getByRole('alert').getByText('yesterday is not a time').waitFor();
    await page.getByLabel('From').fill('2020-01-01');
    await page.getByLabel('Until').fill('2020-01-02');
    await page.getByRole('button', { name: 'Show these' }).click();
    await page.getByText('Nothing fits.').waitFor();
    await looks(page, 'audit-empty');
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('button', { name: 'Show older entries' }).waitFor();
  });

  it('keeps the sign-ins of others from whoever is no auditor', async () => {
    const other = await world.enrol('operator');
    await other.goto(`${world.origin}/#/audit/${encodeURIComponent('text=taken in')}`);
    await other.getByText('Where and when others sign in is shown to auditors.').waitFor();
    await entries(other).getByText('A bundle was taken in').waitFor();
    for (const { complaints } of world.people.values()) expect(complaints).toEqual([]);
  });
});
