/**
 * `npm run soak`: sync under load and under faults, as real processes beside a real Vault and
 * PostgreSQL. Prints figures; fails when something was lost, done twice, or grew.
 *
 *     npm run soak -- memory                every part, or these
 *     npm run soak -- memory --minutes 60
 *     npm run soak -- --json FILE           every figure as well
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../bench/report.ts';
import { builtSync } from '../support/sync-built.ts';
import { soakMemory } from './memory.ts';
import { memoryLine, memoryVerdict } from './report.ts';

const PARTS = ['memory'] as const;
type Part = (typeof PARTS)[number];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '2' },
    json: { type: 'string' },
  },
});

function amount(name: 'minutes' | 'rate'): number {
  const value = Number(values[name]);
  if (value > 0) return value;
  console.error(`--${name} takes a number above 0.`);
  process.exit(2);
}

const unknown = positionals.filter((part) => !PARTS.some((one) => one === part));
if (unknown.length > 0) {
  console.error(`Parts: ${PARTS.join(', ')}.`);
  process.exit(2);
}
const [minutes, rate] = [amount('minutes'), amount('rate')];
const folder = await mkdtemp(path.join(tmpdir(), 'conclave-soak-'));

const RUN: Record<Part, () => Promise<{ readonly good: boolean }>> = {
  async memory() {
    console.log(`memory: the built service, ${rate} requests a second for ${minutes} minutes`);
    const program = await builtSync(path.join(folder, 'package'));
    const onSample = (sample: Parameters<typeof memoryLine>[0]) => console.log(memoryLine(sample));
    const found = await soakMemory({ minutes, rate, program, onSample });
    console.log(memoryVerdict(found));
    return { good: found.flat, ...found };
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
