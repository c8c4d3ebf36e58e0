import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdminsAnswer } from '../../sync/routes/people-answers.ts';
import { openAdmin } from '../support/sync-browser.ts';
import { looks, type PageWorld, reach, startPage } from '../support/sync-page.ts';

const NEWCOMER = 'Name 6';

describe('people on sync’s page', () => {
  let world: PageWorld;
  let userId = 0;

  beforeAll(async () => {
    world = await startPage();
    const [user] = await world.deployment.sql<{ id: number }>(
      `INSERT INTO auth_user (username, email, first_name, last_name, password, is_superuser,
         is_staff, is_active, date_joined)
       VALUES ('six@example.org', 'six@example.org', 'Name', '6', '!', false, true, true, now())
       RETURNING id`,
    );
    userId = user?.id ?? 0;
    for (const name of ['approver1', 'approver2', 'operator'] as const) await world.enrol(name);
    await world.pageOf('approver2').setViewportSize({ width: 360, height: 740 });
  });
  afterAll(async () => world?.stop());

  const admins = async () =>
    (await world.service.admins.operator.get<AdminsAnswer>('/v1/admins')).admins;
  const view = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name }).click();

  let code = '';
  let link = '';

  it('invites a person, by keyboard alone from the search to the code', async () => {
    const page = world.pageOf('approver1');
    await view(page, 'Admins');
    await page.getByText('Nobody is on call').waitFor();
    await looks(page, 'admins');
    await reach(page, /^\s*Invite a person/);
    await page.keyboard.press('Enter');
    await reach(page, /Who in CheckTick/);
    await page.keyboard.type('six@');
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: new RegExp(`User ${userId}: Name 6`) }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await reach(page, /Name here/);
    expect(await page.getByLabel('Name here').inputValue()).toBe(NEWCOMER);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await looks(page, 'invite');
    await reach(page, /^\s*Go on/);
    await page.keyboard.press('Enter');
    await reach(page, /Reason/);
    await page.keyboard.type('a new colleague');
    await page.keyboard.press('Enter');
    await page.getByText(`Invite ${NEWCOMER} to become an admin of this sync.`).waitFor();
    await reach(page, /Approve with your passkey/);
    await page.keyboard.press('Enter');
    await page.getByText(`${NEWCOMER} is invited. A second admin must confirm.`).waitFor();
    await reach(page, new RegExp(`^Code: ${NEWCOMER}`));
    await page.keyboard.press('Enter');
    await reach(page, /Show the code/);
    await page.keyboard.press('Enter');
    code = await page.getByText(/^[0-9A-Z]{4}(?:-[0-9A-Z]{4})+$/).innerText();
    await page.getByRole('button', { name: 'Hide it' }).click();
    const made = (await admins()).find(({ name }) => name === NEWCOMER);
    expect([made?.state, made?.roles, made?.invitedBy]).toEqual([
      'invited',
      ['operator', 'approver'],
      'approver1',
    ]);
  });

  it('waits in the queue of the others, and is confirmed at a telephone', async () => {
    const page = world.pageOf('approver2');
    await page.getByRole('button', { name: `Look and approve: Make ${NEWCOMER} an admin` }).click();
    await page.getByLabel('Reason').fill('spoken with the person');
    await page.getByRole('button', { name: 'Show the statement' }).click();
    await page.getByText(`Confirm that ${NEWCOMER} becomes an admin of this sync.`).waitFor();
    await page.getByRole('button', { name: 'Approve with your passkey' }).click();
    await page.getByText('Your approval is recorded').waitFor();
    await view(page, 'Admins');
    await page.getByRole('button', { name: `Link: ${NEWCOMER}` }).click();
    await page.getByRole('button', { name: 'Show the link' }).click();
    link = await page.getByText(/\/enrol#/).innerText();
    await page.getByRole('button', { name: 'Hide it' }).click();
    expect(await page.content()).not.toContain(link.split('#')[1]);
    expect((await admins()).find(({ name }) => name === NEWCOMER)?.state).toBe('confirmed');
  });

  it('lets the person in with both halves, and no other way', async () => {
    const newcomer = await openAdmin(world.browser);
    const { page } = newcomer;
    await page.goto(link);
    await page.getByLabel('Name of this key').fill('key of the newcomer');
    await page.getByLabel('Code of the admin who invited you').fill(code.replaceAll(/\w/g, '0'));
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Code of the admin who invited you').fill(code);
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByRole('heading', { name: 'Your passkey is registered' }).waitFor();
    const made = (await admins()).find(({ name }) => name === NEWCOMER);
    expect([made?.state, made?.keys.map(({ label }) => label)]).toEqual([
      'active',
      ['key of the newcomer'],
    ]);
    expect(newcomer.complaints).toEqual([]);
  });

  it('is disabled by two, the second of whom finds it in his queue', async () => {
    const first = world.pageOf('approver1');
    await view(first, 'Admins');
    await first.getByRole('button', { name: `Disable: ${NEWCOMER}` }).click();
    await first.getByLabel('Reason').fill('has left');
    await first.getByRole('button', { name: 'Show the statement' }).click();
    await first.getByRole('button', { name: 'Approve with your passkey' }).click();
    await first.getByText(`approver1 signed that ${NEWCOMER} be disabled.`).waitFor();
    const second = world.pageOf('approver2');
    await view(second, 'Queue');
    await second
      .getByRole('button', { name: `Look and approve: Disable the admin ${NEWCOMER}` })
      .click();
    await second.getByLabel('Reason').fill('has left, indeed');
    await looks(second, 'dismiss');
    await second.getByRole('button', { name: 'Show the statement' }).click();
    await second.getByRole('button', { name: 'Approve with your passkey' }).click();
    await second.getByText('Your approval is recorded').waitFor();
    expect((await admins()).find(({ name }) => name === NEWCOMER)?.state).toBe('disabled');
    // It comes to the other page by itself.
    await first.getByRole('heading', { name: 'Disabled' }).waitFor();
  });

  it('keeps one’s own: on call, a token shown once, one more key, one key less', async () => {
    const page = world.pageOf('operator');
    await view(page, 'You');
    await page.getByRole('button', { name: 'Be on call' }).click();
    await page.getByText('yes: you are told of what waits').waitFor();
    await world.pageOf('approver1').getByText('1 is on call and told of what waits.').waitFor();
    await page.getByLabel('Name of the token').fill('of the test');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const token = await page.getByText(/^cc[a-z]_/).innerText();
    const who = await fetch(`${world.service.address}/v1/me`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(who.status).toBe(200);
    // An approver's does more than an operator's work: nothing of it is hidden from its owner.
    await page.getByText('also reject, refuse and end, make codes').waitFor();
    await page.getByRole('button', { name: 'Hide it' }).click();
    expect(await page.content()).not.toContain(token);
    await looks(page, 'you');
    const revoke = page.getByRole('button', { name: 'Revoke the token of the test' });
    await revoke.click();
    await revoke.waitFor({ state: 'detached' });
    const gone = await fetch(`${world.service.address}/v1/me`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(gone.status).toBe(401);

    await page.getByRole('button', { name: 'Register one more key' }).click();
    const address = await page.getByRole('link', { name: /\/enrol#/ }).innerText();
    const elsewhere = await openAdmin(world.browser);
    await elsewhere.page.goto(address);
    await elsewhere.page.getByLabel('Name of this key').fill('key at home');
    await elsewhere.page.getByRole('button', { name: 'Make the passkey' }).click();
    await elsewhere.page.getByRole('heading', { name: 'Your passkey is registered' }).waitFor();
    const other = page.getByRole('button', { name: 'Revoke key at home' });
    await other.click();
    await page.getByRole('button', { name: 'Revoke this key' }).click();
    await other.waitFor({ state: 'detached' });
    for (const { complaints } of world.people.values()) expect(complaints).toEqual([]);
  });

  it('keeps no session alive by itself', async () => {
    const page = world.pageOf('operator');
    await view(page, 'Queue');
    await page.getByRole('heading', { name: /for you$/ }).waitFor();
    await world.deployment.sql(
      `UPDATE conclave.sessions SET last_seen_at = last_seen_at - interval '10 minutes'`,
    );
    const seen = () =>
      world.deployment.sql(
        `SELECT s.last_seen_at AS at FROM conclave.sessions s JOIN conclave.admins a
           ON a.id = s.admin_id WHERE a.name = 'operator' ORDER BY 1`,
      );
    const before = await seen();
    for (const [name, heading] of [
      ['Requests', 'Requests'],
      ['Admins', 'Active, or to come'],
      ['You', 'Your tokens'],
      ['Queue', /for you$/],
    ] as const) {
      await view(page, name);
      await page.getByRole('heading', { name: heading }).waitFor();
    }
    expect(await seen()).toEqual(before);
  });

  it('gives what the laptop needs: descriptor with its words, setup package, chain', async () => {
    const page = world.pageOf('operator');
    await view(page, 'Laptop');
    const saved = async (button: string): Promise<string> => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      return (await download).suggestedFilename();
    };
    expect(await saved('Download the descriptor')).toMatch(/^conclave-descriptor-/);
    const words = page.getByRole('list', { name: 'Words of the descriptor' });
    expect((await words.innerText()).match(/[a-z]+/g)).toHaveLength(8);
    await page.getByLabel('Key version').fill('v 1!');
    await page.getByRole('button', { name: 'Make the package' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Key version').fill('v1');
    expect(await saved('Make the package')).toMatch(/^conclave-package-/);
    expect(await saved('Download the chain')).toMatch(/^conclave-chain-/);
    await looks(page, 'laptop');
  });
});
