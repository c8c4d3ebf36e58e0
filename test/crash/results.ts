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
  /** How many it has. */
  readonly of: number;
  /** What was not as it has to be; null: all was. */
  readonly fault: string | null;
}

const SOURCES = ['electron', 'shared', 'scripts/rehearse', 'test/support', 'test/crash'];

export interface Results {
  /** Tried before, and all was well. */
  readonly isDone: (what: Doing, moment: number) => boolean;
  /** How many moments it has, where all were tried before and were well; else undefined. */
  readonly allDone: (what: Doing) => number | undefined;
  readonly add: (line: Omit<Line, 'code'>) => void;
}

/** @param file is written to at each moment; none: nothing is known of other runs */
export function openResults(file: string | undefined): Results {
  if (file === undefined) {
    return { isDone: () => false, allDone: () => undefined, add: () => undefined };
  }
  const code = sourcesDigest(SOURCES, ['package-lock.json']).slice(0, 16);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line.endsWith('}'));
  const well = lines
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.code === code && line.fault === null);
  const done = new Map<Doing, { readonly of: number; readonly moments: Set<number> }>();
  for (const { what, moment, of } of well) {
    const known = done.get(what) ?? { of, moments: new Set() };
    known.moments.add(moment);
    done.set(what, known);
  }
  return {
    isDone: (what, moment) => done.get(what)?.moments.has(moment) === true,
    allDone(what) {
      const known = done.get(what);
      return known?.moments.size === known?.of ? known?.of : undefined;
    },
    add(line) {
      appendFileSync(file, `${JSON.stringify({ code, ...line } satisfies Line)}\n`);
    },
  };
}
