/** The commit of survey keys that move dies between two of its writes, or meets what somebody else wrote. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommit } from '../../sync/flows/commit/commit.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { committed, type MadeBundle, receiptFor } from '../support/sync-ceremony.ts';
import { type TestSurvey, vaultPath } from '../support/sync-escrows.ts';
import { commitDies, finishedByStart, killedAt } from '../support/sync-interrupted.ts';
import {
  approvedMove,
  hashSurvey,
  moveWorld,
  type MoveWorld,
  openedByRow,
  storeAsCheckTick,
  storeSealed,
  versionInRow,
} from '../support/sync-move.ts';
import { openReplica } from '../support/sync-replica.ts';
import {
  type Service,
  startServers,
  stopServers,
  type Deployment,
  type Servers,
} from '../support/sync-service.ts';

describe('the commit of survey keys that move', { retry: 0 }, () => {
  let servers: Servers;
  let world: MoveWorld;
  let deployment: Deployment;
  let service: Service;
  let sets: Record<string, TestShareSet>;

  beforeAll(async () => {
    servers = await startServers();
    world = await moveWorld(servers, { own: 0, sealed: 0 });
    ({ deployment, service } = world);
    sets = { v1: world.first, v2: world.second };
  });
  afterAll(async () => {
    await deployment?.stop();
    await stopServers(servers);
  });

  /** Three under v1: two in the first file, one in the second. */
  async function three(): Promise<[TestSurvey, TestSurvey, TestSurvey]> {
    const surveys = (await world.surveys(3)) as [TestSurvey, TestSurvey, TestSurvey];
    const [own, sealed, last] = surveys;
    await storeAsCheckTick(deployment, world.first, own);
    await storeSealed(deployment, world.first, sealed);
    await storeAsCheckTick(deployment, world.first, last);
    for (const survey of surveys) await hashSurvey(deployment, survey);
    return surveys;
  }
  const move = () => approvedMove(world, service.admins, 2);
  const underV2 = async (surveys: readonly TestSurvey[]): Promise<number> => {
    const all = await Promise.all(surveys.map((survey) => versionInRow(deployment, survey)));
    return all.filter((version) => version === 'v2').length;
  };
  /** Every key opens with the platform key that its row names. */
  async function expectAllOpen(surveys: readonly TestSurvey[]): Promise<void> {
    for (const survey of surveys) {
      expect(await openedByRow(world, sets, survey)).toEqual(survey.kek);
    }
  }
  async function expectDone(surveys: readonly TestSurvey[], { digest }: MadeBundle): Promise<void> {
    expect(await underV2(surveys)).toBe(surveys.length);
    await expectAllOpen(surveys);
    const { body } = await receiptFor(service.admins.operator, world.first, digest);
    expect(body).toMatchObject({ kind: 'migrate-escrows', outcome: 'committed' });
    expect(body.statement).toContain(`${surveys.length} survey keys of key version v1 are stored`);
    const [counts] = await deployment.sql(
      `SELECT (SELECT count(*)::int FROM conclave.moved_escrows
                WHERE bundle_digest = decode($1, 'hex')) AS rows,
              (SELECT count(*)::int FROM surveys_auditlog
                WHERE metadata->>'bundle' = $1) AS lines,
              (SELECT count(*)::int FROM conclave.receipts WHERE bundle_digest = decode($1, 'hex'))
                AS receipts,
              (SELECT count(*)::int FROM conclave.move_files) AS files`,
      [digest],
    );
    expect(counts).toEqual({ rows: surveys.length, lines: 1, receipts: 1, files: 0 });
  }

  it.each([
    'intent',
    'rows',
    'vault',
    'written',
    'entry 1.1 vault',
    'entry 1.1 row',
    'entry 1.2 vault',
    'entry 1.2 row',
    'entry 2.1 vault',
    'entry 2.1 row',
    'moved',
    'read-back',
    'receipt',
    'key-destroyed',
  ])('one killed after "%s" is finished by the next start', async (step) => {
    const surveys = await three();
    const made = await move();
    await killedAt(deployment, step, made, service);
    if (['intent', 'rows', 'vault', 'written'].includes(step)) {
      expect(await underV2(surveys)).toBe(0);
      await expectAllOpen(surveys);
    }
    service = await finishedByStart(deployment, made);
    await expectDone(surveys, made);
    await committed(service.admins, made);
    expect(await underV2(surveys)).toBe(3);
  });

  it('stored anew between the reading and the writing: it is left', async () => {
    const surveys = await three();
    const [own] = surveys;
    const made = await move();
    const replica = await openReplica(deployment);
    const kek = own.kek.map((byte) => byte ^ 1);
    await hashSurvey(deployment, { ...own, kek });
    await replica.interrupt(
      `before put ${vaultPath(own)}`,
      () => storeAsCheckTick(deployment, world.first, { ...own, kek }),
      () => runCommit(replica.context, made.digest, replica.operator),
    );
    await replica.close();
    expect(await openedByRow(world, sets, own)).toEqual(kek);
    expect(await underV2(surveys)).toBe(2);
    const { body } = await receiptFor(service.admins.operator, world.first, made.digest);
    expect(body.statement).toContain(
      `1 was left as found: user ${own.userId}, survey ${own.surveyId} (stored anew meanwhile).`,
    );
    // The next move takes it along.
    const again = await move();
    await committed(service.admins, again);
    expect(await openedByRow(world, sets, own)).toEqual(kek);
    expect(await underV2([own])).toBe(1);
  });

  it('two processes at once: each is moved once', async () => {
    const surveys = await three();
    const made = await move();
    const replicas = [await openReplica(deployment), await openReplica(deployment)];
    await Promise.all(
      replicas.map(({ context, operator }) => runCommit(context, made.digest, operator)),
    );
    await Promise.all(replicas.map((replica) => replica.close()));
    await expectDone(surveys, made);
  });

  it('a survey that CheckTick deletes meanwhile is none of its business any more', async () => {
    const surveys = await three();
    const [own, ...others] = surveys;
    const made = await move();
    await deployment.sql('DELETE FROM surveys_usersurveykekescrow WHERE survey_id = $1', [
      own.surveyId,
    ]);
    await deployment.sql('DELETE FROM surveys_survey WHERE id = $1', [own.surveyId]);
    await committed(service.admins, made);
    expect(await underV2(others)).toBe(2);
    await expectAllOpen(others);
  });

  it('Vault is put back to before after "moved": its entries are written again', async () => {
    const surveys = await three();
    const made = await move();
    const before = await Promise.all(
      surveys.map(async (one) => [vaultPath(one), await deployment.kv(vaultPath(one))] as const),
    );
    await service.stop();
    await commitDies(deployment, made, {
      at: 'moved',
      meanwhile: async ({ writeKv }) => {
        for (const [path, data] of before) await writeKv(path, data ?? {});
      },
    });
    service = await finishedByStart(deployment, made);
    await expectDone(surveys, made);
  });

  it('the one-time key is gone in the middle: what moved gets its row, the rest is named', async () => {
    const surveys = await three();
    const [own, sealed, last] = surveys;
    const made = await move();
    await service.stop();
    // The first file is in Vault, the second is not.
    await commitDies(deployment, made, { at: 'entry 1.2 row' });
    const mount = deployment.env['VAULT_MOUNT'] ?? '';
    await deployment.vault.api('DELETE', `${mount}/metadata/conclave/packages/${made.nonce}`);
    service = await deployment.start();
    await committed(service.admins, made);
    await expectAllOpen(surveys);
    expect(await underV2([own, sealed])).toBe(2);
    expect(await versionInRow(deployment, last)).toBe('v1');
    const { body } = await receiptFor(service.admins.operator, world.first, made.digest);
    expect(body.statement).toContain('the one-time key that opens the files was gone');
    await committed(service.admins, await move());
    expect(await underV2(surveys)).toBe(3);
  });

  it('a file that was changed in the database stops it before anything is written', async () => {
    const surveys = await three();
    const made = await move();
    await deployment.sql(
      `UPDATE conclave.move_files SET content = set_byte(content, 700, get_byte(content, 700) # 1)
        WHERE way = 'moved' AND file = 1`,
    );
    await expect(committed(service.admins, made)).rejects.toMatchObject({ code: 'move-altered' });
    expect(await underV2(surveys)).toBe(0);
    await expectAllOpen(surveys);
    await service.admins.approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'altered' });
    await committed(service.admins, await move());
    await expectAllOpen(surveys);
  });
});
