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
import { type Laptop, openLaptop } from '../support/headless-platform.ts';
import { pairInForce } from '../support/headless-rotate.ts';
import { comparisonOf, destructionOf, receiptOf, renewal, retiredEnds } from './renewing.ts';
import { keyOf } from './shares.ts';
import { adoptionThatDies, splitThatDies } from './first-set.ts';
import type { Doing } from './steps.ts';
import { rememberTable } from './table.ts';
import { checkThatDies, USING, usingThatDies } from './using.ts';
import { copy, openHere, type Prepared, type World } from './world.ts';

/** Each begins where the one before it ended. */
const CHAIN = ['new-shares', 'receipt', 'comparison', 'destruction'] as const;

/**
 * Each prepared on tables of its own when it is asked for, the shortest at the front. They are removed when
 * the caller has done with the last.
 * @param kinds which of them
 */
export async function* prepareLaptops(kinds: ReadonlySet<Doing>): AsyncGenerator<Prepared> {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-crash-'));
  const laptop = await openLaptop();
  try {
    const ofTheFirst = new Set<Doing>(['split', 'adopt']);
    if ([...kinds].some((kind) => !ofTheFirst.has(kind))) yield* withSet(folder, laptop, kinds);
    if (kinds.has('split')) yield await splitThatDies(folder);
    if (kinds.has('adopt')) yield await adoptionThatDies(folder);
  } finally {
    await laptop.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a laptop does with a set in force. */
async function* withSet(
  folder: string,
  laptop: Laptop,
  kinds: ReadonlySet<Doing>,
): AsyncGenerator<Prepared> {
  const before = await pairInForce(laptop);
  const table = join(folder, 'pair');
  await copy(laptop.root, table);
  rememberTable(table, laptop.people, laptop.people.get('nobody'), {});
  const world = { laptop, before, folder, platformKey: await keyOf(openHere(table), before) };
  const renewed = await chain(world, kinds);
  yield* renewed.filter(({ what }) => what !== 'new-shares' && kinds.has(what));
  if (kinds.has('check')) yield await checkThatDies(world);
  // None depends on another.
  for (const what of USING) if (kinds.has(what)) yield await usingThatDies(world, what);
  if (kinds.has('new-key') || kinds.has('retired')) {
    const made = await renewal(world, 'new-key');
    if (kinds.has('retired')) yield await retiredEnds(world, made.done);
    if (kinds.has('new-key')) yield made;
  }
  yield* renewed.filter(({ what }) => what === 'new-shares' && kinds.has(what));
}

/** New shares up to the bundle, the receipt, a half compared, the end of the old shares. */
async function chain(world: World, kinds: ReadonlySet<Doing>): Promise<Prepared[]> {
  const begin = {
    'new-shares': () => renewal(world, 'new-shares'),
    receipt: (waiting: string) => receiptOf(world, waiting),
    comparison: (closed: string) => comparisonOf(world, closed),
    destruction: (compared: string) => destructionOf(world, compared),
  };
  const last = Math.max(...CHAIN.map((kind, at) => (kinds.has(kind) ? at : -1)));
  const all: Prepared[] = [];
  for (const kind of CHAIN.slice(0, last + 1)) all.push(await begin[kind](all.at(-1)?.done ?? ''));
  return all;
}
