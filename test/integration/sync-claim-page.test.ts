import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAdmin, startBrowser } from '../support/sync-browser.ts';
import { type ClaimWorld, claimWorld } from '../support/sync-claim.ts';
import { looks } from '../support/sync-page.ts';

const PASSWORD = 'Quartz lantern vexing mulberry 77';

describe('the page behind the link, in Chromium', () => {
  let world: ClaimWorld;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    world = await claimWorld();
    browser = await startBrowser();
    ({ page, complaints } = await openAdmin(browser));
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  const heading = (name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name'));
  const open = (token: string) => page.goto(`${world.pages}/claim/${token}`);

  it('is done by keyboard alone, from the missing code to the new password', async () => {
    const made = await world.recovered();
    const token = await world.tokenOf(made.code);
    await open(token);
    await page.getByText('nobody has made one yet').waitFor();
    await looks(page, 'claim-no-code');

    const spoken = await world.codeFor(made.digest);
    await page.reload();
    await heading('Set your new password');
    await looks(page, 'claim-form');
    const type = async (...texts: string[]) => {
      for (const [at, text] of texts.entries()) {
        if (at > 0) await page.keyboard.press('Tab');
        await page.keyboard.type(text);
      }
      await page.keyboard.press('Enter');
    };
    // The first stop is the code: nothing is in the way.
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('code');
    await type('ABCD EFGH JKMN', PASSWORD, PASSWORD);
    await page.getByRole('alert').getByText('The code is not right.').waitFor();
    expect(await page.title()).toContain('Not set yet');
    // What is wrong has the keyboard, and is empty.
    expect(await focused()).toBe('code');
    expect(await page.getByLabel('Code').inputValue()).toBe('');
    await looks(page, 'claim-wrong-code');

    await type(spoken, 'short', 'short');
    await page.getByRole('alert').getByText('fewer than 12 characters').waitFor();
    expect(await focused()).toBe('password');
    expect(await page.getByLabel('Code').inputValue()).toBe(spoken);
    for (const label of ['New password', 'New password again']) {
      expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe('');
    }
    await looks(page, 'claim-short');

    await type(PASSWORD, PASSWORD);
    await heading('Your new password is set');
    await looks(page, 'claim-set');
    expect(await world.opens(PASSWORD)).toBe(true);
    // Reloading sends nothing again, and asks nobody whether it should.
    await page.reload();
    await heading('Your new password is set');
    expect(await world.audited(made.code)).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('needs no JavaScript, keeps nothing, and sends nothing elsewhere', async () => {
    const { token, spoken } = await world.withCode();
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    const asked: string[] = [];
    plain.on('request', (request) => asked.push(new URL(request.url()).origin));
    await plain.goto(`${world.pages}/claim/${token}`);
    await plain.getByLabel('Code').fill(spoken);
    await plain.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await plain.getByLabel('New password again').fill(PASSWORD);
    await plain.getByRole('button', { name: 'Set the new password' }).dblclick();
    await plain.getByRole('heading', { name: 'Your new password is set' }).waitFor();
    expect(await world.opens(PASSWORD)).toBe(true);
    expect(await context.cookies()).toEqual([]);
    expect(new Set(asked)).toEqual(new Set([new URL(world.pages).origin]));
    await context.close();
  });

  it('a page of another site cannot send the form', async () => {
    const { token, spoken, digest } = await world.withCode();
    // Same machine, another site: what a thief's page would do if he had the link and the code.
    const { port } = new URL(world.pages);
    await page.route('http://thief.localhost/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="http://127.0.0.1:${port}/claim/${token}">
          <input name="code" value="${spoken}"><input name="password" value="${PASSWORD}">
          <input name="again" value="${PASSWORD}"><button>Win</button></form>`,
      }),
    );
    await page.goto('http://thief.localhost/');
    await page.getByRole('button', { name: 'Win' }).click();
    await heading('This did not work');
    expect(await world.statusOf(digest)).toMatchObject({ state: 'held', code: { triesLeft: 5 } });
    expect(await world.opens(PASSWORD)).toBe(false);
    await looks(page, 'claim-foreign-form');
  });

  it('says what is true when the time is over, when it was ended, and when there is no such link', async () => {
    const over = await world.withCode();
    await world.deployment.sql(
      'UPDATE conclave.claims SET expires_at = now() WHERE bundle_digest = $1',
      [Buffer.from(over.digest, 'hex')],
    );
    await open(over.token);
    await heading('The time to set a password is over');
    await looks(page, 'claim-over');

    const ended = await world.withCode();
    await world.service.admins.operator.post(`/v1/bundles/${ended.digest}/claim-end`, {
      reason: 'not asked for',
    });
    await open(ended.token);
    await heading('This link was ended by an administrator');
    await looks(page, 'claim-ended');
    await open(`ccl_${'A'.repeat(43)}`);
    await heading('This link does not work any more');
    await looks(page, 'claim-none');

    const stuck = await world.withCode();
    for (let time = 0; time < 5; time += 1) {
      await world.send(stuck.token, { code: 'AAAA', password: PASSWORD });
    }
    await open(stuck.token);
    await page.getByText('A wrong code was typed five times').waitFor();
    await looks(page, 'claim-code-ended');
  });
});
