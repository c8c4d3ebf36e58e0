import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurveyColumn, sealSurveyColumn } from '../../shared/checktick/index.ts';
import { watchAlerts } from '../../sync/alerts/alerts.ts';
import { createMetrics } from '../../sync/metrics/metrics.ts';
import type { AlertsAnswer } from '../../sync/routes/alerts.ts';
import { eventsAgo } from '../support/sync-tricks.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  releasedPackage,
  seededSurvey,
} from '../support/sync-ceremony.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { openReplica, type Replica } from '../support/sync-replica.ts';
import { interruptedRecovery, interruptedSetup } from '../support/sync-interrupted.ts';
import {
  type Deployment,
  type Servers,
  type Service,
  startServers,
  stopServers,
} from '../support/sync-service.ts';

/** A commit dies when all is written, and CheckTick writes there before anybody goes on with it. */
describe('CheckTick changes what an interrupted recovery wrote', { retry: 0 }, () => {
  let servers: Servers;
  let deployment: Deployment;
  let set: TestShareSet;
  let made: MadeBundle;
  let code: string;

  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    await stopServers(servers);
  });

  const about = () => seededSurvey(deployment);
  const columnPlace = (name: string) => `database survey ${about().surveyId}, ${name}`;
  const escrowPlace = () =>
    `Vault users/${about().userId}/surveys/${about().surveyId}/recovery-kek`;
  const stateOf = async ({ digest }: MadeBundle) => {
    const [row] = await deployment.sql<{ state: string }>(
      `SELECT state FROM conclave.bundles WHERE digest = decode($1, 'hex')`,
      [digest],
    );
    return row?.state;
  };
  const columns = async (): Promise<{ password: Buffer; recovery: Buffer | null }[]> =>
    deployment.sql(
      `SELECT encrypted_kek_password AS password, encrypted_kek_recovery AS recovery
         FROM surveys_survey`,
    );
  const diary = (type: string) =>
    deployment.sql(
      `SELECT facts FROM conclave.events WHERE type = $1 AND subject = decode($2, 'hex')`,
      [type, made.digest],
    );

  /** Everything up to the death of the commit; no service runs afterwards. */
  async function written(): Promise<void> {
    ({ deployment, set, made, code } = await interruptedRecovery(servers, { at: 'written' }));
  }

  /** As CheckTick does when the user sets a password of his own: no phrase is left. */
  async function ownPassword(password: string): Promise<Uint8Array> {
    const words = new TextEncoder().encode(password);
    const column = await sealSurveyColumn('passphrase', words, deployment.checktick.kek);
    await deployment.sql(
      `UPDATE surveys_survey SET encrypted_kek_password = $1, encrypted_kek_recovery = NULL`,
      [Buffer.from(column)],
    );
    return column;
  }

  describe('the user set a password of his own', () => {
    let service: Service;
    let replica: Replica;
    let own: Uint8Array;
    let words: Record<string, unknown> | null;
    beforeAll(async () => {
      await written();
      own = await ownPassword('his own password');
      words = await deployment.kv(`conclave/claims/${made.digest}`);
      service = await deployment.start();
      replica = await openReplica(deployment);
    });
    afterAll(async () => {
      await replica.close();
      await deployment.stop();
    });
    const accept = (name: 'approver1' | 'approver2' | 'both' | 'operator') =>
      service.as(name).approve('difference-accept', made.digest.slice(0, 12), {
        reason: 'the user was asked',
      });

    /** What those on call are told of as waiting. */
    const alerted = async (): Promise<string[]> => {
      await watchAlerts(replica.context);
      const { alerts } = await service.as('auditor').get<AlertsAnswer>('/v1/alerts');
      return alerts.flatMap(({ kind, closedAt, subject }) =>
        kind === 'approval-waiting' && closedAt === null && subject.startsWith('difference')
          ? subject
          : [],
      );
    };
    const counted = async (): Promise<string | undefined> => {
      const text = await (await createMetrics(replica.context)).read();
      return /^conclave_approvals_waiting\{subject="difference"\} (\d+)$/m.exec(text)?.[1];
    };
    const item = async (name: 'approver1' | 'approver2' | 'both' | 'operator') => {
      const { items } = await service.as(name).get<QueueAnswer>('/v1/queue');
      return items.find(({ subject }) => subject === made.digest);
    };

    it('the commit does not end by itself, and everything else of that key version waits', async () => {
      await expect(committed(service.admins, made)).rejects.toMatchObject({
        code: 'read-back-differs',
      });
      await expect(
        service.admins.operator.post('/v1/packages/setup', { keyVersion: 'v1' }),
      ).rejects.toThrow();
      const request = await approvedRequest(service.admins, about());
      await expect(releasedPackage(service.admins, set, request.code)).rejects.toMatchObject({
        code: 'commit-unfinished',
      });
      await expect(
        service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'no' }),
      ).rejects.toMatchObject({ code: expect.stringMatching(/bundle-state|commit-unfinished/) });
    });

    it('those on call hear of it after half an hour, and it is counted until it has ended', async () => {
      expect(await alerted()).toEqual([]);
      expect(await counted()).toBe('1');
      await eventsAgo(deployment, '31 minutes');
      expect(await alerted()).toEqual([`difference of bundle ${made.digest.slice(0, 8)}`]);
    });

    it('the page offers it to approvers, beside the commit to operators', async () => {
      expect(await item('approver1')).toMatchObject({
        waitsFor:
          'Its commit cannot end: not all that it wrote is there, or can be proved. Waits for that to be put right, or for 2 more approvers.',
        // Neither refusing it nor time ends it: neither is shown.
        stop: [],
        expiresAt: null,
        approve: { action: 'difference-accept', words: false },
        commit: false,
        yours: true,
      });
      expect(await item('operator')).toMatchObject({ approve: null, commit: true, yours: true });
      // The user himself, who is an approver, too.
      expect(await item('both')).toMatchObject({
        approve: null,
        notYours: expect.stringContaining('You asked for this') as string,
      });
    });

    it('an approver reads what stands there, place by place, and nobody concerned may accept it', async () => {
      const entry = { reason: 'the user was asked' };
      const { statement } = await service.admins.approver1.show(
        'difference-accept',
        made.digest,
        entry,
      );
      const facts = statement.facts.map(([label, value]) => `${label}: ${value}`);
      expect(facts).toContainEqual(
        expect.stringMatching(
          `^difference 1: ${columnPlace('encrypted_kek_password')}: ${own.length} bytes that the one-time passphrase does not open`,
        ),
      );
      expect(facts).toContain(
        `difference 2: ${columnPlace('encrypted_kek_recovery')}: it is empty`,
      );
      expect(facts).toContain(`as it was written: database request ${code}; ${escrowPlace()}`);
      await expect(accept('operator')).rejects.toMatchObject({ code: 'wrong-role' });
      // The user himself, who is an approver, too.
      await expect(accept('both')).rejects.toMatchObject({ code: 'own-approval' });
    });

    it('one is not enough, and one approval of this with one of that is not two', async () => {
      expect((await accept('approver1')).bundle?.state).toBe('committing');
      // It changes hands, and waits anew.
      expect(await alerted()).toEqual([]);
      await expect(accept('approver1')).rejects.toMatchObject({ code: 'approved-already' });
      expect(await item('approver1')).toMatchObject({ approve: null, yours: false });
      expect(await item('approver2')).toMatchObject({
        waitsFor: expect.stringMatching(/or for 1 more approver\.$/) as string,
        yours: true,
      });
      own = await ownPassword('another password');
      expect((await accept('approver2')).bundle?.state).toBe('committing');
      await expect(committed(service.admins, made)).rejects.toMatchObject({
        code: 'read-back-differs',
      });
      expect(await stateOf(made)).toBe('committing');
    });

    it('two accept the same: it ends, and the receipt claims nothing of these places', async () => {
      expect((await accept('approver1')).bundle?.state).toBe('committed');
      const { body } = await receiptFor(service.admins.operator, set, made.digest);
      expect(body.outcome).toBe('committed');
      expect(body.readBack).toEqual([`database request ${code}`, escrowPlace()]);
      expect(body.statement).toBe(
        `The recovery of survey ${about().surveyId} for user ${about().userId} (request ${code}) was written. Not read back, because it was changed before: ${columnPlace('encrypted_kek_password')}; ${columnPlace('encrypted_kek_recovery')}. Two approvers accepted that. Of what opens the survey now, this receipt says nothing.`,
      );
      expect(await diary('difference-accepted')).toHaveLength(3);
      const places = ['encrypted_kek_password', 'encrypted_kek_recovery'].map(columnPlace);
      // Once for each password that was set, however often the commit was tried.
      expect(await diary('difference-found')).toMatchObject([
        { facts: { places } },
        { facts: { places } },
      ]);
      expect(await counted()).toBe('0');
      expect(await diary('bundle-committed')).toEqual([
        {
          facts: {
            readBack: body.readBack,
            notReadBack: ['encrypted_kek_password', 'encrypted_kek_recovery'].map(columnPlace),
          },
        },
      ]);
      await expect(accept('approver2')).rejects.toMatchObject({ code: 'bundle-state' });
    });

    it('nothing was written over, the passphrase is the same, and the key version is free again', async () => {
      expect(await columns()).toEqual([{ password: Buffer.from(own), recovery: null }]);
      expect(await deployment.kv(`conclave/claims/${made.digest}`)).toEqual(words);
      const { passphrase } = await service.admins.operator.post<{ passphrase: string }>(
        `/v1/bundles/${made.digest}/passphrase`,
      );
      expect(passphrase).toBe(words?.['passphrase']);
      const next = await importedRecovery(service.admins, set, about());
      expect(await committed(service.admins, next)).toMatchObject({ state: 'committed' });
      const [row] = await columns();
      const shown = await service.admins.operator.post<{ passphrase: string }>(
        `/v1/bundles/${next.digest}/passphrase`,
      );
      const phrase = new TextEncoder().encode(shown.passphrase);
      expect(
        await openSurveyColumn('passphrase', phrase, new Uint8Array(row?.password ?? [])),
      ).toEqual(deployment.checktick.kek);
    });
  });

  it('put right between the first approval and the second: there is nothing to accept, and it ends as always', async () => {
    await written();
    const [before] = await columns();
    await ownPassword('his own password');
    const service = await deployment.start();
    const { approver1, approver2 } = service.admins;
    await approver1.approve('difference-accept', made.digest, { reason: 'asked' });
    const open = await approver2.show('difference-accept', made.digest, { reason: 'asked' });
    await deployment.sql(
      'UPDATE surveys_survey SET encrypted_kek_password = $1, encrypted_kek_recovery = $1',
      [before?.password],
    );
    await expect(approver2.sign(open)).rejects.toMatchObject({
      code: expect.stringMatching(/difference-none|bundle-state/) as string,
    });
    await committed(service.admins, made);
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body.readBack).toHaveLength(4);
    expect(body.statement).toContain('no longer open it');
    await deployment.stop();
  });

  it('the survey was deleted with all that belongs to it: named, and it can be ended', async () => {
    await written();
    await deployment.sql(
      `UPDATE surveys_auditlog SET survey_id = NULL; DELETE FROM surveys_recoveryauditentry; DELETE FROM surveys_usersurveykekescrow;
       DELETE FROM surveys_recoveryrequest; DELETE FROM surveys_survey`,
    );
    const service = await deployment.start();
    for (const approver of [service.admins.approver1, service.admins.approver2]) {
      await approver.approve('difference-accept', made.digest, { reason: 'the ward is closed' });
    }
    const { body } = await receiptFor(service.admins.operator, set, made.digest);
    expect(body).toMatchObject({ outcome: 'committed', readBack: [] });
    expect(body.statement).toContain(
      `${columnPlace('encrypted_kek_password')}; ${columnPlace('encrypted_kek_recovery')}; database request ${code}; the stored key of survey`,
    );
    await deployment.stop();
  });

  it('a setup that is not there as it was written is never accepted', async () => {
    ({ deployment, made } = await interruptedSetup(servers, {
      at: 'written',
      meanwhile: (on) => on.sql(`UPDATE surveys_platformkeyversion SET vault_component = '\\x00'`),
    }));
    const service = await deployment.start();
    await expect(committed(service.admins, made)).rejects.toMatchObject({
      code: 'read-back-differs',
    });
    await expect(
      service.admins.approver1.approve('difference-accept', made.digest, { reason: 'no' }),
    ).rejects.toMatchObject({ code: 'difference-never' });
    expect(await stateOf(made)).toBe('committing');
    await deployment.stop();
  });
});
