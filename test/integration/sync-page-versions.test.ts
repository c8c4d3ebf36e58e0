import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { parsePackage } from '../../shared/bundle/package.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { PackageAnswer } from '../../sync/routes/answers.ts';
import { makeTicket, type TestTicket } from '../support/documents.ts';

import type { TestShareSet } from '../support/share-sets.ts';
import { committed, withPlatformKey } from '../support/sync-ceremony.ts';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';
import { approveRotation } from '../support/sync-rotate.ts';
import { versionBundle, versionPackage } from '../support/sync-version.ts';
import { makeChangeBundle, makeNextVersion } from '../support/version-documents.ts';

describe('packages for key versions on sync’s page', { retry: 0 }, () => {
  let world: PageWorld;
  let set: TestShareSet;
  let page: Page;

  beforeAll(async () => {
    world = await startPage();
    set = await withPlatformKey(world.deployment, world.service);
    page = await world.enrol('operator');
    await page.getByRole('link', { name: 'Key versions' }).click();
  });
  afterAll(async () => world?.stop());

  const card = (name: string) => page.getByRole('article', { name });

  /** As the operator does it with the laptop's stick in the hand. */
  async function ask(title: string, { document }: TestTicket): Promise<void> {
    const form = page.getByRole('form', { name: title });
    await form.locator('input[type=file]').setInputFiles({
      name: 'conclave-ticket.json',
      mimeType: 'application/json',
      buffer: Buffer.from(ticketType.toBytes(document)),
    });
    await form
      .getByLabel('Eight words of the ticket')
      .fill(eightWords(hexToBytes(document.digest)));
    await form.getByRole('button', { name: 'Ask for the package' }).click();
  }

  /** The package of this kind that waits for its release. */
  async function waiting(kind: string): Promise<string> {
    const { packages } = await world.service.admins.operator.get<{ packages: PackageAnswer[] }>(
      '/v1/packages',
    );
    const [only, ...more] = packages.filter(
      (one) => one.kind === kind && one.state === 'requested',
    );
    if (only === undefined || more.length > 0) throw new Error(`one ${kind} package was asked for`);
    return only.nonce;
  }

  /** What the browser saved when the button was pressed. */
  async function saved(version: string, label: string) {
    const download = page.waitForEvent('download');
    await card(version).getByRole('button', { name: label }).click();
    const file = await readFile(await (await download).path());
    return parsePackage(new Uint8Array(file), set.mode, set.sync);
  }

  it('are seen by an operator alone', async () => {
    await card('Key version v1, Active').getByText('Packages for the laptop').waitFor();
    const other = await world.enrol('auditor');
    await other.getByRole('link', { name: 'Key versions' }).click();
    await other.getByRole('article', { name: 'Key version v1, Active' }).waitFor();
    expect(await other.getByText('Packages for the laptop').count()).toBe(0);
    expect(await other.getByText('A new platform key').count()).toBe(0);
  });

  it('for new shares: the ticket of another ceremony is refused by name, the right one is asked for', async () => {
    await card('Key version v1, Active').getByText('Packages for the laptop').click();
    const title = 'New shares of the platform key v1';
    await ask(title, await makeTicket(set));
    const form = page.getByRole('form', { name: title });
    await form.getByText('This ticket was made for a recovery, not for new shares.').waitFor();
    await looks(page, 'version-packages');
    await ask(title, await makeTicket(set, undefined, 'rotate-shares'));
    await page.getByText('Two approvers must release it').waitFor();
    expect(await waiting('rotate-shares')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('for a change of people: saved at once', async () => {
    const { body } = await saved('Key version v1, Active', 'Make a package for a change of people');
    expect(body).toMatchObject({ kind: 'roster', keyVersion: 'v1' });
  });

  it('for other shares of the same component: saved at once, with nothing of Vault', async () => {
    const label = 'Make a package that refreshes the shares of v1';
    const { body } = await saved('Key version v1, Active', label);
    expect(body).toMatchObject({ kind: 'refresh', keyVersion: 'v1' });
    expect(body).not.toHaveProperty('sealed');
  });

  it('for a further share set: saved at once, with nothing of Vault', async () => {
    const label = 'Make a package for a further share set of v1';
    const { body } = await saved('Key version v1, Active', label);
    expect(body).toMatchObject({ kind: 'add-set', keyVersion: 'v1' });
    expect(body).not.toHaveProperty('sealed');
  });

  let next: TestShareSet;
  it('for a new platform key, which then stands beside the active one', async () => {
    const { admins } = world.service;
    const ticket = await makeTicket(set, undefined, 'new-version');
    await ask('A new platform key', ticket);
    await page.getByText('Two approvers must release it').nth(1).waitFor();
    const nonce = await waiting('new-version');
    const opened = await versionPackage(admins, set, { nonce, ticket });
    next = await makeNextVersion(set, { keyVersion: opened.document.body.nextVersion });
    const made = await versionBundle(set, next, opened);
    await admins.operator.post('/v1/bundles', made.bytes);
    await approveRotation(admins, { next, made });
    await committed(admins, made);
    await card('Key version v2, Not activated yet').waitFor();
  });

  it('that puts it to use; the one before is not retired while a survey key is stored under it', async () => {
    const { admins } = world.service;
    await card('Key version v2').getByText('Packages for the laptop').click();
    const activate = await saved('Key version v2', 'Make a package that makes v2 the active one');
    const { body } = activate;
    if (body.kind !== 'activate') throw new Error('it is for an activation');
    expect(body.activates).toBe('v2');
    const today = { ...set, roster: next.roster };
    const { document } = await makeChangeBundle(today, { ...activate, body });
    const made = {
      bytes: bundleType.toBytes(document),
      digest: document.digest,
      nonce: body.nonce,
    };
    await admins.operator.post('/v1/bundles', made.bytes);
    for (const approver of [admins.approver1, admins.approver2]) {
      await approver.approve('bundle-approve', made.digest, { reason: 'as agreed' });
    }
    await committed(admins, made);
    await card('Key version v2, Active').waitFor();
    await looks(page, 'versions-two');

    const first = card('Key version v1, Not active any more');
    await first.getByText('Not yet: 1 survey key is stored under v1').waitFor();
    expect(await first.getByRole('button', { name: /retires v1/ }).count()).toBe(0);
  });
});
