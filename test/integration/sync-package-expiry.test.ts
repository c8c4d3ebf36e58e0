import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Admin, listAdmins } from '../../sync/admins/admins.ts';
import { APPROVABLES } from '../../sync/approvals/actions.ts';
import { approveStatement, openStatement } from '../../sync/approvals/statements.ts';
import { endDue } from '../../sync/flows/due.ts';
import { finishOpenCommits } from '../../sync/flows/resume.ts';
import type { PackageAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { approvedRequest, askedPackage, withPlatformKey } from '../support/sync-ceremony.ts';
import { proofBy } from '../support/sync-client.ts';
import { openReplica, type Replica } from '../support/sync-replica.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';
import { clockShowed } from '../support/sync-tricks.ts';

const reason = { reason: 'as requested' };
const refused = (code: string) => expect.objectContaining({ code }) as Error;

/** A package with secrets is asked for, and its time ends before two have released it. */
describe('a package that is not released in time', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let replica: Replica;
  let set: TestShareSet;
  let nonce: string;
  let approver: Admin;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
    await service.stop();
    replica = await openReplica(deployment);
    const admins = await listAdmins(replica.context.database);
    approver = admins.find(({ name }) => name === 'approver2') as Admin;
  }, 120_000);
  afterAll(async () => {
    await replica?.close();
    await deployment?.stop();
  });
  /** One approver has signed; no service runs, so nothing ends by itself. */
  beforeEach(async () => {
    service = await deployment.start();
    const { people, survey } = deployment.checktick;
    const about = { userId: people.requester.id, surveyId: survey.id };
    const { code } = await approvedRequest(service.admins, about);
    ({ nonce } = await askedPackage(service.admins.operator, set, code));
    await service.admins.approver1.approve('package-release', nonce, reason);
    await service.stop();
  }, 60_000);

  const show = () =>
    openStatement(replica.context, APPROVABLES, approver, {
      action: 'package-release',
      subject: nonce,
      ...reason,
    });
  const sign = async (open: Awaited<ReturnType<typeof show>>) =>
    approveStatement(replica.context, APPROVABLES, approver, {
      id: open.id,
      proof: await proofBy(deployment.signers.approver2, open),
    });
  const row = async () => {
    const [found] = await deployment.sql(
      `SELECT state, document_digest AS digest,
              EXISTS (SELECT FROM conclave.receipts r WHERE r.nonce = p.nonce) AS receipt,
              (SELECT count(*)::int FROM conclave.approvals
                WHERE kind = 'package-release' AND at >= p.created_at) AS approvals
         FROM conclave.packages p WHERE nonce = decode($1, 'hex')`,
      [nonce],
    );
    return found;
  };

  it('is shown with its end, and nobody approves it afterwards, whoever read it before', async () => {
    const open = await show();
    const [asked] = await deployment.sql<{ until: Date }>(
      `SELECT expires_at AS until FROM conclave.packages WHERE nonce = decode($1, 'hex')`,
      [nonce],
    );
    expect(Date.parse(open.statement.expiresAt ?? '')).toBe(
      Math.floor((asked?.until.getTime() ?? NaN) / 1_000) * 1_000,
    );
    await clockShowed(deployment, '8 days');
    await expect(show()).rejects.toThrow(refused('release-expired'));
    await deployment.sql(`UPDATE conclave.challenges SET expires_at = expires_at + '9 days'`);
    await expect(sign(open)).rejects.toThrow(refused('release-expired'));
    expect(await row()).toMatchObject({ state: 'requested', approvals: 1, receipt: false });
  });

  it('ends by itself without a receipt, and a new one can be asked for', async () => {
    await clockShowed(deployment, '8 days');
    await Promise.all([endDue(replica.context), endDue(replica.context)]);
    expect(await row()).toMatchObject({ state: 'expired', receipt: false });
    const events = await deployment.sql(
      `SELECT 1 FROM conclave.events WHERE type = 'package-expired' AND facts ->> 'nonce' = $1`,
      [nonce],
    );
    expect(events).toHaveLength(1);
    await expect(show()).rejects.toThrow(refused('package-state'));
    service = await deployment.start();
    const { items } = await service.as('auditor').get<QueueAnswer>('/v1/queue');
    expect(items.find(({ subject }) => subject === nonce)).toMatchObject({
      open: false,
      files: [],
      expiresAt: null,
    });
    await service.stop();
  });

  it('keeps its secrets when its time ends in the middle of the release; the key is destroyed', async () => {
    const open = await show();
    const released = replica.interrupt(
      'after put conclave/packages',
      () => clockShowed(deployment, '8 days'),
      () => sign(open),
    );
    await expect(released).rejects.toThrow(refused('release-expired'));
    expect(await row()).toMatchObject({ state: 'requested', approvals: 2, digest: null });
    expect(await deployment.kv(`conclave/packages/${nonce}`)).not.toBeNull();
    await endDue(replica.context);
    await finishOpenCommits(replica.context);
    expect(await row()).toMatchObject({ state: 'expired', digest: null, receipt: false });
    expect(await deployment.kv(`conclave/packages/${nonce}`)).toBeNull();
  });

  it('released in time keeps the end that both signed', async () => {
    const before = await show();
    await clockShowed(deployment, '3 minutes');
    await sign(before);
    service = await deployment.start();
    const found = await service.as('auditor').get<PackageAnswer>(`/v1/packages/${nonce}`);
    expect(found).toMatchObject({ state: 'released', expiresAt: before.statement.expiresAt });
    await service.stop();
  });
});
