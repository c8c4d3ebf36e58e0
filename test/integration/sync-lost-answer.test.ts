import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { type LossyWay, lossyWay } from '../support/lossy-database.ts';
import { approvedRequest, withPlatformKey } from '../support/sync-ceremony.ts';
import { mailsTo, type MailingService, startMailing, tokenIn } from '../support/sync-public.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';

/** PostgreSQL has made the COMMIT, and its answer is lost on the way. */
describe('an objection whose answer is lost', { retry: 0 }, () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let way: LossyWay;
  let service: MailingService;
  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    way = await lossyWay(deployment.env['DATABASE_URL'] ?? '');
    service = await startMailing(deployment, smtp, { DATABASE_URL: way.url });
  }, 180_000);
  afterAll(async () => {
    await deployment?.stop();
    await way?.stop();
    await smtp?.stop();
  });

  it('is not answered with "Nothing was changed": nobody knows, and the page says what to do', async () => {
    await withPlatformKey(deployment, service);
    const { people, survey } = deployment.checktick;
    const about = { userId: people.requester.id, surveyId: survey.id };
    const { code } = await approvedRequest(service.admins, about);
    const [mail] = await mailsTo(smtp, 'Somebody asked to recover', code, [people.requester.email]);
    const token = mail === undefined ? '' : (tokenIn(mail) ?? '');
    way.loseCommitAfter('UPDATE surveys_recoveryrequest SET status');
    const answer = await service.visit(token, 'POST');
    expect(way.lost()).toBe(1);
    expect([answer.status, answer.text]).toEqual([
      503,
      expect.stringContaining('It is not known whether this is stopped'),
    ]);
    expect(answer.text).not.toContain('Nothing was changed');
    // It was kept, and the same link says so as the page told.
    const [row] = await deployment.sql<{ status: string }>(
      'SELECT status FROM surveys_recoveryrequest WHERE request_code = $1',
      [code],
    );
    expect(row?.status).toBe('cancelled');
    expect((await service.visit(token)).text).toContain('This link does not work any more');
  });

  it('is answered with "Nothing was changed" where that is certain', async () => {
    await deployment.postgres.kill9();
    const answer = await service.visit('cco_x', 'POST');
    await deployment.postgres.restart();
    expect([answer.status, answer.text]).toEqual([
      503,
      expect.stringContaining('Nothing was changed'),
    ]);
  });
});
