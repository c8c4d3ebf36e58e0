/**
 * The commit of a set that changes `conclave/trust` and nothing else: it dies between two of its writes,
 * meets another's value, or another commit. The same for every kind of such a change.
 * @module
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommit } from '../../sync/flows/commit/commit.ts';
import type { BundleAnswer } from '../../sync/routes/answers.ts';
import type { TestShareSet } from './share-sets.ts';
import { committed, type MadeBundle, receiptFor, withPlatformKey } from './sync-ceremony.ts';
import { commitDies, finishedByStart, killedAt } from './sync-interrupted.ts';
import { openReplica } from './sync-replica.ts';
import type { Rotation } from './sync-rotate.ts';
import { deploy, type Deployment, type Service } from './sync-service.ts';

const TRUST = 'conclave/trust';

/** What differs by kind. */
interface TrustChange {
  readonly kind: 'refresh' | 'add-set';
  /** What CheckTick's own log says of each, as a pattern of LIKE. */
  readonly logged: string;
  /** One that waits to be committed. */
  readonly make: (world: TrustWorld, label: string) => Promise<Rotation>;
  /** The digests that trust names for v1 afterwards. */
  readonly after: (sets: readonly string[], one: Rotation) => string[];
  /** The set that the next one begins from. */
  readonly next: (set: TestShareSet, next: TestShareSet) => TestShareSet;
  /** Before another is made, where there may not be room for it. */
  readonly makeRoom?: (world: TrustWorld) => Promise<void>;
}

/** One deployment with v1, and what must be in force there. */
export interface TrustWorld {
  deployment: Deployment;
  service: Service;
  /** Whose custodians sign, with the newest roster. */
  set: TestShareSet;
  /** The digests that trust names for v1. */
  sets: string[];
  epoch: number;
  trusted(): Promise<string[] | undefined>;
  stateAt(made: MadeBundle): Promise<string>;
  /** It is done, once. */
  expectDone(one: Rotation): Promise<void>;
  /** While the commit of `first` is open, `other` does not begin; once that is done, `other` is refused. */
  expectOneOf(first: MadeBundle, other: MadeBundle, done: () => Promise<void>): Promise<void>;
}

/** Within a `describe`: its deployment, and the tests that every kind passes. */
export function trustCrashes(change: TrustChange): TrustWorld {
  let done = 0;
  const world = {
    epoch: 1,
    async trusted() {
      const trust = (await world.deployment.kv(TRUST)) as { versions: { v1: string[] } } | null;
      return trust?.versions.v1;
    },
    async stateAt({ digest }) {
      return (await world.service.admins.operator.get<BundleAnswer>(`/v1/bundles/${digest}`)).state;
    },
    async expectDone(one) {
      const { next, made } = one;
      world.epoch += 1;
      done += 1;
      world.sets = change.after(world.sets, one);
      expect(await world.trusted()).toEqual(world.sets);
      const { epoch } = world;
      const { body } = await receiptFor(world.service.admins.operator, next, made.digest);
      expect(body).toMatchObject({ kind: change.kind, outcome: 'committed', epoch });
      const [counts] = await world.deployment.sql(
        `SELECT (SELECT count(*)::int FROM surveys_auditlog WHERE message LIKE $1) AS lines,
                (SELECT count(*)::int FROM conclave.receipts r JOIN conclave.bundles b USING (nonce)
                  WHERE b.kind = $2 AND b.state = 'committed') AS receipts,
                (SELECT count(*)::int FROM conclave.intents WHERE finished_at IS NULL) AS open,
                (SELECT epoch::int FROM conclave.settings) AS epoch`,
        [change.logged, change.kind],
      );
      expect(counts).toEqual({ lines: done, receipts: done, open: 0, epoch });
      world.set = change.next(world.set, next);
    },
    async expectOneOf(first, other, then) {
      const [one, second] = [
        await openReplica(world.deployment),
        await openReplica(world.deployment),
      ];
      const codes: string[] = [];
      const rival = () =>
        runCommit(second.context, other.digest, second.operator).then(
          () => codes.push('done'),
          (cause: { code: string }) => codes.push(cause.code),
        );
      const both = () =>
        rival().then(() => {
          throw new Error('died');
        });
      const commit = () => runCommit(one.context, first.digest, one.operator);
      await one.interrupt('step intent', both, commit).catch(() => undefined);
      await Promise.all([one.close(), second.close()]);
      expect(codes).toEqual(['commit-unfinished']);
      await committed(world.service.admins, first);
      await then();
      // It was made before trust moved, and ends with a receipt.
      await expect(committed(world.service.admins, other)).rejects.toMatchObject({
        code: 'trust-moved',
      });
      expect(await world.stateAt(other)).toBe('refused');
      expect(await world.trusted()).toEqual(world.sets);
    },
  } as TrustWorld;

  beforeAll(async () => {
    world.deployment = await deploy();
    world.service = await world.deployment.start();
    world.set = await withPlatformKey(world.deployment, world.service);
    world.sets = [world.set.manifest.digest];
  });
  afterAll(() => world.deployment?.stop());

  const another = async (label: string): Promise<Rotation> => {
    await change.makeRoom?.(world);
    return change.make(world, label);
  };

  it.each(['intent', 'rows', 'vault', 'written', 'read-back', 'receipt'])(
    'one killed after "%s" is finished by the next start',
    async (step) => {
      const one = await another(`after ${step}`);
      await killedAt(world.deployment, step, one.made, world.service);
      const isTrusted = !['intent', 'rows'].includes(step);
      expect(await world.trusted()).toEqual(isTrusted ? change.after(world.sets, one) : world.sets);
      world.service = await finishedByStart(world.deployment, one.made);
      await world.expectDone(one);
      await committed(world.service.admins, one.made);
      expect(await world.trusted()).toEqual(world.sets);
    },
  );

  it('another trust before it has written ends it with a receipt; nothing is written over that', async () => {
    const one = await another('never');
    const { deployment } = world;
    const kept = (await deployment.kv(TRUST)) ?? {};
    await world.service.stop();
    const strange = { ...kept, versions: { v1: ['ab'.repeat(32)] } };
    await commitDies(deployment, one.made, {
      at: 'intent',
      meanwhile: ({ writeKv }) => writeKv(TRUST, strange),
    });
    world.service = await deployment.start();
    await expect(committed(world.service.admins, one.made)).rejects.toMatchObject({
      code: 'set-not-trusted',
    });
    expect(await deployment.kv(TRUST)).toEqual(strange);
    expect(await world.stateAt(one.made)).toBe('refused');
    await deployment.writeKv(TRUST, kept);
  });

  it('another trust after it has written stops it for a person; put back, it goes on', async () => {
    const one = await another('put back');
    const { deployment } = world;
    await world.service.stop();
    let kept: Record<string, unknown> = {};
    await commitDies(deployment, one.made, {
      at: 'written',
      meanwhile: async () => {
        kept = (await deployment.kv(TRUST)) ?? {};
      },
    });
    for (const v1 of [['ab'.repeat(32)], world.sets]) {
      await deployment.writeKv(TRUST, { ...kept, versions: { v1 } });
      world.service = await deployment.start();
      await expect(committed(world.service.admins, one.made)).rejects.toMatchObject({
        code: 'read-back-differs',
        problem: { culprit: 'Vault conclave/trust' },
      });
      expect(await world.stateAt(one.made)).toBe('committing');
      await world.service.stop();
    }
    await deployment.writeKv(TRUST, kept);
    world.service = await deployment.start();
    await committed(world.service.admins, one.made);
    await world.expectDone(one);
  });

  return world;
}
