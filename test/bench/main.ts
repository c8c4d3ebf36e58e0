/**
 * `npm run bench`: Conclave beside the bare parts it cannot do without, turn by turn in one run.
 * Prints what was measured, asserts nothing about time, and fails only when something does not run.
 *
 *     npm run bench                      every part
 *     npm run bench -- pbkdf2 window     these parts
 *     npm run bench -- --rounds 5        fewer rounds
 *     npm run bench -- --json FILE       every single time as well
 * @module
 */
import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import prepare from '../servers/prepare.ts';
import { ratio, type Finding } from './measure.ts';
import { describe, machine } from './report.ts';

const PARTS = [
  'pbkdf2',
  'legacy',
  'legacy-search',
  'recovery',
  'commit',
  'escrow',
  'escrow-clear',
  'move',
  'combine',
  'refresh',
  'keys',
  'fido',
  'ledger',
  'window',
];
const PART = fileURLToPath(new URL('part.ts', import.meta.url));

function measure(part: string, rounds: string | undefined): Promise<Finding> {
  const child = fork(PART, rounds === undefined ? [part] : [part, rounds]);
  return new Promise((resolve, reject) => {
    let finding: Finding | undefined;
    child.on('message', (message) => {
      finding = message as Finding;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (finding !== undefined && code === 0) resolve(finding);
      else reject(new Error(`The part ${part} did not run to its end (${signal ?? code}).`));
    });
  });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, json: { type: 'string' } },
});
const unknown = positionals.filter((part) => !PARTS.includes(part));
const rounds = Number(values.rounds ?? 1);
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`Parts: ${PARTS.join(', ')}; --rounds takes a number from 1 on.`);
  process.exit(2);
}

console.log(`${machine()}\n`);
const findings: Finding[] = [];
const broken: string[] = [];
const parts = positionals.length > 0 ? positionals : PARTS;
// These parts measure sync as a server gets it, and not its source under a loader.
if (parts.some((part) => /^(commit|escrow)/.test(part))) await prepare();
for (const part of parts) {
  try {
    const finding = await measure(part, values.rounds);
    findings.push(finding);
    console.log(`${describe(finding)}\n`);
  } catch (error) {
    broken.push(part);
    console.error(error);
  }
}
if (values.json !== undefined) await writeFile(values.json, JSON.stringify(findings, null, 2));
const missed = findings.filter(({ sides, target }) => ratio(sides) > target);
console.log(`${findings.length - missed.length} of ${findings.length} targets met.`);
if (missed.length > 0) console.log(`Not met: ${missed.map(({ title }) => title).join('; ')}.`);
if (broken.length > 0) {
  console.log(`Did not run: ${broken.join(', ')}.`);
  process.exitCode = 1;
}
