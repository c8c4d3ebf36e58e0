import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurveyColumn, sealSurveyColumn } from '../../shared/checktick/index.ts';
import { commitBundle } from '../../sync/flows/resume.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedRequest,
  approvedSetup,
  committed,
  type MadeBundle,
  receiptFor,
  recoverBundle,
  releasedPackage,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import type { QueueAnswer } from '../../sync/routes/page-answers.ts';
import { openReplica, type Replica } from '../support/sync-replica.ts';
import {
  deploy,
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
  let replica: Replica;

  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    await stopServers(servers);
  });

  const about = () => ({
    userId: deployment.checktick.people.requester.id,
    surveyId: deployment.checktick.survey.id,
  });
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
    deployment = await deploy({ servers });
    const service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    await committed(service.admins, await approvedSetup(service.admins, set));
    await deployment.escrow(set.platformKey);
    const request = await approvedRequest(service.admins, about());
    ({ code } = request);
    const released = await releasedPackage(service.admins, set, code);
    made = await recoverBundle(service.admins.operator, set, released);
    await service.admins.operator.post('/v1/bundles', made.bytes);
    await service.stop();
    replica = await openReplica(deployment);
    const commit = () => commitBundle(replica.context, replica.operator, made.digest);
    let isWritten = false;
    const die = (): Promise<never> => {
      isWritten = true;
      return Promise.reject(new Error('died'));
    };
    await expect(replica.interrupt('step written', die, commit)).rejects.toThrow();
    expect(isWritten).toBe(true);
    await replica.close();
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
    let own: Uint8Array;
    let words: Record<string, unknown> | null;
    beforeAll(async () => {
      await written();
      own = await ownPassword('his own password');
      words = await deployment.kv(`conclave/claims/${made.digest}`);
      service = await deployment.start();
    });
    afterAll(() => deployment.stop());
    const accept = (name: 'approver1' | 'approver2' | 'both' | 'operator') =>
      service.as(name).approve('difference-accept', made.digest.slice(0, 12), {
        reason: 'the user was asked',
      });

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

    it('the page offers it to approvers, beside the commit to operators', async () => {
      const item = async (name: 'approver1' | 'operator') => {
        const { items } = await service.as(name).get<QueueAnswer>('/v1/queue');
        return items.find(({ subject }) => subject === made.digest);
      };
      expect(await item('approver1')).toMatchObject({
        waitsFor: 'Its commit has begun and is not finished.',
        approve: { action: 'difference-accept', words: false },
        commit: false,
        yours: false,
      });
      expect(await item('operator')).toMatchObject({ approve: null, commit: true, yours: true });
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
      await expect(accept('approver1')).rejects.toMatchObject({ code: 'approved-already' });
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
      const request = await approvedRequest(service.admins, about());
      const released = await releasedPackage(service.admins, set, request.code);
      const next = await recoverBundle(service.admins.operator, set, released);
      await service.admins.operator.post('/v1/bundles', next.bytes);
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
    deployment = await deploy({ servers });
    let service = await deployment.start();
    set = await shareSetFor(service.admins.operator, deployment.mode);
    made = await approvedSetup(service.admins, set);
    await service.stop();
    replica = await openReplica(deployment);
    const tamper = () =>
      deployment.sql(`UPDATE surveys_platformkeyversion SET vault_component = '\\x00'`);
    await expect(
      replica.interrupt('step written', tamper, () =>
        commitBundle(replica.context, replica.operator, made.digest),
      ),
    ).rejects.toMatchObject({ code: 'read-back-differs' });
    await replica.close();
    service = await deployment.start();
    await expect(
      service.admins.approver1.approve('difference-accept', made.digest, { reason: 'no' }),
    ).rejects.toMatchObject({ code: 'difference-never' });
    expect(await stateOf(made)).toBe('committing');
    await deployment.stop();
  });
});
