/**
 * The soak's figures as lines.
 * @module
 */
import type { Answers } from './crowd.ts';
import type { EscrowsFound } from './escrows.ts';
import type { MemoryFound, Sample } from './memory.ts';
import type { OutagesFound } from './outages.ts';
import type { QueueFound } from './queue.ts';
import type { StormFound } from './storm.ts';
import type { Tally } from './tally.ts';

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
const ms = (value: number): string => `${Math.round(value)} ms`;

function answersLine(what: string, { counts, median, p99 }: Answers): string {
  const { good = 0, ...others } = counts;
  const asked = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const refused = Object.entries(others).map(([code, many]) => `${many} ${code}`);
  return `  ${what}: ${good} answered well of ${asked} asked (p50 ${ms(median)}, p99 ${ms(p99)}); ${refused.length === 0 ? 'none refused' : refused.join(', ')}`;
}

function tallyLines({ bundles, committed, waiting, receipts, faults }: Tally): string[] {
  return [
    `  counted beside sync: ${bundles} bundles, ${committed} committed, ${waiting} waiting; ${receipts} receipts in one chain, the setup's among them`,
    faults.length === 0
      ? '  nothing lost, nothing twice'
      : `  NOT RIGHT: ${faults.length} faults, such as ${faults.slice(0, 5).join('; ')}`,
  ];
}

export function stormLines(found: StormFound): string {
  return [
    answersLine('submissions', found.submitted),
    answersLine('commits', found.committed),
    answersLine('receipts', found.fetched),
    `  different answers: ${found.different.join(', ')}`,
    ...tallyLines(found.tally),
  ].join('\n');
}

export function outagesLines(found: OutagesFound): string {
  const { prepared, run } = found.seconds;
  return [
    `  prepared in ${prepared.toFixed(0)} s, taken in and committed in ${run.toFixed(0)} s, during: ${found.faults.join('; ')}`,
    answersLine('imports', found.imported),
    answersLine('commits', found.committed),
    ...tallyLines(found.tally),
    ...found.told.map((what) => `  NOT RIGHT: ${what}`),
    ...found.fallen.map((what) => `  NOT RIGHT: a replica ended by itself:\n${what}`),
  ].join('\n');
}

export function escrowsLines({
  seconds,
  requests,
  faults,
  fallen,
  told,
  tally,
}: EscrowsFound): string {
  const { rows, noted, saidStored, opened } = tally;
  return [
    `  stored in ${seconds.toFixed(0)} s, during: ${faults.join('; ')}`,
    answersLine('requests', requests),
    `  counted beside sync: ${rows} rows, ${noted} in sync's own table, ${saidStored} said to be stored, ${opened} opened with the platform key`,
    tally.faults.length === 0
      ? '  nothing lost, nothing twice'
      : `  NOT RIGHT: ${tally.faults.length} faults, such as ${tally.faults.slice(0, 5).join('; ')}`,
    ...told.map((what) => `  NOT RIGHT: ${what}`),
    ...fallen.map((what) => `  NOT RIGHT: a replica ended by itself:\n${what}`),
  ].join('\n');
}

export function queueLines({ bundles, asked, listed, there, hidden }: QueueFound): string {
  return [
    ...asked.map(
      ({ what, full, short, ratio }) =>
        `  ${what}: p50 ${ms(full.median)} with ${bundles} queued, ${ms(short.median)} with 10: ratio ${ratio.toFixed(2)}`,
    ),
    `  the list, followed to its end: ${listed} of ${there} bundles; the page leaves ${hidden} open things out, and says so`,
  ].join('\n');
}

export function memoryLine(sample: Sample): string {
  const { minute, rss, heap, external, heapTotal, young, requests, committed } = sample;
  return `  minute ${minute}: RSS ${mb(rss)} MB, heap ${mb(heap)} of ${mb(heapTotal)} MB (${mb(young)} for new objects), external ${mb(external)} MB; ${requests} requests, ${committed} recoveries so far`;
}

export function memoryVerdict({ growth, slope, flat }: MemoryFound): string {
  const one = (what: 'rss' | 'heap') =>
    `${what === 'rss' ? 'RSS' : 'heap'} ${growth[what].toFixed(3)} (slope ${mb(slope[what])} MB an hour)`;
  return `  last quarter's median by second quarter's: ${one('rss')}, ${one('heap')}: ${flat ? 'flat' : 'NOT flat'}`;
}
