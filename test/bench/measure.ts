/**
 * Measuring two ways of doing the same thing in one run, turn by turn, so that whatever else the
 * machine does falls on both.
 * @module
 */
import { readFileSync } from 'node:fs';
import { resourceUsage } from 'node:process';

/** Milliseconds, one per round. */
export interface Sides {
  readonly ours: readonly number[];
  readonly bare: readonly number[];
}

export interface Figures {
  readonly min: number;
  readonly median: number;
  /** The 99th percentile; with fewer than 100 rounds that is the maximum, or next to it. */
  readonly p99: number;
  readonly max: number;
}

/** What one part of the benchmark found. */
export interface Finding {
  readonly title: string;
  /** What is measured, and what it is measured against. */
  readonly ours: string;
  readonly bare: string;
  readonly target: number;
  readonly sides: Sides;
  /** Lines such as `this process at its peak: 180 MB`. */
  readonly memory: readonly string[];
  /** Where the time of one run goes, when a part can tell. */
  readonly notes: readonly string[];
}

/**
 * Runs both `rounds` times, taking turns at who goes first; one unmeasured round before, for the
 * compiler. Each side returns its own milliseconds, so that it can leave preparations out.
 */
export async function interleave(
  rounds: number,
  sides: { readonly ours: () => Promise<number>; readonly bare: () => Promise<number> },
): Promise<Sides> {
  await sides.ours();
  await sides.bare();
  const found = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
    for (const side of order) found[side].push(await sides[side]());
  }
  return found;
}

/** The milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export function figures(values: readonly number[]): Figures {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  const middle =
    sorted.length % 2 === 0 ? (at(0.5) + (sorted[sorted.length / 2] ?? 0)) / 2 : at(0.5);
  const p99 = sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Number.NaN;
  return { min: at(0), median: middle, p99, max: at(1) };
}

/** How many times the bare median our median is. */
export function ratio({ ours, bare }: Sides): number {
  return figures(ours).median / figures(bare).median;
}

/** The same of the 99th percentiles. */
export function ratioOfP99({ ours, bare }: Sides): number {
  return figures(ours).p99 / figures(bare).p99;
}

/** Bytes in megabytes, rounded. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** The most memory this process ever had, in bytes. */
export const ownPeak = (): number => resourceUsage().maxRSS * 1024;

/** The most memory that a process ever had, in bytes (Linux: VmHWM). */
export function peakOf(pid: number): number {
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Memory of a process in bytes, with shared pages divided among those who share them. */
export function proportionalMemory(pid: number): number {
  const [, kilobytes] =
    /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
