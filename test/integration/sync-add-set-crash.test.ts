/** The commit of a further set dies between two of its writes, meets another's value, or another commit. */
import { describe, expect, it } from 'vitest';
import { approvedFurtherSet, heldWith } from '../support/sync-add-set.ts';
import { committed, importedRecovery, seededSurvey } from '../support/sync-ceremony.ts';
import { approvedRotation } from '../support/sync-rotate.ts';
import { trustCrashes, type TrustWorld } from '../support/trust-crashes.ts';

const another = ({ service, set }: TrustWorld, label: string) =>
  approvedFurtherSet(heldWith(service.admins, set), set, { label });

/** New shares, where there are four sets: then there is one again, and room for others. */
async function makeRoom(world: TrustWorld): Promise<void> {
  if (world.sets.length < 4) return;
  const { service, set } = world;
  const { next, made } = await approvedRotation(heldWith(service.admins, set), set);
  await committed(service.admins, made);
  world.epoch += 1;
  world.set = next;
  world.sets = [next.manifest.digest];
  expect(await world.trusted()).toEqual(world.sets);
}

describe('kill -9 between each pair of writes of a further set', { retry: 0 }, () => {
  const world = trustCrashes({
    kind: 'add-set',
    logged: 'A further share set%',
    make: another,
    after: (sets, { next }) => [...sets, next.manifest.digest],
    // The first set stays the one that signs, with the roster of the newest.
    next: (set, { roster, cast }) => ({ ...set, roster, cast: { ...set.cast, all: cast.all } }),
    makeRoom,
  });

  it('of two at the same time one is committed, and the other ends with a receipt', async () => {
    await makeRoom(world);
    const one = await another(world, 'first');
    const other = await another(world, 'second');
    await world.expectOneOf(one.made, other.made, () => world.expectDone(one));
    const admins = heldWith(world.service.admins, world.set);
    const recovery = await importedRecovery(admins, world.set, seededSurvey(world.deployment));
    expect((await committed(world.service.admins, recovery)).state).toBe('committed');
  });
});
