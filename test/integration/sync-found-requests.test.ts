import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellOfFound } from '../../sync/flows/requests/found.ts';
import { openPlatform, type Platform } from '../../sync/platform.ts';
import { mailEnv, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import { testConfig } from '../support/sync-config.ts';
import { mailsTo, startMailing, tokenIn } from '../support/sync-public.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';

const SUBMITTED = 'Somebody asked to recover';

/** What stands in CheckTick's table and was never in an admin's hands. */
describe('a request that CheckTick made itself', { retry: 0 }, () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let replicas: Platform[];
  let address: string;

  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    const config = testConfig({ ...deployment.env, ...mailEnv(smtp) });
    replicas = [await openPlatform(config), await openPlatform(config)];
    address = deployment.checktick.people.requester.email;
  }, 120_000);
  afterAll(async () => {
    for (const replica of replicas ?? []) await replica.close();
    await deployment?.stop();
    await smtp?.stop();
  });

  const made = async (code: string, status = 'pending_verification', ago = '0 days') => {
    const { people, survey } = deployment.checktick;
    await deployment.sql(
      `INSERT INTO surveys_recoveryrequest (id, request_code, user_id, survey_id, status,
         submitted_at, time_delay_hours, primary_reason, secondary_reason, rejection_reason,
         cancellation_reason, custodian_component_used, vault_recovery_path, user_context)
       VALUES ($1, $2, $3, $4, $5, now() - $6::interval, 48, '', '', '', '', false, '', '{}')`,
      [randomUUID(), code, people.requester.id, survey.id, status, ago],
    );
  };
  const look = () => Promise.all([...replicas, ...replicas].map((one) => tellOfFound(one)));
  const queued = async (code: string) =>
    deployment.sql<{ recipient: string; body: string }>(
      `SELECT o.recipient, o.body FROM conclave.outbox o JOIN surveys_recoveryrequest r
          ON r.id = o.request_id WHERE r.request_code = $1`,
      [code],
    );

  it('is told to its user once, with a link to object, before any admin has touched it', async () => {
    await made('FND-101-AAA');
    await look();
    await look();
    const mails = await queued('FND-101-AAA');
    expect(mails.map(({ recipient }) => recipient)).toEqual([address]);
    expect(mails[0]?.body).toMatch(/\/object\/cco_/);
  });

  it('is not told where it has ended, is old, or nobody can be reached', async () => {
    await made('FND-102-AAA', 'cancelled');
    await made('FND-103-AAA', 'pending_verification', '31 days');
    const { requester } = deployment.checktick.people;
    const mailOf = (mail: string) =>
      deployment.sql('UPDATE auth_user SET email = $2 WHERE id = $1', [requester.id, mail]);
    await made('FND-104-AAA');
    await mailOf('no address');
    await look();
    await look();
    await mailOf(address);
    for (const code of ['FND-102-AAA', 'FND-103-AAA', 'FND-104-AAA']) {
      expect(await queued(code)).toEqual([]);
    }
    // Written down once, not at every look.
    const events = await deployment.sql(
      `SELECT facts FROM conclave.events WHERE type = 'mail-no-address'`,
    );
    expect(events).toEqual([{ facts: { code: 'FND-104-AAA', told: 'submitted' } }]);
  });

  it('is found by the service itself; the link in the mail stops it', async () => {
    await made('FND-105-AAA');
    const service = await startMailing(deployment, smtp);
    const [mail] = await mailsTo(smtp, SUBMITTED, 'FND-105-AAA', [address]);
    const token = (mail && tokenIn(mail)) ?? '';
    expect((await service.visit(token, 'POST')).status).toBe(200);
    const [row] = await deployment.sql<{ status: string }>(
      `SELECT status FROM surveys_recoveryrequest WHERE request_code = 'FND-105-AAA'`,
    );
    expect(row?.status).toBe('cancelled');
    await service.stop();
  });
});
