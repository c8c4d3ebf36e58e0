/** The commit of a further set dies between two of its writes, meets another's value, or another commit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommit } from '../../sync/flows/commit.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import { approvedFurtherSet, heldWith } from '../support/sync-add-set.ts';
import {
  committed,
  importedRecovery,
  type MadeBundle,
  receiptFor,
  seededSurvey,
  withPlatformKey,
} from '../support/sync-ceremony.ts';
import { commitDies, finishedByStart, killedAt } from '../support/sync-interrupted.ts';
import { openReplica } from '../support/sync-replica.ts';
import { approvedRotation, type Rotation } from '../support/sync-rotate.ts';
import { deploy, type Deployment, type Service } from '../support/sync-service.ts';

const TRUST = 'conclave/trust';

describe('kill -9 between each pair of writes of a further set', { retry: 0 }, () => {
  let deployment: Deployment;
  let service: Service;
  /** The first set, with the newest roster. */
  let set: TestShareSet;
  let sets: string[];
  let epoch = 1;
  let added = 0;
  beforeAll(async () => {
    deployment = await deploy();
    service = await deployment.start();
    set = await withPlatformKey(deployment, service);
    sets = [set.manifest.digest];
  });
  afterAll(() => deployment?.stop());

  const trusted = async () => {
    const trust = (await deployment.kv(TRUST)) as { versions: { v1: string[] } } | null;
    return trust?.versions.v1;
  };
  const stateAt = async ({ digest }: MadeBundle): Promise<string> =>
    (await service.admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;
  const another = (label: string) =>
    approvedFurtherSet(heldWith(service.admins, set), set, { label });

  /** It is done, once; its roster is the one that the next set begins from. */
  async function expectDone({ next, made }: Rotation): Promise<void> {
    epoch += 1;
    added += 1;
    sets = [...sets, next.manifest.digest];
    expect(await trusted()).toEqual(sets);
    const { body } = await receiptFor(service.admins.operator, next, made.digest);
    expect(body).toMatchObject({ kind: 'add-set', outcome: 'committed', epoch });
    const [counts] = await deployment.sql(
      `SELECT (SELECT count(*)::int FROM surveys_auditlog WHERE message LIKE 'A further share set%') AS lines,
              (SELECT count(*)::int FROM conclave.receipts r JOIN conclave.bundles b USING (nonce)
                WHERE b.kind = 'add-set' AND b.state = 'committed') AS receipts,
              (SELECT count(*)::int FROM conclave.intents WHERE finished_at IS NULL) AS open,
              (SELECT epoch::int FROM conclave.settings) AS epoch`,
    );
    expect(counts).toEqual({ lines: added, receipts: added, open: 0, epoch });
    set = { ...set, roster: next.roster, cast: { ...set.cast, all: next.cast.all } };
  }

  /** New shares, so that there is one set again and room for others. */
  async function renew(): Promise<void> {
    const { next, made } = await approvedRotation(heldWith(service.admins, set), set);
    await committed(service.admins, made);
    epoch += 1;
    set = next;
    sets = [next.manifest.digest];
    expect(await trusted()).toEqual(sets);
  }

  it.each(['intent', 'rows', 'vault', 'written', 'read-back', 'receipt'])(
    'one killed after "%s" is finished by the next start',
    async (step) => {
      if (sets.length === 4) await renew();
      const one = await another(`after ${step}`);
      await service.stop();
      await killedAt(deployment, step, one.made);
      const isTrusted = !['intent', 'rows'].includes(step);
      expect(await trusted()).toEqual(isTrusted ? [...sets, one.next.manifest.digest] : sets);
      service = await finishedByStart(deployment, one.made);
      await expectDone(one);
      await committed(service.admins, one.made);
      expect(await trusted()).toEqual(sets);
    },
  );

  it('another trust before it has written ends it with a receipt; nothing is written over that', async () => {
    await renew();
    const one = await another('never');
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
    const one = await another('put back');
    await service.stop();
    let kept: Record<string, unknown> = {};
    await commitDies(deployment, one.made, {
      at: 'written',
      meanwhile: async () => {
        kept = (await deployment.kv(TRUST)) ?? {};
        await deployment.writeKv(TRUST, { ...kept, versions: { v1: sets } });
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

  it('of two at the same time one is committed, and the other ends with a receipt', async () => {
    const one = await another('first');
    const other = await another('second');
    const [first, second] = [await openReplica(deployment), await openReplica(deployment)];
    const codes: string[] = [];
    const rival = () =>
      runCommit(second.context, other.made.digest, second.operator).then(
        () => codes.push('done'),
        (cause: { code: string }) => codes.push(cause.code),
      );
    const both = () =>
      rival().then(() => {
        throw new Error('died');
      });
    const commit = () => runCommit(first.context, one.made.digest, first.operator);
    await first.interrupt('step intent', both, commit).catch(() => undefined);
    await Promise.all([first.close(), second.close()]);
    expect(codes).toEqual(['commit-unfinished']);
    await committed(service.admins, one.made);
    await expectDone(one);
    await expect(committed(service.admins, other.made)).rejects.toMatchObject({
      code: 'trust-moved',
    });
    expect(await stateAt(other.made)).toBe('refused');
    expect(await trusted()).toEqual(sets);
    const recovery = await importedRecovery(
      heldWith(service.admins, set),
      set,
      seededSurvey(deployment),
    );
    expect((await committed(service.admins, recovery)).state).toBe('committed');
  });
});
