import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BundleAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import { mailEnv, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  committed,
  importedRecovery,
  type MadeBundle,
  recoverBundle,
  releasedPackage,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { runSync } from '../support/sync-cli.ts';
import { commitDies } from '../support/sync-interrupted.ts';
import { axeFaults, everyLook } from '../support/sync-browser.ts';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';

const GIVEN = 'new.name@example.org';
const REASON = 'the ward was renamed in 2024';
/** Open requests of a kind that the queue shows, at most. */
const SHOWN = 50;

describe('what is stopped, and what did not match, on sync’s page', () => {
  let world: PageWorld;
  let smtp: TestSmtp;
  let set: TestShareSet;
  let made: MadeBundle;

  beforeAll(async () => {
    smtp = await startSmtp();
    world = await startPage(mailEnv(smtp));
    set = await withPlatformKey(world.deployment, world.service);
    for (const name of ['operator', 'approver1', 'approver2'] as const) await world.enrol(name);
  }, 300_000);
  afterAll(async () => {
    await world?.stop();
    await smtp?.stop();
  });

  const about = () => ({
    userId: world.deployment.checktick.people.requester.id,
    surveyId: world.deployment.checktick.survey.id,
  });
  const asked = (checks: readonly string[]): Promise<RequestAnswer> =>
    world.service.admins.operator.post<RequestAnswer>('/v1/requests', {
      ...about(),
      delayHours: 0,
      reason: 'forgotten',
      ...(checks.length === 0 ? {} : { checks, reference: 'file 17' }),
    });
  const statusOf = async (code: string): Promise<string> =>
    (await world.service.admins.operator.get<RequestAnswer>(`/v1/requests/${code}`)).status;
  const queue = (page: Page) => page.goto(`${world.origin}/#/`);

  it('takes the address that the person gave, once, and never shows it again', async () => {
    const { code } = await asked([]);
    const page = world.pageOf('operator');
    await page.goto(`${world.origin}/#/requests/${code}`);
    await page.getByText('A photo id was checked').click();
    await page.getByText('A video call was held').click();
    await page.getByLabel('Reference').fill('file 17');
    const field = page.getByLabel('E-mail address that the person gave');
    await field.fill('nobody');
    await page.getByText('Not an e-mail address: it has one @, and no spaces.').waitFor();
    expect(await page.getByRole('button', { name: 'Write it down' }).isDisabled()).toBe(true);
    await field.fill(GIVEN);
    await looks(page, 'request-address');
    await page.getByRole('button', { name: 'Write it down' }).click();
    await page.getByText('Written down. This is true now:').waitFor();
    expect(await page.content()).not.toContain(GIVEN);
    expect(await statusOf(code)).toBe('awaiting_primary');

    const { admins } = world.service;
    for (const approver of [admins.approver1, admins.approver2]) {
      await approver.approve('request-approve', code, { reason: 'identity checked' });
    }
    const flow = await releasedPackage(admins, set, code);
    made = await recoverBundle(admins.operator, set, flow, { reason: REASON });
    const taken = await admins.operator.post<BundleAnswer>('/v1/bundles', made.bytes);
    expect(taken.state).toBe('verified');
  });

  it('shows two approvers that the escrowed address differs, why the room went on, and where the link goes', async () => {
    for (const name of ['approver1', 'approver2'] as const) {
      const page = world.pageOf(name);
      await queue(page);
      await page.getByRole('button', { name: /^Look and approve: Recover survey/ }).click();
      // No words of a paper: nothing in trust changes.
      expect(await page.getByLabel('Eight words').count()).toBe(0);
      await page.getByLabel('Reason').fill('called back on the number of the ward');
      await page.getByRole('button', { name: 'Show the statement' }).click();
      const statement = page.getByRole('heading', { name: 'You are about to approve' });
      await statement.waitFor();
      await page.getByText('although the e-mail address of the escrow did not match').waitFor();
      await page
        .getByText(/DIFFERS from the one that the person gave.*the ward was renamed in 2024/)
        .filter({ visible: true })
        .first()
        .waitFor();
      await page
        .getByText(/goes to the account’s address, r…@example\.org/)
        .filter({ visible: true })
        .first()
        .waitFor();
      expect(await page.content()).not.toContain(GIVEN);
      if (name === 'approver1') await looks(page, 'email-differs');
      await page.getByRole('button', { name: 'Approve with your passkey' }).click();
      await page.getByText('Your approval is recorded').waitFor();
    }
    const page = world.pageOf('operator');
    await queue(page);
    await page.getByRole('button', { name: /^Commit: Recover survey/ }).waitFor();
    const found = await world.service.admins.operator.get<BundleAnswer>(
      `/v1/bundles/${made.digest}`,
    );
    expect(found).toMatchObject({ state: 'waiting' });
    await world.service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, {
      reason: 'the test goes on',
    });
  });

  it.each([
    ['approver1', 'Reject', 'rejected', 'the caller was somebody else'],
    ['operator', 'Cancel', 'cancelled', 'the phrase was found'],
  ] as const)('%s ends a request: %s, not without a reason', async (name, verb, status, why) => {
    await world.deployment.sql(
      `UPDATE surveys_recoveryrequest SET status = 'cancelled' WHERE status NOT IN
         ('completed', 'rejected', 'cancelled')`,
    );
    const { code } = await asked(['photo-id', 'video']);
    const page = world.pageOf(name);
    await queue(page);
    await page
      .getByRole('button', { name: new RegExp(`^${verb}: Recover survey.*${code}`) })
      .click();
    const end = page.getByRole('button', { name: `${verb} this request`, exact: true });
    expect(await end.isDisabled()).toBe(true);
    const reason = page.getByLabel('Reason');
    await reason.fill('   ');
    await page.keyboard.press('Enter');
    expect(await end.isDisabled()).toBe(true);
    expect(await statusOf(code)).toBe('awaiting_primary');
    await reason.fill(why);
    await looks(page, verb.toLowerCase());
    await end.click();
    await page.getByText('It is ended').waitFor();
    expect(await statusOf(code)).toBe(status);
    const [event] = await world.deployment.sql<{ why: string; by: string }>(
      `SELECT e.details->>'reason' AS why, u.username AS by
         FROM surveys_recoveryauditentry e
         JOIN surveys_recoveryrequest r ON r.id = e.recovery_request_id
         JOIN auth_user u ON u.id = e.actor_id
        WHERE r.request_code = $1 ORDER BY e."timestamp" DESC, e.id DESC LIMIT 1`,
      [code],
    );
    expect(event?.why).toBe(why);
    expect(event?.by).toContain(name.replace(/(\d)/, '-$1'));
  });

  it('says how much is open beside what it shows, and how it is found', async () => {
    await world.deployment.sql(
      `UPDATE surveys_recoveryrequest SET status = 'cancelled' WHERE status NOT IN
         ('completed', 'rejected', 'cancelled')`,
    );
    for (let many = 0; many < SHOWN + 3; many += 1) await asked(['photo-id', 'video']);
    const page = world.pageOf('operator');
    await queue(page);
    await page.reload();
    await page
      .getByText('3 more are open and not shown here: what waits for people is shown first.')
      .waitFor();
    expect(
      await page.getByRole('article').filter({ hasText: 'Waits for 2 approvers.' }).count(),
    ).toBe(SHOWN);
    await everyLook(page, async (look) => {
      expect(await axeFaults(page), look).toEqual([]);
    });
    const listed = await runSync(['--json', 'request', 'list'], {
      CONCLAVE_URL: world.service.address,
      CONCLAVE_TOKEN_FILE: path.join(world.deployment.folder, 'operator'),
    });
    const { requests } = JSON.parse(listed.out) as { requests: RequestAnswer[] };
    expect(requests.filter(({ status }) => status === 'awaiting_primary')).toHaveLength(SHOWN + 3);
  });

  it('says of a commit that cannot end what is not there, and two approvers end it', async () => {
    const { deployment, service, origin } = world;
    await deployment.sql(
      `UPDATE surveys_recoveryrequest SET status = 'cancelled' WHERE status NOT IN
         ('completed', 'rejected', 'cancelled')`,
    );
    const recovery = await importedRecovery(service.admins, set, about());
    const { operator } = service.admins;
    made = recovery;
    // The user sets a password of his own in the moment in which the commit dies.
    await commitDies(deployment, made, {
      at: 'written',
      meanwhile: (on) =>
        on.sql(
          `UPDATE surveys_survey SET encrypted_kek_password = '\\x0a0b0c0d',
             encrypted_kek_recovery = NULL`,
        ),
    });
    await expect(committed(service.admins, made)).rejects.toMatchObject({
      code: 'read-back-differs',
    });
    for (const name of ['approver1', 'approver2'] as const) {
      const page = world.pageOf(name);
      await page.goto(`${origin}/#/requests/${recovery.code}`);
      const card = page.getByRole('article').filter({ hasText: 'Its commit cannot end' });
      await card.getByText('Bundle, waits for you').waitFor();
      await page.locator('[aria-current=step]').filter({ hasText: 'Commit now' }).waitFor();
      // It has written, so nothing ends it but this.
      expect(await card.getByRole('button', { name: /^Refuse/ }).count()).toBe(0);
      expect(await card.innerText()).not.toContain('nothing is changed');
      if (name === 'approver1') {
        await card.getByText('Facts and history').click();
        await card
          .getByText(/not read back as it was written: database survey \d+, encrypted_kek_password/)
          .waitFor();
        await looks(page, 'difference');
      }
      await card.getByRole('button', { name: /^Look and approve/ }).click();
      await page.getByLabel('Reason').fill('the user set a password, and says so');
      await page.getByRole('button', { name: 'Show the statement' }).click();
      await page.getByRole('heading', { name: 'You are about to approve' }).waitFor();
      await page
        .getByText(/encrypted_kek_password: 4 bytes that the one-time passphrase does not open/)
        .filter({ visible: true })
        .first()
        .waitFor();
      if (name === 'approver1') await looks(page, 'difference-statement');
      await page.getByRole('button', { name: 'Approve with your passkey' }).click();
      await page.getByText('Your approval is recorded').waitFor();
    }
    const ended = await operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    expect(ended.state).toBe('committed');
  });

  it('lists machines as machines, which approve nothing', async () => {
    const { folder, env } = world.deployment;
    const openssl = (line: string) =>
      promisify(execFile)('openssl', line.split(' '), { cwd: folder });
    const ec = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
    await openssl(`req -x509 ${ec} -days 30 -subj /CN=authority -keyout ca.key -out ca.pem`);
    await openssl(`req ${ec} -subj /CN=monitor -keyout monitor.key -out monitor.csr`);
    await writeFile(path.join(folder, 'ext'), 'basicConstraints=CA:FALSE\n');
    await openssl(
      'x509 -req -in monitor.csr -CA ca.pem -CAkey ca.key -days 30 -extfile ext -out monitor.pem',
    );
    // A machine has a user of its own in CheckTick.
    const [user] = await world.deployment.sql<{ id: number }>(
      `INSERT INTO auth_user (username, email, first_name, last_name, password, is_superuser,
         is_staff, is_active, date_joined)
       VALUES ('monitor', '', '', '', '!', false, false, true, now()) RETURNING id`,
    );
    const added = await runSync(
      ['admin', 'machine', 'add', 'Monitor', '--user', String(user?.id)].concat(
        ['--role', 'operator'],
        ['--certificate', path.join(folder, 'monitor.pem')],
      ),
      env,
    );
    expect(added).toMatchObject({ code: 0, err: '' });
    const page = world.pageOf('approver1');
    await page.goto(`${world.origin}/#/admins`);
    const card = page.getByRole('article').filter({ hasText: 'Monitor' });
    await card.getByText('Machine, active').waitFor();
    await card.getByText(/certificate “valid until \d{4}-\d\d-\d\d”, never used/).waitFor();
    expect(await card.innerText()).not.toContain('on call');
    await looks(page, 'admins-machine');
    for (const { complaints } of world.people.values()) expect(complaints).toEqual([]);
  });
});
