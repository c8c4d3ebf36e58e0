import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchAlerts } from '../../sync/alerts/alerts.ts';
import { createMetrics } from '../../sync/metrics/metrics.ts';
import { openPlatform, type Platform } from '../../sync/platform.ts';
import type { AlertsAnswer } from '../../sync/routes/alerts.ts';
import type { BundleAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import { mailEnv, startSmtp, type TestSmtp } from '../servers/smtp.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  askedPackage,
  committed,
  recoverBundle,
  releasedPackage,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { testConfig } from '../support/sync-config.ts';
import { approvedRoster, rosterBundle } from '../support/sync-roster.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

/** Alerts that name an admin, or wait for one, on real flows. */
describe('alerts about what admins do and leave', { retry: 0 }, () => {
  let smtp: TestSmtp;
  let deployment: Deployment;
  let service: Service;
  let platform: Platform;
  let set: TestShareSet;

  beforeAll(async () => {
    smtp = await startSmtp();
    deployment = await deploy();
    const mail = mailEnv(smtp);
    service = await deployment.start({ env: mail });
    set = await withPlatformKey(deployment, service);
    platform = await openPlatform(testConfig({ ...deployment.env, ...mail }));
  }, 120_000);
  afterAll(async () => {
    await platform?.close();
    await deployment?.stop();
    await smtp?.stop();
  });

  const about = () => ({
    userId: deployment.checktick.people.requester.id,
    surveyId: deployment.checktick.survey.id,
  });
  const open = async (kind: string): Promise<string[]> => {
    await watchAlerts(platform);
    const { alerts } = await service.as('auditor').get<AlertsAnswer>('/v1/alerts');
    return alerts
      .filter((one) => one.kind === kind && one.closedAt === null)
      .map(({ subject }) => subject);
  };

  it('bundles that ended because trust had changed are nobody’s refusals', async () => {
    const stale = [];
    for (const _ of [1, 2, 3]) stale.push(await rosterBundle(service.admins.operator, set));
    const made = await approvedRoster(service.admins, set);
    await committed(service.admins, made);
    set = { ...set, roster: made.roster };
    for (const { bytes, digest } of stale) {
      const { state } = await service.admins.operator.post<BundleAnswer>('/v1/bundles', bytes);
      expect(state).toBe('refused');
      const events = await deployment.sql(
        `SELECT admin_id AS by FROM conclave.events
          WHERE type = 'bundle-refused' AND subject = decode($1, 'hex')`,
        [digest],
      );
      expect(events).toEqual([{ by: null }]);
    }
    expect(await open('refusals-by-admin')).toEqual([]);
  });

  it('cancelling and ending claims count as refusing does', async () => {
    const { operator } = service.admins;
    for (const _ of [1, 2]) {
      const { code } = await operator.post<RequestAnswer>('/v1/requests', {
        ...about(),
        delayHours: 0,
        reason: 'forgotten',
        checks: ['photo-id', 'video'],
        reference: '17',
      });
      await operator.post(`/v1/requests/${code}/cancel`, { reason: 'asked twice' });
    }
    expect(await open('refusals-by-admin')).toEqual([]);
    const { email } = deployment.checktick.people.requester;
    const { code } = await approvedRequest(service.admins, { ...about(), email });
    const flow = await releasedPackage(service.admins, set, code);
    const made = await recoverBundle(operator, set, flow);
    await operator.post('/v1/bundles', made.bytes);
    await committed(service.admins, made);
    await operator.post(`/v1/bundles/${made.digest}/claim-end`, { reason: 'the wrong person' });
    expect(await open('refusals-by-admin')).toEqual(['admin operator']);
  });

  it('a package, a disabling and an invitation wait for a second admin', async () => {
    await deployment.escrow(set.platformKey);
    const { operator, approver1, approver2 } = service.admins;
    const { code } = await approvedRequest(service.admins, about());
    const { nonce } = await askedPackage(operator, set, code);
    const [both] = await deployment.sql<{ id: string }>(
      `SELECT id FROM conclave.admins WHERE name = 'both'`,
    );
    const disable = { reason: 'has left' };
    await approver1.approve('admin-disable', both?.id ?? '', disable);
    const numbers = async () => (await createMetrics(platform)).read();
    expect(await numbers()).toContain('conclave_approvals_waiting{subject="disabling"} 1');
    expect(await open('approval-waiting')).toEqual([]);
    await clockShowed(deployment, '31 minutes');
    expect((await open('approval-waiting')).sort()).toEqual([
      'disabling of both',
      `package ${nonce.slice(0, 8)}`,
    ]);
    await approver2.approve('admin-disable', both?.id ?? '', disable);
    expect(await numbers()).toContain('conclave_approvals_waiting{subject="disabling"} 0');
    // The person is free to be an admin again.
    const subject = `${about().userId}:auditor:newcomer`;
    await approver1.approve('admin-invite', subject, { reason: 'is back' });
    expect((await open('approval-waiting')).sort()).toEqual([
      'invitation of newcomer',
      `package ${nonce.slice(0, 8)}`,
    ]);
    for (const one of [approver1, approver2]) {
      await one.approve('package-release', nonce, { reason: 'as requested' });
    }
    expect(await open('approval-waiting')).toEqual(['invitation of newcomer']);
  });
});
