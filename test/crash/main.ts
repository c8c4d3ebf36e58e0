/**
 * `npm run crash-matrix`: a laptop that is killed once at every moment of its ceremonies. Prints how
 * many moments were tried, and each that left something behind.
 *
 *     npm run crash-matrix                              every moment of every ceremony: hours
 *     npm run crash-matrix -- receipt destruction       of these
 *     npm run crash-matrix -- new-shares --every 10     every tenth moment
 *     npm run crash-matrix -- new-shares --at 57        this one
 *     npm run crash-matrix -- --each 2                  two of each, spread over it
 * @module
 */
import { parseArgs } from 'node:util';
import { prepareLaptops } from './laptop.ts';
import { type Doing, DOINGS } from './steps.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: 'string', default: '1' },
    at: { type: 'string' },
    each: { type: 'string' },
  },
});
const kinds = positionals.map((name) => {
  const found = DOINGS.find((doing) => doing === name);
  if (found === undefined) throw new Error(`${name} is none of ${DOINGS.join(', ')}.`);
  return found;
});
const every = Number(values.every);

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
let failed = 0;
const laptops = await prepareLaptops(kinds.length === 0 ? DOINGS : (kinds satisfies Doing[]));
try {
  for (const { what, moments, dieAt } of laptops.prepared) {
    const some = chosen(moments);
    const faults: string[] = [];
    for (const moment of some) {
      tried += 1;
      try {
        await dieAt(moment);
      } catch (error) {
        const fault = error instanceof Error ? error.message : String(error);
        faults.push(`  NOT OK  ${what}, killed at moment ${moment} of ${moments}: ${fault}`);
      }
    }
    failed += faults.length;
    console.log(`${what}: killed at ${some.length} of ${moments} moments, ${faults.length} not ok`);
    for (const fault of faults) console.log(fault);
  }
} finally {
  await laptops.remove();
}
console.log(`${tried} moments tried.`);
console.log(`${tried - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && tried > 0 ? 0 : 1;
