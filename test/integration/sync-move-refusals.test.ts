/** What sync refuses of survey keys that move, what it does not do while they do, and recoveries afterwards. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MovedSurveyKey } from '../../shared/bundle/move-batch.ts';
import { runCommit } from '../../sync/flows/commit/commit.ts';
import { finishMoveReleases, releaseMove } from '../../sync/flows/packages/move.ts';
import type { BundleAnswer, PackageAnswer } from '../../sync/routes/answers.ts';
import { committed, importedRecovery } from '../support/sync-ceremony.ts';
import {
  approvedMove,
  askedMove,
  moveBundle,
  movedBy,
  movePackage,
  moveWorld,
  type MoveWorld,
  type OpenedMove,
  storeAsCheckTick,
  versionInRow,
} from '../support/sync-move.ts';
import { openReplica } from '../support/sync-replica.ts';
import { type Service, startServers, stopServers, type Servers } from '../support/sync-service.ts';
import { approvedChange } from '../support/sync-version.ts';

describe('survey keys that move', { retry: 0 }, () => {
  let servers: Servers;
  let world: MoveWorld;
  let service: Service;
  let opened: OpenedMove;
  let results: MovedSurveyKey[][];

  beforeAll(async () => {
    servers = await startServers();
    world = await moveWorld(servers, { own: 2, sealed: 3 });
    ({ service } = world);
  });
  afterAll(async () => {
    await world?.deployment.stop();
    await stopServers(servers);
  });

  const packageAt = (nonce: string) =>
    service.admins.operator.get<PackageAnswer>(`/v1/packages/${nonce}`);

  it('leave by two approvals alone, and one at a time: an interruption costs one file', async () => {
    const { deployment, first } = world;
    const asked = await askedMove(deployment, first, 2);
    const { nonce } = asked;
    const replica = await openReplica(deployment);
    // No time for any file; then time for all, and nobody has approved.
    await releaseMove(replica.context, nonce, -1);
    expect((await packageAt(nonce)).files).toEqual({ there: 0, of: 3 });
    await finishMoveReleases(replica.context);
    expect((await packageAt(nonce)).files).toEqual({ there: 0, of: 3 });
    await expect(releaseMove(replica.context, nonce)).rejects.toMatchObject({
      code: 'approvals-missing',
    });
    await replica.close();
    expect(await packageAt(nonce)).toMatchObject({
      state: 'requested',
      files: { there: 3, of: 3 },
    });
    const { operator, approver1 } = service.admins;
    const fetched = (as: typeof operator) => as.get(`/v1/packages/${nonce}/files/1`);
    await expect(fetched(operator)).rejects.toMatchObject({ code: 'package-state' });
    opened = await movePackage(service.admins, first, asked);
    await expect(fetched(approver1)).rejects.toMatchObject({ code: 'wrong-role' });
    results = await movedBy(opened, first);
  });

  it('a release that dies between two files is finished by the next start', async () => {
    const { deployment, first } = world;
    const { nonce } = await askedMove(deployment, first, 2);
    const release = (of: Service, who: 'approver1' | 'approver2') =>
      of.admins[who].approve('package-release', nonce, { reason: 'as agreed' });
    await release(service, 'approver1');
    await service.stop();
    const dying = await deployment.start({ dieAt: 'packed 2' });
    await expect(release(dying, 'approver2')).rejects.toThrow();
    await dying.child.ended;
    service = await deployment.start();
    await vi.waitFor(
      async () => {
        expect(await packageAt(nonce)).toMatchObject({
          state: 'released',
          files: { there: 3, of: 3 },
        });
      },
      { timeout: 30_000, interval: 200 },
    );
  });

  it('come back as those that went out, each for its own place; else the bundle ends', async () => {
    const { operator, approver1 } = service.admins;
    const [[one, two] = [], ...rest] = results;
    if (one === undefined || two === undefined || !('sealed' in one) || !('sealed' in two)) {
      throw new Error('both move');
    }
    for (const wrong of [
      // Another's escrow under its name; exchanged; one left out; of another survey.
      [{ ...one, sealed: two.sealed }, two],
      [two, one],
      [one],
      [{ ...one, surveyId: one.surveyId + 1_000 }, two],
    ]) {
      const counts = {
        moved: 4,
        notCompared: 1,
        stays: { 'not-opened': 0, 'not-the-surveys': 0, 'sealed-without-hash': 1 },
      };
      const made = await moveBundle(world, opened, {
        results: [wrong, ...rest],
        change: { counts },
      });
      const before = await operator.post<BundleAnswer>('/v1/bundles', made.bytes);
      expect(before.files).toEqual({ there: 0, of: 3 });
      const [file = new Uint8Array()] = made.files;
      await expect(operator.post(`/v1/bundles/${made.digest}/files`, file)).rejects.toMatchObject({
        code: 'move-file-differs',
      });
      await approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'not as it went out' });
      // The package is spent: the next one is asked for.
      const asked = await askedMove(world.deployment, world.first, 2);
      opened = await movePackage(service.admins, world.first, asked);
    }
  });

  it('add up to what the bundle says, which is what approvers read', async () => {
    const { operator, approver1 } = service.admins;
    const counts = {
      moved: 3,
      notCompared: 0,
      stays: { 'not-opened': 1, 'not-the-surveys': 0, 'sealed-without-hash': 1 },
    };
    const made = await moveBundle(world, opened, { results, change: { counts } });
    await operator.post('/v1/bundles', made.bytes);
    const bring = (file: Uint8Array) => operator.post(`/v1/bundles/${made.digest}/files`, file);
    const [first, second, last] = made.files as [Uint8Array, Uint8Array, Uint8Array];
    await bring(first);
    await bring(second);
    await expect(bring(last)).rejects.toMatchObject({ code: 'move-counts-differ' });
    const { files } = await operator.get<BundleAnswer>(`/v1/bundles/${made.digest}`);
    expect(files).toEqual({ there: 2, of: 3 });
    await approver1.post(`/v1/bundles/${made.digest}/refuse`, { reason: 'other numbers' });
    await expect(bring(last)).rejects.toMatchObject({ code: 'package-key-missing' });
  });

  it('while they move no change of trust begins, and none between the approval and the commit', async () => {
    const { deployment, first, second, own } = world;
    const { admins } = service;
    const made = await approvedMove(world, admins, 2);
    const back = await approvedChange(admins, { ...second }, 'activate', 'v1');
    const [one, two] = [await openReplica(deployment), await openReplica(deployment)];
    const codes: string[] = [];
    const meanwhile = () =>
      runCommit(two.context, back.digest, two.operator).then(
        () => codes.push('done'),
        (cause: { code: string }) => codes.push(cause.code),
      );
    await one.interrupt('step written', meanwhile, () =>
      runCommit(one.context, made.digest, one.operator),
    );
    expect(codes).toEqual(['commit-unfinished']);
    await Promise.all([one.close(), two.close()]);
    const [unhashed] = own;
    if (unhashed === undefined) throw new Error('there is one');
    expect(await versionInRow(deployment, unhashed)).toBe('v2');

    // What was packaged before another version became active ends with a receipt.
    const [late] = await world.surveys(1);
    if (late === undefined) throw new Error('a survey was made');
    await storeAsCheckTick(deployment, first, late);
    const next = await approvedMove(world, admins, 2);
    await committed(admins, back);
    await expect(committed(admins, next)).rejects.toMatchObject({ code: 'trust-moved' });
    expect(await versionInRow(deployment, late)).toBe('v1');
    await committed(admins, await approvedChange(admins, first, 'activate', 'v2'));
  });

  it('are recovered by the shares of the other version; that no address went along is no surprise', async () => {
    const { second, own } = world;
    const [moved] = own;
    if (moved === undefined) throw new Error('there is one');
    const { kek: _, ...survey } = moved;
    const made = await importedRecovery(service.admins, second, survey);
    expect(made.kek).toEqual(moved.kek);
    const { state, facts } = await service.admins.operator.get<BundleAnswer>(
      `/v1/bundles/${made.digest}`,
    );
    expect(state).toBe('waiting');
    expect(facts['escrowed e-mail address']).toContain('none');
    expect((await committed(service.admins, made)).state).toBe('committed');
  });
});
