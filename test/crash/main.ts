/**
 * `npm run crash-matrix`: a laptop that is killed once at every moment of its ceremonies. Prints how
 * many moments were tried, and each that left something behind.
 *
 *     npm run crash-matrix                              every moment of every ceremony: hours
 *     npm run crash-matrix -- receipt destruction       of these
 *     npm run crash-matrix -- new-shares --every 10     every tenth moment
 *     npm run crash-matrix -- new-shares --at 57        this one
 *     npm run crash-matrix -- --each 2                  two of each, spread over it
 *     npm run crash-matrix -- --results FILE            goes on where a run with this file stopped
 *     npm run crash-matrix -- --minutes 90              begins no further one after that
 *     npm run crash-matrix -- --jobs 4                  so many at a time; as many as there are cores
 * @module
 */
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { inLanes } from '../../scripts/lib/lanes.mjs';
import { prepareLaptops } from './laptop.ts';
import { buildProgram } from './program.ts';
import { openResults } from './results.ts';
import { type Doing, DOINGS } from './steps.ts';
import { askToolsOnce } from './tools.ts';
import type { Prepared } from './world.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: 'string', default: '1' },
    at: { type: 'string' },
    each: { type: 'string' },
    results: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
    jobs: { type: 'string', default: `${availableParallelism()}` },
  },
});
const kinds = positionals.map((name) => {
  const found = DOINGS.find((doing) => doing === name);
  if (found === undefined) throw new Error(`${name} is none of ${DOINGS.join(', ')}.`);
  return found;
});
const every = Number(values.every);
const end = performance.now() + Number(values.minutes) * 60_000;
const results = openResults(values.results);

/** Which of so many moments, from 1. */
function chosen(moments: number): number[] {
  if (values.at !== undefined) return [Number(values.at)];
  if (values.each !== undefined) {
    const count = Number(values.each);
    return Array.from({ length: count }, (_, at) => Math.ceil((moments * (at + 0.5)) / count));
  }
  const all = Array.from({ length: moments }, (_, at) => at + 1);
  return all.filter((moment) => (moment - 1) % every === 0);
}

let tried = 0;
let before = 0;
let failed = 0;

/** Prints what came of it. */
async function tryAll({ what, moments, dieAt }: Prepared): Promise<void> {
  const some = chosen(moments);
  const waiting = some.filter((moment) => !results.isDone(what, moment));
  const faults: string[] = [];
  let now = 0;
  await inLanes(waiting, Number(values.jobs), async (moment) => {
    if (performance.now() > end) return;
    let fault: string | null = null;
    try {
      await dieAt(moment);
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
      faults.push(`  NOT OK  ${what}, killed at moment ${moment} of ${moments}: ${fault}`);
    }
    now += 1;
    results.add({ what, moment, of: moments, fault });
  });
  const earlier = some.length - waiting.length;
  tried += now;
  before += earlier;
  failed += faults.length;
  const of = earlier === 0 ? '' : ` (${earlier} of them earlier)`;
  console.log(
    `${what}: killed at ${earlier + now} of ${moments} moments${of}, ${faults.length} not ok`,
  );
  for (const fault of faults) console.log(fault);
}

askToolsOnce();
const wanted = new Set<Doing>(kinds.length === 0 ? DOINGS : kinds);
for (const what of wanted) {
  const moments = results.allDone(what);
  if (moments === undefined) continue;
  wanted.delete(what);
  before += chosen(moments).length;
  console.log(`${what}: killed at all of ${moments} moments earlier, 0 not ok`);
}
const program = await buildProgram();
try {
  for await (const prepared of prepareLaptops(wanted)) {
    await tryAll(prepared);
    if (performance.now() > end) break;
  }
} finally {
  await rm(program, { recursive: true });
}
console.log(`${tried + before} moments tried${before === 0 ? '' : `, ${tried} of them now`}.`);
console.log(`${tried + before - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && tried + before > 0 ? 0 : 1;
