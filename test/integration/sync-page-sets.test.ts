/** A key version with two share sets on sync’s page: each is shown, and a package is asked for with one of them. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePackage } from '../../shared/bundle/package.ts';
import { setBytes, verifyPackagedSet } from '../../shared/bundle/packaged-set.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { approvedFurtherSet } from '../support/sync-add-set.ts';
import {
  approvedRequest,
  committed,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';

describe('a key version with two share sets on sync’s page', { retry: 0 }, () => {
  let world: PageWorld;
  let set: TestShareSet;
  let further: TestShareSet;
  let page: Page;

  beforeAll(async () => {
    world = await startPage();
    set = await withPlatformKey(world.deployment, world.service);
    const { admins } = world.service;
    const one = await approvedFurtherSet(admins, set);
    await committed(admins, one.made);
    further = one.next;
    page = await world.enrol('operator');
  });
  afterAll(async () => world?.stop());

  /** Of the package that the browser saved when the button was pressed. */
  async function setIn(press: () => Promise<void>): Promise<string> {
    const download = page.waitForEvent('download');
    await press();
    const file = new Uint8Array(await readFile(await (await download).path()));
    const { body } = parsePackage(file, set.mode, set.sync);
    if (!('manifest' in body) || !('roster' in body)) throw new Error('it brings a set');
    return verifyPackagedSet(setBytes(body), set.mode).manifest.body.label;
  }

  it('both are shown, and what it means that there are two', async () => {
    await page.getByRole('link', { name: 'Key versions' }).click();
    const card = page.getByRole('article', { name: 'Key version v1, Active' });
    await card.getByText('2026 A: any 3 of 4 shares open it').waitFor();
    await card.getByText('On-call: any 2 of 4 shares open it').waitFor();
    await card.getByText('Each of the 2 sets alone: it is as strong as the weakest').waitFor();
    await card.getByText('Who holds the shares, and when it was made').click();
    await card.getByText('On-call 3').waitFor();
  });

  it('no package is made before a set is chosen, and it is the chosen one', async () => {
    const card = page.getByRole('article', { name: 'Key version v1, Active' });
    await card.getByText('Packages for the laptop').click();
    const button = card.getByRole('button', {
      name: 'Make a package that refreshes the shares of v1',
    });
    expect(await button.isDisabled()).toBe(true);
    await card.getByText('They end all 2 share sets of v1').waitFor();
    const panel = card.getByRole('region', { name: 'Refresh the shares of v1' });
    await panel.getByText('On-call', { exact: true }).click();
    await looks(page, 'versions-two-sets');
    expect(await setIn(() => button.click())).toBe('On-call');
    await panel.getByText('2026 A', { exact: true }).click();
    expect(await setIn(() => button.click())).toBe('2026 A');
  });

  it('drills show each by itself, and their packages are about it', async () => {
    await page.getByRole('link', { name: 'Drills' }).click();
    for (const label of ['2026 A', 'On-call']) {
      const card = page.getByRole('article', { name: `Share set ${label}` });
      const button = card.getByRole('button', { name: 'Make a package for a drill' });
      expect(await setIn(() => button.click())).toBe(label);
    }
  });

  it('a recovery is asked for with either', async () => {
    const { admins } = world.service;
    const { code } = await approvedRequest(admins, seededSurvey(world.deployment));
    await page.goto(`${world.origin}/#/requests/${code}`);
    const form = page.getByRole('form', { name: 'Ask for the package' });
    await form.getByText('2026 A, key version v1').waitFor();
    await form.getByText('On-call, key version v1').click();
    await looks(page, 'recovery-two-sets');
    expect(further.manifest.body.label).toBe('On-call');
  });
});
