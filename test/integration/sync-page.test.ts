import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import type { BundleAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { setupBundle, shareSetFor, type MadeBundle } from '../support/sync-ceremony.ts';
import { looks, type PageWorld, reach, startPage } from '../support/sync-page.ts';
import type { Deployment, Service } from '../support/sync-service.ts';

describe('sync’s page in Chromium', () => {
  let world: PageWorld;
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let made: MadeBundle;

  beforeAll(async () => {
    world = await startPage({ CONCLAVE_DELAY_HOURS: '48' });
    ({ deployment, service } = world);
    set = await shareSetFor(service.admins.operator, 'rehearsal');
  });
  afterAll(async () => world?.stop());

  const pageOf = (name: 'operator' | 'approver1' | 'approver2'): Page => world.pageOf(name);

  it('is served with a policy that lets nothing else in', async () => {
    const response = await fetch(`${service.address}/`);
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const html = await response.text();
    expect(html).not.toMatch(/<style|style=|https?:\/\/|<script(?![^>]*src=)/);
    for (const address of ['/index.html/../cli.mjs', '/assets/..%2fcli.mjs', '/assets/none.js']) {
      expect((await fetch(`${service.address}${address}`)).status).toBe(404);
    }
  });

  it('registers passkeys by one-time links and signs in', async () => {
    for (const name of ['operator', 'approver2'] as const) await world.enrol(name);
    await world.enrol('approver1', looks);
    await pageOf('approver1').getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
    await looks(pageOf('approver1'), 'queue-empty');
  });

  it('opens its views by their addresses, also before the sign-in', async () => {
    const page = pageOf('approver2');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(`${world.origin}/#/requests`);
    await page.getByRole('button', { name: 'Sign in with your passkey' }).click();
    await page.getByRole('heading', { name: 'Requests', exact: true }).waitFor();
    await page.getByText('There are no requests yet.').waitFor();
    expect(await page.title()).toBe('Requests – Conclave sync');
    await looks(page, 'requests-empty');
    const views = page.getByRole('navigation', { name: 'Views' });
    await page.setViewportSize({ width: 360, height: 800 });
    await views.getByRole('link', { name: 'Admins' }).click();
    await page.getByRole('heading', { name: 'Admins', exact: true }).waitFor();
    // Who works by keyboard goes on in the new view.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    expect(await views.getByRole('link', { name: 'Admins' }).getAttribute('aria-current')).toBe(
      'page',
    );
    await page.goBack();
    await page.getByText('There are no requests yet.').waitFor();
    await page.goto(`${world.origin}/#/nowhere`);
    await page.getByText('There is no such view here.').waitFor();
    await page.getByRole('link', { name: 'the queue' }).click();
    await page.getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
    await page.setViewportSize({ width: 1_440, height: 900 });
  });

  it('shows what a bundle would do before it is taken, and takes it', async () => {
    made = await setupBundle(service.admins.operator, set);
    const page = pageOf('operator');
    const file = { name: 'conclave-bundle.json', mimeType: 'application/json' };
    const broken = Buffer.from(made.bytes);
    broken[broken.length - 20] = (broken[broken.length - 20] ?? 0) ^ 1;
    await page.locator('input[type=file]').setInputFiles({ ...file, buffer: broken });
    await page.getByRole('alert').waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ ...file, buffer: Buffer.from(made.bytes) });
    await page.getByText('every signature is good').waitFor();
    const [none] = await deployment.sql<{ many: string }>(
      'SELECT count(*) AS many FROM conclave.bundles',
    );
    expect(none?.many).toBe('0');
    await looks(page, 'import');
    await page.getByRole('button', { name: 'Take this bundle in' }).click();
    await page.getByText('Taken in.').waitFor();
  });

  it('takes the one file that is dropped, and neither several nor a folder', async () => {
    const page = pageOf('operator');
    const folder = path.join(deployment.folder, 'stick');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'conclave-bundle.json');
    await writeFile(file, made.bytes);
    const prompt = page.getByText('Drop the bundle file from the stick here, or');
    /** The page anew, with all that it loads above the place. */
    const fresh = async (): Promise<void> => {
      await page.reload();
      await page.getByRole('heading', { name: /waits? for you$/ }).waitFor();
    };
    const devtools = await page.context().newCDPSession(page);
    // As the system tells the browser of files over its window; Chromium makes the events of it.
    const drop = async (...files: string[]): Promise<void> => {
      await prompt.scrollIntoViewIfNeeded();
      const box = (await prompt.boundingBox()) ?? expect.fail('there is no place to drop it');
      const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      const data = { items: [], files, dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await devtools.send('Input.dispatchDragEvent', { type, ...at, data });
      }
    };
    for (const dropped of [[file, file], [folder]]) {
      await fresh();
      await drop(...dropped);
      await page.getByRole('alert').getByText('Drop exactly one file.').waitFor();
    }
    await fresh();
    await drop(file);
    await page.getByText('every signature is good').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('comes to the approvers by itself, and is approved by keyboard alone', async () => {
    const page = pageOf('approver1');
    // Nobody reloads anything: word of it comes by server-sent events.
    await page.getByRole('heading', { name: '1 thing waits for you' }).waitFor();
    await looks(page, 'queue');
    const words = eightWords(hexToBytes(set.manifest.digest));

    await reach(page, /^Look and approve: Set up platform key/);
    await page.keyboard.press('Enter');
    await reach(page, /Reason/);
    await page.keyboard.type('seen on the paper of the witness');
    await reach(page, /Eight words/);
    await page.keyboard.type('abandon abandon abandon abandon abandon abandon abandon about');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type(words);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are about to approve' }).waitFor();
    await page.getByText('seen on the paper of the witness').waitFor();
    await looks(page, 'statement');
    await reach(page, /Approve with your passkey/);
    await page.keyboard.press('Enter');
    await page.getByText('Your approval is recorded').waitFor();
    await page.getByText('waits for 1 more approver').first().waitFor();

    const rows = await deployment.sql<{ kind: string; by: string }>(
      `SELECT a.proof->>'kind' AS kind, m.name AS by FROM conclave.approvals a
         JOIN conclave.admins m ON m.id = a.admin_id`,
    );
    expect(rows).toEqual([{ kind: 'passkey', by: 'approver1' }]);
  });

  it('counts the delay down once the second has approved', async () => {
    const page = pageOf('approver2');
    await page.getByRole('button', { name: /^Look and approve: Set up/ }).click();
    await page.getByLabel('Reason').fill('seen on the paper, too');
    await page.getByLabel('Eight words').fill(eightWords(hexToBytes(set.manifest.digest)));
    await page.getByRole('button', { name: 'Show the statement' }).click();
    await page.getByRole('button', { name: 'Approve with your passkey' }).click();
    await page.getByText(/Its delay runs for another (?:2 days|1 day 23 h)/).waitFor();
    await page.getByText('Waiting is safe.').waitFor();
    await page.getByText('Facts and history').first().click();
    await looks(page, 'delay');
    const found = await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    expect(found.state).toBe('waiting');
    expect(found.approvals.map(({ by }) => by)).toEqual(['approver1', 'approver2']);
  });

  it('ends a bundle with a reason, and hands its receipt out', async () => {
    const page = pageOf('approver1');
    await page.getByRole('button', { name: /^Refuse: Set up/ }).click();
    await page.getByLabel('Reason').fill('the witness called');
    await looks(page, 'refuse');
    await page.getByRole('button', { name: 'Refuse this bundle' }).click();
    await page.getByText('It is ended').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download the receipt: Set up/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^conclave-receipt-[0-9a-f]{8}\.json$/);
    const found = await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    expect([found.state, found.reason]).toEqual([
      'refused',
      'Refused by an approver: the witness called',
    ]);
  });

  it('shows a request to approvers, and to its operator that it is not his', async () => {
    const { people: users, survey } = deployment.checktick;
    // A survey that was escrowed under an older key.
    await deployment.sql(
      `INSERT INTO surveys_platformkeyversion (version, vault_component, created_at, notes)
       VALUES ('v1', decode(repeat('00', 64), 'hex'), now(), '')`,
    );
    await deployment.escrow(set.platformKey);
    await service.admins.operator.post<RequestAnswer>('/v1/requests', {
      userId: users.requester.id,
      surveyId: survey.id,
      reason: 'forgotten',
      checks: ['photo-id', 'video'],
      reference: 'file 17',
    });
    await pageOf('approver2')
      .getByRole('button', { name: /^Look and approve: Recover survey/ })
      .waitFor();
    await pageOf('operator').getByText('Waits for 2 approvers.').waitFor();
    await expect(
      pageOf('operator')
        .getByRole('button', { name: /^Look and approve:/ })
        .count(),
    ).resolves.toBe(0);
    await looks(pageOf('approver2'), 'request');
  });

  it('says that sync does not answer, and that waiting is safe', async () => {
    const page = pageOf('operator');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    const me = await page.evaluate(async () => (await fetch('/v1/me')).status);
    expect(me).toBe(401);
    await service.stop();
    const left = pageOf('approver1');
    await left.getByRole('alert').getByText('Sync did not answer.').waitFor({ timeout: 60_000 });
    await left.getByText('Below is what was last known. Waiting is safe.').waitFor();
    await looks(left, 'no-answer');
    for (const { complaints } of world.people.values()) expect(complaints).toEqual([]);
  });
});
