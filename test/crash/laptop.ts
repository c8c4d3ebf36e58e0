/**
 * A laptop that dies, once at every moment of a ceremony, and what is found on it afterwards: by
 * another process, from the disk, the sticks and what its people remember. Whatever happened, a
 * quorum of shares that exists gives the platform key, what was written is listed, and the ceremony
 * goes on, or is done again, to its end.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLaptop } from '../support/headless-platform.ts';
import { pairInForce } from '../support/headless-rotate.ts';
import { comparisonOf, destructionOf, receiptOf, renewal } from './renewing.ts';
import { keyOf } from './shares.ts';
import { adoptionThatDies, splitThatDies } from './first-set.ts';
import type { Doing } from './steps.ts';
import { rememberTable } from './table.ts';
import { checkThatDies, USING, usingThatDies } from './using.ts';
import { copy, openHere, type Prepared, type World } from './world.ts';

interface Laptops {
  readonly prepared: readonly Prepared[];
  remove(): Promise<void>;
}

/** Each begins where the one before it ended. */
const CHAIN = ['new-shares', 'receipt', 'comparison', 'destruction'] as const;

/**
 * Each prepared on tables of its own.
 * @param kinds which of them
 */
export async function prepareLaptops(kinds: readonly Doing[]): Promise<Laptops> {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-crash-'));
  const laptop = await openLaptop();
  const remove = async () => {
    await laptop.remove();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const all: Prepared[] = [];
    if (kinds.includes('split')) all.push(await splitThatDies(folder));
    if (kinds.includes('adopt')) all.push(await adoptionThatDies(folder));
    if (kinds.some((kind) => kind !== 'split' && kind !== 'adopt')) {
      const before = await pairInForce(laptop);
      const table = join(folder, 'pair');
      await copy(laptop.root, table);
      rememberTable(table, laptop.people, laptop.people.get('nobody'), {});
      const world = { laptop, before, folder, platformKey: await keyOf(openHere(table), before) };
      // None depends on another.
      for (const what of USING)
        if (kinds.includes(what)) all.push(await usingThatDies(world, what));
      if (kinds.includes('check')) all.push(await checkThatDies(world));
      if (kinds.includes('new-key')) all.push(await renewal(world, 'new-key'));
      all.push(...(await chain(world, kinds)));
    }
    return { prepared: all.filter(({ what }) => kinds.includes(what)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** New shares up to the bundle, the receipt, a half compared, the end of the old shares. */
async function chain(world: World, kinds: readonly Doing[]): Promise<Prepared[]> {
  const begin = {
    'new-shares': () => renewal(world, 'new-shares'),
    receipt: (waiting: string) => receiptOf(world, waiting),
    comparison: (closed: string) => comparisonOf(world, closed),
    destruction: (compared: string) => destructionOf(world, compared),
  };
  const last = Math.max(...CHAIN.map((kind, at) => (kinds.includes(kind) ? at : -1)));
  const all: Prepared[] = [];
  for (const kind of CHAIN.slice(0, last + 1)) all.push(await begin[kind](all.at(-1)?.done ?? ''));
  return all;
}
