/**
 * A laptop that dies while a set is renewed, and on the way to the end of the shares of before.
 * @module
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { filesIn } from '../../scripts/rehearse/table-top.ts';
import { carryReceipt, STICKS } from '../support/headless-platform.ts';
import { carryRotatePackage, inForceBy, type InForce, NEXT } from '../support/headless-rotate.ts';
import { carryPlainPackage } from '../support/headless-plain.ts';
import { PAIR } from '../support/headless-steps.ts';
import { fitsItsSet, inForceStill, opensWith } from './shares.ts';
import { doing, type Told } from './steps.ts';
import { rememberTable, type Table } from './table.ts';
import {
  bundleWaiting,
  ceremonyThatDies,
  copy,
  courier,
  onTable,
  prepared,
  type Prepared,
  TOLD,
  type World,
} from './world.ts';

/** The second attempt is another set. */
const AGAIN: Plan = { ...NEXT, label: '2028 D' };
const NONE = { ceremonyId: '' };

/** New shares, or a new key, up to the screen that waits for the receipt. */
export async function renewal(world: World, what: 'new-shares' | 'new-key'): Promise<Prepared> {
  const { laptop, before } = world;
  const kind = what === 'new-shares' ? 'rotate-shares' : 'new-version';
  const base = join(world.folder, what);
  const { pocket, name } = await carryRotatePackage(laptop, before, 1, kind);
  await copy(laptop.root, base);
  rememberTable(base, laptop.people, pocket, { package: name });
  return ceremonyThatDies(world, {
    what,
    base,
    told: TOLD,
    again: { ...TOLD, plan: AGAIN },
    holds: (table) => inForceStill(world, table),
    async comes(table, bundle) {
      const next = await inForceBy(laptop, bundle);
      await (what === 'new-shares' ? opensWith(world, table, next) : fitsItsSet(table, next));
    },
  });
}

/** @returns the set that its bundle brings, and which ceremony waits: sync's receipt lies on the stick now */
async function answered({ laptop }: World, base: string) {
  const bundle = await onTable(base, async (table) => {
    const [{ ceremonyId } = NONE] = (await table.host.home()).ceremonies.filter(
      ({ standing }) => standing === 'waiting-for-receipt',
    );
    await table.host.resume(ceremonyId);
    return bundleWaiting(table);
  });
  await carryReceipt(courier(laptop.sync, base), bundle);
  return { bundle, told: { ...TOLD, ceremonyId: bundle.body.ceremonyId } };
}

/** Sync's receipt, for what the laptop has in the folder. */
export async function receiptOf(world: World, waiting: string): Promise<Prepared> {
  const { laptop, before, folder } = world;
  const base = join(folder, 'receipt');
  await copy(waiting, base);
  const { bundle, told } = await answered(world, base);
  const next = await inForceBy(laptop, bundle);
  return prepared(world, { what: 'receipt', base, told }, (root) =>
    onTable(root, async (table) => {
      const { ceremonies } = await table.host.home();
      const found = ceremonies.find(({ ceremonyId }) => ceremonyId === told.ceremonyId);
      if (found?.standing !== 'closed') await doing('receipt', table, told);
      await table.host.leave();
      const { sets } = await table.host.home();
      const standing = (of: string) => sets.find(({ label }) => label === of)?.standing;
      assert.deepEqual([standing(PAIR.label), standing(NEXT.label)], ['superseded', 'live']);
      for (const set of [before, next]) await opensWith(world, table, set);
    }),
  );
}

/** The set of the new shares, from the bundle that lies on the travelling stick. */
async function renewedOn({ laptop }: World, root: string): Promise<InForce> {
  const files = await filesIn(join(root, 'table', STICKS.sync), /^conclave-bundle-/);
  const bundles = await Promise.all(
    files.map(async (file) => bundleType.parse(new Uint8Array(await readFile(file)), 'rehearsal')),
  );
  const renewed = bundles.find(({ body }) => body.kind === 'rotate-shares');
  assert(renewed !== undefined);
  return inForceBy(laptop, renewed);
}

/** A fresh package brings the new half back, and it fits. */
export async function comparisonOf(world: World, closed: string): Promise<Prepared> {
  const { laptop, before, folder } = world;
  const base = join(folder, 'comparison');
  await copy(closed, base);
  const next = await renewedOn(world, base);
  await onTable(base, async ({ host, room, people, rehearsalFolder }) => {
    const desk = {
      ...courier(laptop.sync, base),
      host,
      room,
      people,
      dataFolder: join(base, 'laptop'),
      stickFolder: (name: 'operator' | 'sync') => join(rehearsalFolder, STICKS[name]),
    };
    const { pocket, name } = await carryRotatePackage(desk, next, 2);
    rememberTable(base, people, pocket, { package: name });
  });
  return prepared(world, { what: 'comparison', base, told: TOLD }, (root) =>
    onTable(root, async (table) => {
      for (const set of [before, next]) await opensWith(world, table, set);
      await table.host.home();
      await doing('comparison', table, TOLD);
      await table.host.leave();
      for (const set of [before, next]) await opensWith(world, table, set);
    }),
  );
}

/** The end of the shares of before. */
export async function destructionOf(world: World, closed: string): Promise<Prepared> {
  const base = join(world.folder, 'destruction');
  await copy(closed, base);
  const next = await renewedOn(world, base);
  return destructionThatDies(world, 'destruction', base, (table) => opensWith(world, table, next));
}

/** The end of the shares of a key version that is retired. */
export async function retiredEnds(world: World, waiting: string): Promise<Prepared> {
  const { laptop, folder } = world;
  const base = join(folder, 'retired');
  await copy(waiting, base);
  const receipt = (told: Told) =>
    onTable(base, async (table) => {
      await doing('receipt', table, told);
      await table.host.leave();
    });
  const made = await answered(world, base);
  await receipt(made.told);
  const next = await inForceBy(laptop, made.bundle);
  const about = {
    kind: 'retire' as const,
    retires: 'v1',
    others: [envelopeToJson(world.before.manifest.envelope)],
    stored: { active: 3, other: 0 },
  };
  await carryPlainPackage(courier(laptop.sync, base), next, about, 2);
  await onTable(base, (table) => doing('retire', table, TOLD));
  await receipt((await answered(world, base)).told);
  return destructionThatDies(world, 'retired', base, (table) => fitsItsSet(table, next));
}

/** @param holds of the shares that stay */
function destructionThatDies(
  world: World,
  what: 'destruction' | 'retired',
  base: string,
  holds: (table: Table) => Promise<void>,
): Promise<Prepared> {
  const { setId, generation } = world.before.manifest.body;
  const told = { ...TOLD, set: { setId, generation } };
  return prepared(world, { what, base, told }, (root) =>
    onTable(root, async (table) => {
      await holds(table);
      const remnants = async () =>
        (await table.host.home()).sets.find(({ label }) => label === PAIR.label)?.remnants;
      if (((await remnants())?.left ?? 0) > 0) {
        await doing(what, table, told);
        await table.host.leave();
      }
      assert.equal((await remnants())?.left, 0);
      await holds(table);
    }),
  );
}
