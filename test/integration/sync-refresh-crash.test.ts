/** The commit of refreshed shares dies between two of its writes, or meets another's value. */
import { describe, expect, it } from 'vitest';
import { backupsOf } from '../support/backups.ts';
import { committed, importedRecovery, seededSurvey } from '../support/sync-ceremony.ts';
import { approvedRefresh, refreshPackage } from '../support/sync-refresh.ts';
import { approvedRoster } from '../support/sync-roster.ts';
import { trustCrashes } from '../support/trust-crashes.ts';

const TRUST = 'conclave/trust';

describe('kill -9 between each pair of writes of refreshed shares', { retry: 0 }, () => {
  const world = trustCrashes({
    kind: 'refresh',
    logged: '%were refreshed%',
    make: ({ service, set }) => approvedRefresh(service.admins, set),
    after: (_, { next }) => [next.manifest.digest],
    next: (_, next) => next,
  });

  it('further sets of the version stay as they are', async () => {
    const one = await approvedRefresh(world.service.admins, world.set);
    const kept = (await world.deployment.kv(TRUST)) ?? {};
    const further = 'cd'.repeat(32);
    await world.deployment.writeKv(TRUST, {
      ...kept,
      versions: { v1: [world.set.manifest.digest, further] },
    });
    await committed(world.service.admins, one.made);
    expect(await world.trusted()).toEqual([one.next.manifest.digest, further]);
    const after = (await world.deployment.kv(TRUST)) ?? {};
    await world.deployment.writeKv(TRUST, {
      ...after,
      versions: { v1: [one.next.manifest.digest] },
    });
    await world.expectDone(one);
  });

  it('beside another change of trust neither begins while the other is open', async () => {
    const { admins } = world.service;
    const roster = await approvedRoster(admins, world.set);
    const one = await approvedRefresh(admins, world.set);
    await world.expectOneOf(roster, one.made, async () => {
      world.epoch += 1;
    });
    world.set = { ...world.set, roster: roster.roster };
  });

  it('a backup of one side stops it; of both, the shares of before work again, as does the commit', async () => {
    const backups = backupsOf(world.deployment);
    const one = await approvedRefresh(world.service.admins, world.set);
    await backups.take('before');
    await world.service.stop();
    world.service = await world.deployment.start();
    await committed(world.service.admins, one.made);
    await backups.take('after');
    await world.service.stop();
    for (const [database, vault] of [
      ['before', 'after'],
      ['after', 'before'],
    ] as const) {
      await backups.restoreDatabase(database);
      await backups.restoreVault(vault);
      world.service = await world.deployment.start();
      await expect(refreshPackage(world.service.admins.operator, world.set)).rejects.toMatchObject({
        code: 'trust-epoch-mismatch',
      });
      await world.service.stop();
    }
    await backups.restoreDatabase('before');
    await backups.restoreVault('before');
    world.service = await world.deployment.start();
    expect(await world.trusted()).toEqual([world.set.manifest.digest]);
    const recovery = await importedRecovery(
      world.service.admins,
      world.set,
      seededSurvey(world.deployment),
    );
    expect((await committed(world.service.admins, recovery)).state).toBe('committed');
    await committed(world.service.admins, one.made);
    expect(await world.trusted()).toEqual([one.next.manifest.digest]);
  });
});
