/**
 * `npm run soak`: sync under load and under faults, as real processes beside a real Vault and
 * PostgreSQL. Prints figures; fails when something was lost, done twice, or grew.
 *
 *     npm run soak                          every part: hours
 *     npm run soak -- storm outages         these parts
 *     npm run soak -- outages --bundles 10000 --commits 500
 *     npm run soak -- escrows --escrows 10000
 *     npm run soak -- memory --minutes 60
 *     npm run soak -- move --keys 100000 --derived 20
 *     npm run soak -- move-sync --keys 5000
 *     npm run soak -- --json FILE           every figure as well
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../bench/report.ts';
import { builtSync } from '../support/sync-built.ts';
import { soakEscrows } from './escrows.ts';
import { soakMemory } from './memory.ts';
import { moveLines, soakMove } from './move.ts';
import { moveSyncLines, soakMoveSync } from './move-sync.ts';
import { soakOutages } from './outages.ts';
import { soakQueue } from './queue.ts';
import {
  escrowsLines,
  memoryLine,
  memoryVerdict,
  outagesLines,
  queueLines,
  stormLines,
} from './report.ts';
import { soakStorm } from './storm.ts';

const PARTS = ['storm', 'outages', 'escrows', 'queue', 'memory', 'move', 'move-sync'] as const;
type Part = (typeof PARTS)[number];
const NUMBERS = [
  'submissions',
  'at-once',
  'bundles',
  'commits',
  'escrows',
  'batch',
  'replicas',
  'rounds',
  'minutes',
  'rate',
  'keys',
  'derived',
] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    submissions: { type: 'string', default: '1000' },
    'at-once': { type: 'string', default: '200' },
    bundles: { type: 'string', default: '10000' },
    // All of them take more than an hour on two cores.
    commits: { type: 'string', default: '500' },
    escrows: { type: 'string', default: '10000' },
    batch: { type: 'string', default: '20' },
    all: { type: 'boolean', default: false },
    replicas: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '9' },
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '2' },
    keys: { type: 'string', default: '100000' },
    derived: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

function amount(name: (typeof NUMBERS)[number]): number {
  const value = Number(values[name]);
  if (value > 0 && (Number.isInteger(value) || name === 'rate')) return value;
  console.error(`--${name} takes a number above 0.`);
  process.exit(2);
}

const unknown = positionals.filter((part) => !PARTS.some((one) => one === part));
if (unknown.length > 0) {
  console.error(`Parts: ${PARTS.join(', ')}.`);
  process.exit(2);
}
const {
  submissions,
  'at-once': atOnce,
  bundles,
  commits,
  escrows,
  batch,
  replicas,
  rounds,
  minutes,
  rate,
  keys,
  derived,
} = Object.fromEntries(NUMBERS.map((name) => [name, amount(name)])) as Record<
  (typeof NUMBERS)[number],
  number
>;
const folder = await mkdtemp(path.join(tmpdir(), 'conclave-soak-'));
const onProgress = (line: string): void => console.log(`  … ${line}`);

const RUN: Record<Part, () => Promise<{ readonly good: boolean }>> = {
  async storm() {
    console.log(
      `storm: ${submissions} submissions of one bundle, its commit and its receipt, ${atOnce} at once, at ${replicas} replicas`,
    );
    const found = await soakStorm({ replicas, submissions, atOnce });
    console.log(stormLines(found));
    return found;
  },
  async outages() {
    const committing = values.all ? bundles : Math.min(commits, bundles);
    console.log(
      `outages: ${bundles} bundles taken in and ${committing} of them committed, at ${replicas} replicas`,
    );
    const found = await soakOutages({ bundles, commits: committing, replicas, onProgress });
    console.log(outagesLines(found));
    return found;
  },
  async escrows() {
    console.log(`escrows: ${escrows} survey keys, ${batch} in a request, at ${replicas} replicas`);
    const found = await soakEscrows({ escrows, batch, replicas, onProgress });
    console.log(escrowsLines(found));
    return found;
  },
  async queue() {
    console.log(`queue: ${bundles} bundles in the queue beside 10, ${rounds} rounds`);
    const found = await soakQueue({ bundles, rounds, onProgress });
    console.log(queueLines(found));
    return found;
  },
  async memory() {
    console.log(`memory: the built service, ${rate} requests a second for ${minutes} minutes`);
    const program = await builtSync(path.join(folder, 'package'));
    const onSample = (sample: Parameters<typeof memoryLine>[0]) => console.log(memoryLine(sample));
    const found = await soakMemory({ minutes, rate, program, onSample });
    console.log(memoryVerdict(found));
    return { good: found.flat, ...found };
  },
  async move() {
    console.log(`move: ${keys} survey keys through the laptop’s worker, file after file`);
    const found = await soakMove({ keys, derived, onProgress });
    console.log(moveLines(found));
    return found;
  },
  async 'move-sync'() {
    console.log(`move-sync: ${keys} survey keys, out of sync and back`);
    const found = await soakMoveSync({ keys, onProgress });
    console.log(moveSyncLines(found));
    return found;
  },
};

console.log(machine());
const found: Record<string, unknown> = {};
try {
  for (const part of positionals.length > 0 ? (positionals as Part[]) : PARTS) {
    const one = await RUN[part]();
    found[part] = one;
    if (!one.good) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (values.json !== undefined) await writeFile(values.json, JSON.stringify(found, null, 2));
