import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalAction } from '../../shared/bundle/approval.ts';
import { ticketType } from '../../shared/bundle/ticket.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { eightWords } from '../../shared/encoding/words.ts';
import { listAdmins } from '../../sync/admins/admins.ts';
import type { PackageAnswer, RequestAnswer } from '../../sync/routes/answers.ts';
import type { QueueAnswer, QueueItem } from '../../sync/routes/page-answers.ts';
import { queueFor } from '../../sync/routes/queue.ts';
import { traceDatabase } from '../../sync/tracing/traced.ts';
import type { Tracing } from '../../sync/tracing/tracing.ts';
import { makeTicket } from '../support/documents.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  recoverBundle,
  releasedPackage,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { ProblemAnswer } from '../support/sync-client.ts';
import { openReplica } from '../support/sync-replica.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const CHECKED = { checks: ['photo-id', 'video'], reference: 'file 17' };
const ADMINS = ['operator', 'approver1', 'approver2', 'both', 'auditor'] as const;
const ACTIONS: Readonly<Record<QueueItem['kind'], ApprovalAction>> = {
  request: 'request-approve',
  package: 'package-release',
  bundle: 'bundle-approve',
  admin: 'admin-confirm',
};

describe('the queue', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;

  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
  });
  afterAll(() => deployment.stop());

  const about = () => ({
    userId: deployment.checktick.people.requester.id,
    surveyId: deployment.checktick.survey.id,
  });
  const request = (change: object = {}): Promise<RequestAnswer> =>
    service.admins.operator.post('/v1/requests', {
      ...about(),
      delayHours: 0,
      reason: 'forgotten',
      ...CHECKED,
      ...change,
    });
  const approve = (who: 'approver1' | 'approver2', action: ApprovalAction, subject: string) =>
    service.as(who).approve(action, subject, { reason: 'looked at' });
  async function packageFor({ code }: RequestAnswer): Promise<PackageAnswer> {
    const ticket = await makeTicket(set);
    return service.admins.operator.post<PackageAnswer>('/v1/packages/recover', {
      requestCode: code,
      ticket: Buffer.from(ticketType.toBytes(ticket.document)).toString('base64'),
      words: eightWords(hexToBytes(ticket.document.digest)),
    });
  }

  /** Two of everything that can wait for an approver, at each of its stages. */
  async function fill(): Promise<void> {
    for (let turn = 0; turn < 2; turn += 1) {
      await service.admins.operator.post('/v1/requests', { ...about(), reason: 'forgotten' });
      await request();
      const one = await request();
      await approve('approver1', 'request-approve', one.code);
      const late = await request({ delayHours: 48 });
      for (const who of ['approver1', 'approver2'] as const) {
        await approve(who, 'request-approve', late.code);
      }
      await packageFor(late);
      await packageFor(await approvedRequest(service.admins, about()));
      const half = await packageFor(await approvedRequest(service.admins, about()));
      await approve('approver2', 'package-release', half.nonce);
      // Its request was changed beside sync.
      const back = await approvedRequest(service.admins, about());
      await packageFor(back);
      await deployment.sql(
        `UPDATE surveys_recoveryrequest SET primary_approver_id = NULL WHERE request_code = $1`,
        [back.code],
      );
      // Another address than the escrowed one: two approve the bundle.
      const differs = await approvedRequest(service.admins, {
        ...about(),
        email: 'another@example.org',
      });
      const flow = await releasedPackage(service.admins, set, differs.code);
      const made = await recoverBundle(service.admins.operator, set, flow);
      await service.admins.operator.post('/v1/bundles', made.bytes);
      if (turn === 1) await approve('approver1', 'bundle-approve', made.digest);
    }
  }

  it('offers exactly the approvals that would be shown, to each admin, and gives the reason of the others', async () => {
    await fill();
    const seen: string[] = [];
    for (const name of ADMINS) {
      const caller = service.as(name);
      const { items } = await caller.get<QueueAnswer>('/v1/queue');
      const asked = items.filter(
        ({ approve: open, notYours }) => open !== null || notYours !== null,
      );
      for (const { kind, subject, approve: open, notYours } of asked) {
        const found = await caller.show(ACTIONS[kind], subject, { reason: 'looked at' }).then(
          ({ statement }) => statement.subject,
          (cause: unknown) => {
            if (!(cause instanceof ProblemAnswer)) throw cause;
            return cause.problem;
          },
        );
        if (open !== null) expect(found).toBe(subject);
        else if (found instanceof Object && found.code === 'wrong-role') {
          expect(notYours).toBe('You are no approver.');
        } else expect(found).toMatchObject({ title: notYours });
        seen.push(`${name} ${kind}: ${found instanceof Object ? found.code : 'open'}`);
      }
    }
    expect([...new Set(seen)].sort()).toEqual([
      'approver1 bundle: approved-already',
      'approver1 bundle: open',
      'approver1 package: approvals-missing',
      'approver1 package: open',
      'approver1 package: request-waits',
      'approver1 request: approved-already',
      'approver1 request: open',
      'approver2 bundle: open',
      'approver2 package: approvals-missing',
      'approver2 package: approved-already',
      'approver2 package: open',
      'approver2 package: request-waits',
      'approver2 request: open',
      'auditor bundle: wrong-role',
      'auditor package: wrong-role',
      'auditor request: wrong-role',
      'both bundle: own-approval',
      'both package: own-approval',
      'both request: own-approval',
      'operator bundle: wrong-role',
      'operator package: wrong-role',
      'operator request: wrong-role',
    ]);
  });

  it('asks the database the same number of times, however much there is', async () => {
    const replica = await openReplica(deployment);
    let statements = 0;
    const counting: Pick<Tracing, 'span'> = {
      span: (_name, _facts, work) => {
        statements += 1;
        return work();
      },
    };
    const database = traceDatabase(replica.context.database, counting);
    const admin = (await listAdmins(database)).find(({ name }) => name === 'approver1');
    if (admin === undefined) throw new Error('there is no such admin');
    const ask = async () => {
      statements = 0;
      const { items } = await queueFor({ ...replica.context, database }, admin);
      return { items: items.length, statements };
    };
    try {
      const before = await ask();
      await fill();
      const after = await ask();
      expect(after.items).toBeGreaterThan(before.items + 10);
      expect(after.statements).toBe(before.statements);
      expect(after.statements).toBeLessThan(40);
    } finally {
      await replica.close();
    }
  });
});
