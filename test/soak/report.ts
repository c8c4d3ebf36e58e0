/**
 * The soak's figures as lines.
 * @module
 */
import type { MemoryFound, Sample } from './memory.ts';

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);

export function memoryLine({ minute, rss, heap, external, requests, committed }: Sample): string {
  return `  minute ${minute}: RSS ${mb(rss)} MB, heap ${mb(heap)} MB, external ${mb(external)} MB; ${requests} requests, ${committed} recoveries so far`;
}

export function memoryVerdict({ growth, slope, flat }: MemoryFound): string {
  const one = (what: 'rss' | 'heap') =>
    `${what === 'rss' ? 'RSS' : 'heap'} ${growth[what].toFixed(3)} (slope ${mb(slope[what])} MB an hour)`;
  return `  last quarter's median by second quarter's: ${one('rss')}, ${one('heap')}: ${flat ? 'flat' : 'NOT flat'}`;
}
