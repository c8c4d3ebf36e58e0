/**
 * Memory of the laptop's worker while survey keys move: file after file of sealed ones, written, opened,
 * sealed to sync and read back as in a ceremony.
 *
 * Deriving takes a quarter of a second for each key and no memory that grows, so nearly all of these
 * have no hash of CheckTick: they stay, after everything else was done with them. One of each file, or
 * as many as are asked for, is opened, compared and moved. `npm run bench -- move` has the time of one.
 *
 * Flat: as in memory.ts, of the whole process.
 * @module
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './figures.ts';

const PROCESS = fileURLToPath(new URL('move-process.ts', import.meta.url));
/** The largest growth that counts as flat. */
const FLAT = 1.1;
/** A thousand survey keys. */
const FIRST_FILES = 2;

/** Of the process that moves: bytes, after so many survey keys. */
export interface MoveSample {
  readonly keys: number;
  readonly rss: number;
}

export interface MoveFound {
  readonly samples: readonly MoveSample[];
  /** Last quarter's median by second quarter's. */
  readonly growth: number;
  /** Milliseconds a file, the median. */
  readonly each: number;
  /** Time of a key over all files, by that of a key in the first thousand: 1 where it is linear. */
  readonly pace: number;
  readonly good: boolean;
}

/** What the process tells of each file. */
export type MoveReport = MoveSample & { readonly ms: number };

/**
 * @param keys survey keys, 500 in each file
 * @param derived how many of each file are opened, compared and moved
 */
export async function soakMove(options: {
  readonly keys: number;
  readonly derived: number;
  readonly onProgress: (line: string) => void;
}): Promise<MoveFound> {
  const { keys, derived, onProgress } = options;
  const reports = await run([keys, derived], ({ keys: done, rss }) => {
    if (done % 10_000 === 0) onProgress(`${done} survey keys, ${Math.round(rss / 1e6)} MB`);
  });
  const rss = reports.map((one) => one.rss);
  const quarter = (which: number) =>
    median(rss.slice(Math.floor((which * rss.length) / 4), ((which + 1) * rss.length) / 4));
  const growth = quarter(3) / quarter(1);
  return {
    samples: reports.map((one) => ({ keys: one.keys, rss: one.rss })),
    growth,
    each: median(reports.map(({ ms }) => ms)),
    pace: timeOfKey(reports) / timeOfKey(reports.slice(0, FIRST_FILES)),
    good: reports.at(-1)?.keys === keys && growth <= FLAT,
  };
}

const timeOfKey = (reports: readonly MoveReport[]): number =>
  reports.reduce((sum, { ms }) => sum + ms, 0) / (reports.at(-1)?.keys ?? 1);

function run(
  amounts: readonly number[],
  onReport: (report: MoveReport) => void,
): Promise<MoveReport[]> {
  const child = fork(PROCESS, amounts.map(String), {
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  const reports: MoveReport[] = [];
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const report = message as MoveReport;
      reports.push(report);
      onReport(report);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve(reports);
      else reject(new Error(`The moving process did not run to its end (${signal ?? code}).`));
    });
  });
}

export function moveLines({ samples, growth, each, pace }: MoveFound): string {
  const megabytes = samples.map(({ rss }) => Math.round(rss / 1e6));
  const last = samples.at(-1)?.keys ?? 0;
  return (
    `  ${last} survey keys in ${samples.length} files; ${each.toFixed(0)} ms a file; a key of all takes ${pace.toFixed(2)} times one of the first thousand\n` +
    `  the process: ${megabytes[0] ?? 0} MB after the first file, ${megabytes.at(-1) ?? 0} MB after the last, ` +
    `${Math.max(...megabytes)} MB at most; last quarter by second: ${growth.toFixed(3)}`
  );
}
