/**
 * What is the same for everything that a laptop dies at: the table it is done at, the process it dies in,
 * and what is carried to it.
 * @module
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Participant } from '../../scripts/rehearse/people.ts';
import { startNodeWorker } from '../../electron/worker/node-client.ts';
import { bundleType, type BundleDocument } from '../../shared/bundle/bundle.ts';
import { type Courier, type Laptop, STICKS } from '../support/headless-platform.ts';
import { type InForce, NEXT } from '../support/headless-rotate.ts';
import type { TestSync } from '../support/people.ts';
import type { Death } from './laptop-process.ts';
import { laptopProgram, workerProgram } from './program.ts';
import { sharesOnSticks } from './shares.ts';
import { type Doing, doing, type Told } from './steps.ts';
import { carryTo, openTable, REMEMBERED, type Table } from './table.ts';

export const TOLD: Told = {
  plan: NEXT,
  ceremonyId: '',
  set: { setId: '', generation: 0 },
  fresh: {},
  legacy: [],
};

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

/** What is the same for every table. */
export interface World {
  readonly laptop: Laptop;
  readonly before: InForce;
  readonly platformKey: Uint8Array;
  readonly folder: string;
}

/** What lies on the travelling stick for a ceremony. */
export interface Laid {
  /** Part of the name of its package. */
  readonly package: string;
  /** Knows the words of the ticket, where there is one. */
  readonly pocket?: Participant;
  /** It has its bundle: what it brings. */
  readonly comes: (table: Table, bundle: BundleDocument) => Promise<void>;
}

export const copy = (from: string, to: string) => cp(from, to, { recursive: true });
export const openHere = (root: string): Table =>
  openTable(root, () => startNodeWorker(workerProgram()));

/** In a process of its own, which dies by SIGKILL, or lives and says how many moments there were. */
async function inProcess(told: Omit<Death, 'worker'>): Promise<number | 'killed'> {
  const death: Death = { ...told, worker: workerProgram().href };
  const child = spawn(process.execPath, [laptopProgram()], { stdio: ['pipe', 'pipe', 'pipe'] });
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

/** The bundle that the open ceremony waits with, as it lies on the travelling stick. */
export async function bundleWaiting({ room, rehearsalFolder }: Table): Promise<BundleDocument> {
  const view = await room.until(({ screen }) => screen === 'waiting');
  assert(view.screen === 'waiting');
  const name = `conclave-bundle-${view.bundleDigest.slice(0, 8)}.json`;
  const bytes = await readFile(join(rehearsalFolder, STICKS.sync, name));
  return bundleType.parse(new Uint8Array(bytes), 'rehearsal');
}

export async function onTable<T>(root: string, work: (table: Table) => Promise<T>): Promise<T> {
  const table = openHere(root);
  try {
    return await work(table);
  } finally {
    await table.host.shutdown();
  }
}

/** Done once to its end, which counts the moments; the table of that is the next one's beginning. */
export async function prepared(
  { folder }: Pick<World, 'folder'>,
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

/** Onto the travelling stick of a table that nobody sits at. */
export const courier = (sync: TestSync, root: string): Courier => ({
  sync,
  async carry(kind, digest, bytes) {
    const id = digest.slice(0, 8);
    await writeFile(join(root, 'table', STICKS.sync, `conclave-${kind}-${id}.json`), bytes);
    carryTo(root, { [kind]: id });
    return id;
  },
});

/** A ceremony up to the screen that waits for its receipt, as it dies. */
export interface Dying {
  readonly what: Doing;
  /** Prepared: whatever it needs lies there. */
  readonly base: string;
  readonly told: Told;
  /** For whoever does it once more, where the first attempt is void. */
  readonly again: Told;
  /** Whatever happened: of what was before. */
  readonly holds: (table: Table) => Promise<void>;
  /** It has its bundle: what it brings. */
  readonly comes: (table: Table, bundle: BundleDocument) => Promise<void>;
}

/**
 * It dies at each moment. What was before holds; either its bundle waits and is whole, or it is void, every
 * file with a share that it wrote stands on the list of what is to be destroyed, and it can be done again.
 */
export async function ceremonyThatDies(
  world: Pick<World, 'folder'>,
  { what, base, told, again, holds, comes }: Dying,
): Promise<Prepared> {
  const had = await sharesOnSticks(base);
  const before = await onTable(base, async ({ host }) => (await host.home()).ceremonies);
  const known = new Set(before.map(({ ceremonyId }) => ceremonyId));
  const arrives = async (table: Table) => {
    const bundle = await bundleWaiting(table);
    await holds(table);
    await comes(table, bundle);
  };
  return prepared(world, { what, base, told }, async (root) => {
    const isVoid = await onTable(root, async (table) => {
      await holds(table);
      const { ceremonies } = await table.host.home();
      const begun = ceremonies.find(({ ceremonyId }) => !known.has(ceremonyId));
      if (begun?.standing === 'waiting-for-receipt') {
        await table.host.resume(begun.ceremonyId);
        await arrives(table);
        return false;
      }
      // Before its first line is durable there is no ceremony, and nothing was written for it.
      assert.equal(begun?.standing ?? 'void', 'void');
      const made = (await sharesOnSticks(root)).filter((path) => !had.includes(path));
      for (const path of made) {
        const [file, stick] = [basename(path), basename(dirname(path))];
        // Killed while it was written: the list says whose share it is, and to look for it.
        const share = /share-(\d+)-of-(\d+)/.exec(file);
        const unfinished = `share ${share?.[1]} of ${share?.[2]}, `;
        const isListed = begun?.destroy.some(
          (line) =>
            line.includes(stick) || (line.startsWith(unfinished) && line.includes('look for it')),
        );
        assert(isListed === true, `${file} on ${stick} stands on no list`);
      }
      return true;
    });
    if (!isVoid) return;
    // They come again with what they had: nobody keeps a void share in hand.
    await copy(join(base, REMEMBERED), join(root, REMEMBERED));
    await onTable(root, async (table) => {
      await doing(what, table, again);
      await arrives(table);
    });
  });
}
