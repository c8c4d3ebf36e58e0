/**
 * A laptop that dies, once at every moment of a ceremony, and what is found on it afterwards: by
 * another process, from the disk, the sticks and what its people remember. Whatever happened, a
 * quorum of shares that exists gives the platform key, what was written is listed, and the ceremony
 * goes on, or is done again, to its end.
 * @module
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startNodeWorker } from '../../electron/worker/node-client.ts';
import { openAge } from '../../electron/media/age.ts';
import { readPaperFile } from '../../electron/media/paper/read-file.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { xorComponents } from '../../shared/checktick/index.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { decodeShare, type Share } from '../../shared/sharing/envelope.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import {
  carryReceipt,
  type Courier,
  openLaptop,
  STICKS,
  type Laptop,
} from '../support/headless-platform.ts';
import type { TestSync } from '../support/people.ts';
import {
  carryRotatePackage,
  inForceBy,
  type InForce,
  NEXT,
  pairInForce,
} from '../support/headless-rotate.ts';
import { PAIR } from '../support/headless-steps.ts';
import { filesIn } from '../../scripts/rehearse/table-top.ts';
import type { Death } from './laptop-process.ts';
import { doing, type Doing, type Told } from './steps.ts';
import { carryTo, openTable, REMEMBERED, rememberTable, type Table } from './table.ts';

const PROCESS = fileURLToPath(new URL('./laptop-process.ts', import.meta.url));
const WORKER = new URL('../support/worker-entry.ts', import.meta.url);

/** The second attempt is another set. */
const AGAIN: Plan = { ...NEXT, label: '2028 D' };
const SHARE_FILE = /^conclave-.*share.*\.age$/;
const NONE = { ceremonyId: '' };
const TOLD: Told = { plan: NEXT, ceremonyId: '', set: { setId: '', generation: 0 } };

/** One thing that a laptop dies at, prepared. */
export interface Prepared {
  readonly what: Doing;
  /** How many moments it has. */
  readonly moments: number;
  /** The table after it was done to its end. */
  readonly done: string;
  /** Dies at this one, from 1; fails where anything is not as it has to be. */
  readonly dieAt: (moment: number) => Promise<void>;
}

export interface Laptops {
  readonly prepared: readonly Prepared[];
  remove(): Promise<void>;
}

/** What is the same for every table. */
interface World {
  readonly laptop: Laptop;
  readonly before: InForce;
  readonly platformKey: Uint8Array;
  readonly folder: string;
}

/**
 * A set in force, new shares up to the bundle, the receipt, the end of the old shares; and a new key.
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
    const before = await pairInForce(laptop);
    const split = join(folder, 'split');
    await copy(laptop.root, split);
    rememberTable(split, laptop.people, laptop.people.get('nobody'), {});
    const platformKey = await keyOf(openHere(split), before);
    const world = { laptop, before, platformKey, folder };
    const all: Prepared[] = [];
    if (kinds.includes('new-key')) all.push(await renewal(world, 'new-key'));
    // Each begins where the one before it ended.
    const chain = ['new-shares', 'receipt', 'comparison', 'destruction'] as const;
    const begin = {
      'new-shares': () => renewal(world, 'new-shares'),
      receipt: (waiting: string) => receiptOf(world, waiting),
      comparison: (closed: string) => comparisonOf(world, closed),
      destruction: (compared: string) => destructionOf(world, compared),
    };
    const last = Math.max(...chain.map((kind, at) => (kinds.includes(kind) ? at : -1)));
    for (const kind of chain.slice(0, last + 1))
      all.push(await begin[kind](all.at(-1)?.done ?? ''));
    return { prepared: all.filter(({ what }) => kinds.includes(what)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

const copy = (from: string, to: string) => cp(from, to, { recursive: true });
const openHere = (root: string): Table => openTable(root, () => startNodeWorker(WORKER));

/** In a process of its own, which dies by SIGKILL, or lives and says how many moments there were. */
async function inProcess(death: Death): Promise<number | 'killed'> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROCESS], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(JSON.stringify(death));
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const [said, faults] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const how = await ended;
  if (how === 'SIGKILL') return 'killed';
  assert.equal(how, 'exit code 0', faults);
  return Number(said);
}

/** Shares of the set on what its people have in hand, without Conclave's host. */
async function sharesOf(
  { people, papersOf, rehearsalFolder }: Table,
  { manifest: { body } }: InForce,
) {
  const found = new Map<number, Share>();
  const keep = (share: Share) => {
    const isOfSet = share.setId === body.setId;
    if (isOfSet && share.generation === body.generation) found.set(share.index, share);
    else share.y.fill(0);
  };
  for (const { custodian } of body.shares) {
    const { sheets } = people.get(custodian.name);
    if (sheets.share !== undefined)
      keep(decodeShare((await readPaperFile(sheets.share.slice())).bytes));
    const stick = STICKS[custodian.name as keyof typeof STICKS];
    if (stick === undefined) continue;
    for (const path of await filesIn(join(rehearsalFolder, stick), SHARE_FILE)) {
      const file = new Uint8Array(await readFile(path));
      for (const words of papersOf(custodian.name)) {
        // Those of another paper open nothing.
        const opened = await openAge(file, words).catch(() => null);
        if (opened === null) continue;
        keep(decodeShare(opened));
        break;
      }
    }
  }
  return found;
}

/** The platform key, out of the first k shares that exist and the half that belongs to the set. */
async function keyOf(table: Table, set: InForce): Promise<Uint8Array> {
  const { componentId, checks, threshold } = set.manifest.body;
  const found = [...(await sharesOf(table, set)).values()];
  const component = await combineShares(found.slice(0, threshold), {
    what: 'custodian-component',
    componentId,
    checkValue: checks.custodianComponent,
  });
  return xorComponents(set.half, component);
}

/** The platform key is still the one of before. */
async function opensWith(world: World, table: Table, set: InForce): Promise<void> {
  const key = await keyOf(table, set);
  assert(
    equalBytes(key, world.platformKey),
    `the shares of ${set.manifest.body.label} give another key`,
  );
  key.fill(0);
}

/** Another key: its own check value says that it is the one of that set. */
async function fitsItsSet(table: Table, set: InForce): Promise<void> {
  const { componentId, checks } = set.manifest.body;
  const key = await keyOf(table, set);
  assert(checkValueFits('platform-key', key, componentId, checks.platformKey));
  key.fill(0);
}

/** Files with shares on all sticks. */
async function sharesOnSticks(root: string): Promise<string[]> {
  const sticks = Object.values(STICKS).map((name) => join(root, 'table', name));
  const files = await Promise.all(sticks.map((stick) => filesIn(stick, SHARE_FILE)));
  return files.flat().map((path) => path.slice(root.length));
}

/** The bundle that the open ceremony waits with, as it lies on the travelling stick. */
async function bundleWaiting({ room, rehearsalFolder }: Table): Promise<BundleDocument> {
  const view = await room.until(({ screen }) => screen === 'waiting');
  assert(view.screen === 'waiting');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(rehearsalFolder, STICKS.sync, name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

async function onTable<T>(root: string, work: (table: Table) => Promise<T>): Promise<T> {
  const table = openHere(root);
  try {
    return await work(table);
  } finally {
    await table.host.shutdown();
  }
}

/** Done once to its end, which counts the moments; the table of that is the next one's beginning. */
async function prepared(
  { folder }: World,
  { what, base, told }: { readonly what: Doing; readonly base: string; readonly told: Told },
  after: (root: string) => Promise<void>,
): Promise<Prepared> {
  const done = join(folder, `${what}-done`);
  await copy(base, done);
  const moments = await inProcess({ ...told, what, root: done, dieAt: 0 });
  assert(typeof moments === 'number' && moments > 0);
  return {
    what,
    moments,
    done,
    async dieAt(moment) {
      const root = join(folder, `${what}-${moment}`);
      await copy(base, root);
      const how = await inProcess({ ...told, what, root, dieAt: moment });
      assert.equal(how, 'killed', `it lived, though it was to die at moment ${moment}`);
      await after(root);
      await rm(root, { recursive: true });
    },
  };
}

/** New shares, or a new key, up to the screen that waits for the receipt. */
async function renewal(world: World, what: 'new-shares' | 'new-key'): Promise<Prepared> {
  const { laptop, before } = world;
  const kind = what === 'new-shares' ? 'rotate-shares' : 'new-version';
  const base = join(world.folder, what);
  const { pocket, name } = await carryRotatePackage(laptop, before, 1, kind);
  await copy(laptop.root, base);
  rememberTable(base, laptop.people, pocket, { package: name });
  const had = await sharesOnSticks(base);
  return prepared(world, { what, base, told: TOLD }, async (root) => {
    const isVoid = await onTable(root, async (table) => {
      await opensWith(world, table, before);
      const { sets, ceremonies } = await table.host.home();
      assert.equal(sets.find(({ label }) => label === PAIR.label)?.standing, 'live');
      const begun = ceremonies.find(({ kind: of }) => of !== 'split');
      if (begun?.standing === 'waiting-for-receipt') {
        await table.host.resume(begun.ceremonyId);
        await comes(table);
        return false;
      }
      // Before its first line is durable there is no ceremony, and nothing was written for it.
      assert.equal(begun?.standing ?? 'void', 'void');
      const made = (await sharesOnSticks(root)).filter((path) => !had.includes(path));
      for (const path of made) {
        const stick = basename(dirname(path));
        const isListed = begun?.destroy.some((line) => line.includes(stick)) ?? false;
        assert(isListed, `${basename(path)} on ${stick} stands on no list`);
      }
      return true;
    });
    if (!isVoid) return;
    // They come again with what they had: nobody keeps a void share in hand.
    await copy(join(base, REMEMBERED), join(root, REMEMBERED));
    await onTable(root, async (table) => {
      await doing(what, table, { ...TOLD, plan: AGAIN });
      await comes(table);
    });
  });

  /** The set of the bundle that waits opens, and so does the one in force. */
  async function comes(table: Table): Promise<void> {
    const next = await inForceBy(laptop, await bundleWaiting(table));
    await opensWith(world, table, before);
    await (what === 'new-shares' ? opensWith(world, table, next) : fitsItsSet(table, next));
  }
}

/** Onto the travelling stick of a table that nobody sits at. */
const courier = (sync: TestSync, root: string): Courier => ({
  sync,
  async carry(kind, digest, bytes) {
    const id = digest.slice(0, 8);
    await writeFile(join(root, 'table', STICKS.sync, `conclave-${kind}-${id}.json`), bytes);
    carryTo(root, { [kind]: id });
    return id;
  },
});

/** Sync's receipt, for what the laptop has in the folder. */
async function receiptOf(world: World, waiting: string): Promise<Prepared> {
  const { laptop, before, folder } = world;
  const base = join(folder, 'receipt');
  await copy(waiting, base);
  const { bundle, next } = await onTable(base, async (table) => {
    const [{ ceremonyId } = NONE] = (await table.host.home()).ceremonies.filter(
      ({ standing }) => standing === 'waiting-for-receipt',
    );
    await table.host.resume(ceremonyId);
    const found = await bundleWaiting(table);
    return { bundle: found, next: await inForceBy(laptop, found) };
  });
  await carryReceipt(courier(laptop.sync, base), bundle);
  const told = { ...TOLD, ceremonyId: bundle.body.ceremonyId };
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
async function comparisonOf(world: World, closed: string): Promise<Prepared> {
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
async function destructionOf(world: World, closed: string): Promise<Prepared> {
  const { before, folder } = world;
  const base = join(folder, 'destruction');
  await copy(closed, base);
  const next = await renewedOn(world, base);
  const { setId, generation } = before.manifest.body;
  const told = { ...TOLD, set: { setId, generation } };
  return prepared(world, { what: 'destruction', base, told }, (root) =>
    onTable(root, async (table) => {
      await opensWith(world, table, next);
      const remnants = async () =>
        (await table.host.home()).sets.find(({ label }) => label === PAIR.label)?.remnants;
      if (((await remnants())?.left ?? 0) > 0) {
        await doing('destruction', table, told);
        await table.host.leave();
      }
      assert.equal((await remnants())?.left, 0);
      await opensWith(world, table, next);
    }),
  );
}
