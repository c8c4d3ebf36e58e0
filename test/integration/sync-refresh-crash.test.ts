/** The commit of refreshed shares dies between two of its writes, or meets another's value. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommit } from '../../sync/flows/commit.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import { backupsOf } from '../support/backups.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { commitDies, finishedByStart, killedAt } from '../support/sync-interrupted.ts';
import { approvedRefresh, refreshPackage } from '../support/sync-refresh.ts';
import { openReplica } from '../support/sync-replica.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import type { Rotation } from '../support/sync-rotate.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const TRUST = 'conclave/trust';

describe('kill -9 between each pair of writes of refreshed shares', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  let set: TestShareSet;
  let epoch = 1;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
  });
  afterAll(() => deployment?.stop());

  const trusted = async () => {
    const trust = (await deployment.kv(TRUST)) as { versions: { v1: string[] } } | null;
    return trust?.versions.v1;
  };
  const stateAt = async ({ digest }: MadeBundle): Promise<string> =>
    (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;

  /** It is done, once; the new generation is the one that the next refresh begins from. */
  async function expectDone({ next, made }: Rotation): Promise<void> {
    epoch += 1;
    expect(await trusted()).toEqual([next.manifest.digest]);
    const { body } = await receiptFor(service.admins.operator, next, made.digest);
    expect(body).toMatchObject({ kind: 'refresh', outcome: 'committed', epoch });
    const [counts] = await deployment.sql(
      `SELECT (SELECT count(*)::int FROM surveys_auditlog WHERE message LIKE '%were refreshed%') AS lines,
              (SELECT count(*)::int FROM conclave.receipts r JOIN conclave.bundles b USING (nonce)
                WHERE b.kind = 'refresh' AND b.state = 'committed') AS receipts,
              (SELECT count(*)::int FROM conclave.intents WHERE finished_at IS NULL) AS open,
              (SELECT epoch::int FROM conclave.settings) AS epoch`,
    );
    expect(counts).toEqual({ lines: epoch - 1, receipts: epoch - 1, open: 0, epoch });
    set = next;
  }

  it.each(['intent', 'rows', 'vault', 'written', 'read-back', 'receipt'])(
    'one killed after "%s" is finished by the next start',
    async (step) => {
      const one = await approvedRefresh(service.admins, set);
      await service.stop();
      await killedAt(deployment, step, one.made);
      const isTrusted = !['intent', 'rows'].includes(step);
      expect(await trusted()).toEqual([(isTrusted ? one.next : set).manifest.digest]);
      service = await finishedByStart(deployment, one.made);
      await expectDone(one);
      await committed(service.admins, one.made);
      expect(await trusted()).toEqual([one.next.manifest.digest]);
    },
  );

  it('another trust before it has written ends it with a receipt; nothing is written over that', async () => {
    const one = await approvedRefresh(service.admins, set);
    const kept = (await deployment.kv(TRUST)) ?? {};
    await service.stop();
    const strange = { ...kept, versions: { v1: ['ab'.repeat(32)] } };
    await commitDies(deployment, one.made, {
      at: 'intent',
      meanwhile: ({ writeKv }) => writeKv(TRUST, strange),
    });
    service = await deployment.start();
    await expect(committed(service.admins, one.made)).rejects.toMatchObject({
      code: 'set-not-trusted',
    });
    expect(await deployment.kv(TRUST)).toEqual(strange);
    expect(await stateAt(one.made)).toBe('refused');
    await deployment.writeKv(TRUST, kept);
  });

  it('another trust after it has written stops it for a person; put back, it goes on', async () => {
    const one = await approvedRefresh(service.admins, set);
    await service.stop();
    let kept: Record<string, unknown> = {};
    await commitDies(deployment, one.made, {
      at: 'written',
      meanwhile: async () => {
        kept = (await deployment.kv(TRUST)) ?? {};
        await deployment.writeKv(TRUST, { ...kept, versions: { v1: ['ab'.repeat(32)] } });
      },
    });
    service = await deployment.start();
    await expect(committed(service.admins, one.made)).rejects.toMatchObject({
      code: 'read-back-differs',
      problem: { culprit: 'Vault conclave/trust' },
    });
    expect(await stateAt(one.made)).toBe('committing');
    await deployment.writeKv(TRUST, kept);
    await committed(service.admins, one.made);
    await expectDone(one);
  });

  it('further sets of the version stay as they are', async () => {
    const one = await approvedRefresh(service.admins, set);
    const kept = (await deployment.kv(TRUST)) ?? {};
    const further = 'cd'.repeat(32);
    await deployment.writeKv(TRUST, {
      ...kept,
      versions: { v1: [set.manifest.digest, further] },
    });
    await committed(service.admins, one.made);
    expect(await trusted()).toEqual([one.next.manifest.digest, further]);
    const after = (await deployment.kv(TRUST)) ?? {};
    await deployment.writeKv(TRUST, { ...after, versions: { v1: [one.next.manifest.digest] } });
    await expectDone(one);
  });

  it('beside another change of trust neither begins while the other is open', async () => {
    const roster = await approvedRoster(service.admins, set);
    const one = await approvedRefresh(service.admins, set);
    const [first, second] = [await openReplica(deployment), await openReplica(deployment)];
    const codes: string[] = [];
    const rival = () =>
      runCommit(second.context, one.made.digest, second.operator).then(
        () => codes.push('done'),
        (cause: { code: string }) => codes.push(cause.code),
      );
    const both = () =>
      rival().then(() => {
        throw new Error('died');
      });
    const commit = () => runCommit(first.context, roster.digest, first.operator);
    await first.interrupt('step intent', both, commit).catch(() => undefined);
    await Promise.all([first.close(), second.close()]);
    expect(codes).toEqual(['commit-unfinished']);
    await committed(service.admins, roster);
    epoch += 1;
    // It was made before trust moved, and ends with a receipt.
    await expect(committed(service.admins, one.made)).rejects.toMatchObject({
      code: 'trust-moved',
    });
    expect(await stateAt(one.made)).toBe('refused');
    set = { ...set, roster: roster.roster };
  });

  it('a backup of one side stops it; of both, the shares of before work again, as does the commit', async () => {
    const backups = backupsOf(deployment);
    const one = await approvedRefresh(service.admins, set);
    await backups.take('before');
    await service.stop();
    service = await deployment.start();
    await committed(service.admins, one.made);
    await backups.take('after');
    await service.stop();
    for (const [database, vault] of [
      ['before', 'after'],
      ['after', 'before'],
    ] as const) {
      await backups.restoreDatabase(database);
      await backups.restoreVault(vault);
      service = await deployment.start();
      await expect(refreshPackage(service.admins.operator, set)).rejects.toMatchObject({
        code: 'trust-epoch-mismatch',
      });
      await service.stop();
    }
    await backups.restoreDatabase('before');
    await backups.restoreVault('before');
    service = await deployment.start();
    expect(await trusted()).toEqual([set.manifest.digest]);
    const recovery = await importedRecovery(service.admins, set, seededSurvey(deployment));
    expect((await committed(service.admins, recovery)).state).toBe('committed');
    await committed(service.admins, one.made);
    expect(await trusted()).toEqual([one.next.manifest.digest]);
  });
});
