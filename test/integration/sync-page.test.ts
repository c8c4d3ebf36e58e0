import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/sync/page.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { createCode } from '../../sync/people/codes.ts';
import type { BundleAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/documents.ts';
import {
  type Admin,
  axeFaults,
  everyLook,
  openAdmin,
  startBrowser,
} from '../support/sync-browser.ts';
import { setupBundle, shareSetFor, type MadeBundle } from '../support/sync-ceremony.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

/** Pictures are taken only when they are asked for: CONCLAVE_PICTURES=docs/screens. */
const PICTURES = process.env['CONCLAVE_PICTURES'];
const root = fileURLToPath(new URL('../..', import.meta.url));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('sync’s page in Chromium', () => {
  let deployment: Deployment;
  let service: Service;
  let browser: Browser;
  let origin: string;
  let set: TestShareSet;
  let made: MadeBundle;
  const people = new Map<string, Admin>();

  beforeAll(async () => {
    await buildPage();
    deployment = await deploy({ mode: 'rehearsal' });
    const port = await freePort();
    origin = `http://localhost:${port}`;
    service = await deployment.start({
      env: {
        CONCLAVE_PUBLIC_URL: origin,
        CONCLAVE_LISTEN_PORT: String(port),
        CONCLAVE_DELAY_HOURS: '48',
      },
    });
    browser = await startBrowser();
    set = await shareSetFor(service.admins.operator, 'rehearsal');
  });
  afterAll(async () => {
    await browser?.close();
    await deployment?.stop();
  });

  const pageOf = (name: string): Page => {
    const found = people.get(name);
    if (found === undefined) throw new Error(`${name} has not enrolled`);
    return found.page;
  };

  async function looks(page: Page, name: string): Promise<void> {
    await everyLook(page, async (look) => {
      if (PICTURES !== undefined) {
        const folder = path.resolve(root, PICTURES);
        await mkdir(folder, { recursive: true });
        await page.screenshot({ path: `${folder}/sync-${name}-${look}.png`, fullPage: true });
      }
      expect(await axeFaults(page), `${name} ${look}`).toEqual([]);
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(beyond, `${name} ${look} is wider than its window`).toBe(0);
    });
  }

  /** A one-time link, a passkey, a sign-in: as each of them does it. */
  async function enrol(name: 'operator' | 'approver1' | 'approver2'): Promise<Page> {
    const admin = await openAdmin(browser);
    people.set(name, admin);
    const { page } = admin;
    const { text, hash } = createCode('cce');
    await deployment.sql(
      `INSERT INTO conclave.enrolments (hash, admin_id, purpose, created_at, expires_at)
       SELECT $2, id, 'further', now(), now() + interval '1 hour' FROM conclave.admins WHERE name = $1`,
      [name, hash],
    );
    await page.goto(`${origin}/enrol#${text}`);
    await page.getByText(name, { exact: true }).first().waitFor();
    expect(page.url()).toBe(`${origin}/enrol`);
    if (name === 'approver1') await looks(page, 'enrol');
    await page.getByLabel('Name of this key').fill('key of the test');
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByRole('heading', { name: 'Your passkey is registered' }).waitFor();
    await page.getByRole('link', { name: 'Go to sign-in' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    if (name === 'approver1') await looks(page, 'sign-in');
    await page.getByRole('button', { name: 'Sign in with your passkey' }).click();
    await page.getByText(`${name}, `).waitFor();
    return page;
  }

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
    for (const name of ['operator', 'approver1', 'approver2'] as const) await enrol(name);
    await pageOf('approver1').getByRole('heading', { name: 'Nothing waits for you' }).waitFor();
    await looks(pageOf('approver1'), 'queue-empty');
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

  it('comes to the approvers by itself, and is approved by keyboard alone', async () => {
    const page = pageOf('approver1');
    // Nobody reloads anything: word of it comes by server-sent events.
    await page.getByRole('heading', { name: '1 thing waits for you' }).waitFor();
    await looks(page, 'queue');
    const words = eightWords(hexToBytes(set.manifest.digest));

    const reach = async (name: RegExp): Promise<void> => {
      for (let pressed = 0; pressed < 40; pressed += 1) {
        const focused = await page.evaluate(() => {
          const { activeElement } = document;
          const label = document.querySelector(`label[for="${activeElement?.id ?? ''}"]`);
          return `${activeElement?.getAttribute('aria-label') ?? ''} ${label?.textContent ?? ''} ${activeElement?.textContent ?? ''}`;
        });
        if (name.test(focused)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${name} cannot be reached by the tab key`);
    };
    await reach(/^Look and approve: Set up platform key/);
    await page.keyboard.press('Enter');
    await reach(/Reason/);
    await page.keyboard.type('seen on the paper of the witness');
    await reach(/Eight words/);
    await page.keyboard.type('abandon abandon abandon abandon abandon abandon abandon about');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type(words);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are about to approve' }).waitFor();
    await page.getByText('seen on the paper of the witness').waitFor();
    await looks(page, 'statement');
    await reach(/Approve with your passkey/);
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
    const { page } = people.get('operator') ?? (await openAdmin(browser));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    const me = await page.evaluate(async () => (await fetch('/v1/me')).status);
    expect(me).toBe(401);
    await service.stop();
    const left = pageOf('approver1');
    await left.getByRole('alert').getByText('Sync did not answer.').waitFor({ timeout: 60_000 });
    await left.getByText('Below is what was last known. Waiting is safe.').waitFor();
    await looks(left, 'no-answer');
    for (const { complaints } of people.values()) expect(complaints).toEqual([]);
  });
});
