/**
 * Which moments were tried, in a file of lines: all of them take longer than an evening, so that a run goes
 * on where an earlier one of the same code stopped.
 * @module
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { sourcesDigest } from '../../scripts/lib/sources.mjs';
import type { Doing } from './steps.ts';

interface Line {
  /** Digest of everything that such a laptop is made of. */
  readonly code: string;
  readonly what: Doing;
  readonly moment: number;
  /** What was not as it has to be; null: all was. */
  readonly fault: string | null;
}

const SOURCES = ['electron', 'shared', 'scripts/rehearse', 'test/support', 'test/crash'];

export interface Results {
  /** Tried before, and all was well. */
  readonly isDone: (what: Doing, moment: number) => boolean;
  readonly add: (what: Doing, moment: number, fault: string | null) => void;
}

/** @param file is written to at each moment; none: nothing is known of other runs */
export function openResults(file: string | undefined): Results {
  if (file === undefined) return { isDone: () => false, add: () => undefined };
  const code = sourcesDigest(SOURCES, ['package-lock.json']).slice(0, 16);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line.endsWith('}'));
  const known = lines.map((line) => JSON.parse(line) as Line);
  const done = new Set(
    known
      .filter((line) => line.code === code && line.fault === null)
      .map(({ what, moment }) => `${what} ${moment}`),
  );
  return {
    isDone: (what, moment) => done.has(`${what} ${moment}`),
    add(what, moment, fault) {
      const line: Line = { code, what, moment, fault };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    },
  };
}
