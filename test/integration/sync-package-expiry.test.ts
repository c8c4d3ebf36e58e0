import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Admin, listAdmins } from '../../sync/admins/admins.ts';
import { APPROVABLES } from '../../sync/flows/actions.ts';
import { approveStatement, openStatement } from '../../sync/approvals/statements.ts';
import { endDue } from '../../sync/flows/endings/due.ts';
import { finishOpenCommits } from '../../sync/flows/commit/resume.ts';
import type { PackageAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  askedPackage,
  committed,
  type PackageFlow,
  recoverBundle,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
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
  let ticket: PackageFlow['ticket'];
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
    ({ nonce, ticket } = await askedPackage(service.admins.operator, set, code));
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
                WHERE kind = 'package-release'
                  AND convert_from(statement, 'utf8')::jsonb ->> 'subject' = $1) AS approvals
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
    // Nobody makes it last longer beside sync.
    const { operator } = service.admins;
    const made = await recoverBundle(operator, set, { nonce, ticket });
    await operator.post('/v1/bundles', made.bytes);
    const last = (interval: string) =>
      deployment.sql(
        `UPDATE conclave.packages SET expires_at = expires_at + $2::interval
          WHERE nonce = decode($1, 'hex')`,
        [nonce, interval],
      );
    await last('1 day');
    await expect(committed(service.admins, made)).rejects.toThrow(refused('end-altered'));
    await last('-1 day');
    expect((await committed(service.admins, made)).state).toBe('committed');
    await deployment.escrow(set.platformKey);
    await service.stop();
  });

  it('that Vault’s seal keeps back is not answered as if nothing had been approved', async () => {
    service = await deployment.start();
    const { approver2 } = service.admins;
    const open = await approver2.show('package-release', nonce, reason);
    await deployment.vault.seal();
    try {
      const answer = await approver2.sign(open).catch((cause: unknown) => cause);
      expect(answer).toMatchObject({
        code: 'release-unfinished',
        problem: { changed: 'yes', detail: expect.stringMatching(/^Both approvals stand\./) },
      });
      expect(await row()).toMatchObject({ state: 'requested', approvals: 2, digest: null });
    } finally {
      await deployment.vault.unseal();
    }
    const again = await service.admins.approver1.approve('package-release', nonce, reason);
    expect(again.package?.state).toBe('released');
    await service.stop();
  });

  it('an approved request ends when the check of its person is old', async () => {
    service = await deployment.start();
    const { people, survey } = deployment.checktick;
    const about = { userId: people.requester.id, surveyId: survey.id };
    const half = await service.admins.operator.post<RequestAnswer>('/v1/requests', {
      ...about,
      delayHours: 0,
      reason: 'forgotten',
      checks: ['photo-id', 'video'],
      reference: '17',
    });
    const { approver1, approver2 } = service.admins;
    const { statement } = await approver1.show('request-approve', half.code, reason);
    const good = Date.parse(statement.expiresAt ?? '') - Date.parse(half.checks[0]?.at ?? '');
    expect(good).toBe(30 * 86_400_000);
    await approver1.approve('request-approve', half.code, reason);
    const { code } = await approvedRequest(service.admins, about);
    await clockShowed(deployment, '31 days');
    await expect(approver2.show('request-approve', half.code, reason)).rejects.toThrow(
      refused('check-aged'),
    );
    const late = await askedPackage(service.admins.operator, set, code);
    await expect(approver1.show('package-release', late.nonce, reason)).rejects.toThrow(
      refused('check-aged'),
    );
    await approver1.post(`/v1/requests/${code}/reject`, { reason: 'too old' });
    await service.stop();
  });
});
