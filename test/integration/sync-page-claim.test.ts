import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimAnswer } from '../../sync/routes/claim-answers.ts';
import { startSmtp, type TestSmtp } from '../servers/smtp.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  recoverBundle,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { LINKS } from '../support/sync-claim.ts';
import { looks, type PageWorld, startPage } from '../support/sync-page.ts';

describe('how a user gets in again, on sync’s page', () => {
  let world: PageWorld;
  let smtp: TestSmtp;
  let digest = '';
  let code = '';

  beforeAll(async () => {
    smtp = await startSmtp();
    world = await startPage({
      CONCLAVE_SMTP_URL: smtp.url,
      CONCLAVE_SMTP_CA: smtp.caFile,
      CONCLAVE_MAIL_FROM: 'sync@hospital.example',
      CONCLAVE_PUBLIC_LINKS_URL: LINKS,
      CONCLAVE_PUBLIC_LISTEN_PORT: '0',
    });
    const { admins } = world.service;
    const set = await shareSetFor(admins.operator, 'rehearsal');
    await committed(admins, await approvedSetup(admins, set));
    await world.deployment.escrow(set.platformKey);
    const { people, survey } = world.deployment.checktick;
    const request = await approvedRequest(admins, {
      userId: people.requester.id,
      surveyId: survey.id,
    });
    code = request.code;
    const flow = await releasedPackage(admins, set, code);
    const made = await recoverBundle(admins.operator, set, flow);
    await admins.operator.post('/v1/bundles', made.bytes);
    await committed(admins, made);
    ({ digest } = made);
    await world.enrol('approver1');
    await world.enrol('auditor');
  });
  afterAll(async () => {
    await world?.stop();
    await smtp?.stop();
  });

  const claim = (): Promise<ClaimAnswer> =>
    world.service.admins.operator.get<ClaimAnswer>(`/v1/bundles/${digest}/claim`);

  it('makes the code, shown once, at a telephone', async () => {
    const page = world.pageOf('approver1');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${world.origin}/#/requests/${code}`);
    await page.getByRole('button', { name: /^Code for the user: Recover survey/ }).click();
    await page.getByText(/with the link mailed to requester@example.org and a code/).waitFor();
    await looks(page, 'claim');
    await page.getByRole('button', { name: 'Make a code' }).click();
    const shown = await page.getByText(/^[0-9A-Z]{4}(?:-[0-9A-Z]{4})+$/).innerText();
    await page.getByRole('button', { name: 'Hide it' }).click();
    await page.getByText(/made by approver1, /).waitFor();
    expect(await page.content()).not.toContain(shown);
    expect((await claim()).code).toMatchObject({ by: 'approver1', triesLeft: 5 });
  });

  it('mails a new link, and ends a claim with a reason', async () => {
    const page = world.pageOf('approver1');
    await page.getByRole('button', { name: 'Mail a new link' }).click();
    await page.getByText('A new link is on its way. This is true now:').waitFor();
    await page.getByRole('button', { name: 'End this claim' }).click();
    await page.getByLabel('Reason').fill('the user called: it was somebody else');
    await page.getByRole('button', { name: 'End this claim' }).click();
    await page.getByText('It is ended. This is true now:').waitFor();
    expect((await claim()).state).toBe('ended');
  });

  it('offers an auditor nothing but to look', async () => {
    const page = world.pageOf('auditor');
    await page.goto(`${world.origin}/#/requests/${code}`);
    await page.getByRole('heading', { name: 'Everything that happened' }).waitFor();
    const buttons = await page.getByRole('main').getByRole('button').allInnerTexts();
    expect(new Set(buttons)).toEqual(new Set(['Download the receipt']));
    for (const { complaints } of world.people.values()) expect(complaints).toEqual([]);
  });
});
