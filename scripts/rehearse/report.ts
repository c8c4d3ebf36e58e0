/**
 * What a rehearsal made, and where: for people as a table, for scripts as JSON.
 * @module
 */
import { relative } from 'node:path';

/** One thing that was made. */
export interface Made {
  /** `sheet`, `USB file`, `ticket`, `package`, `bundle`, `receipt`, `transcript` … */
  readonly what: string;
  /** `share 1 of 4, custodian 1` */
  readonly detail: string;
  /** Absolute path of the file; null when it was thrown away. */
  readonly path: string | null;
}

/** How long a step of the ceremony took the machine. */
export interface StepTime {
  readonly step: string;
  readonly who: string;
  readonly seconds: number;
}

/** Paths relative to the output folder. */
export function table(made: readonly Made[], out: string): string {
  return columns([
    ['What', 'Of what', 'Where'],
    ...made.map(({ what, detail, path }) => [
      what,
      detail,
      path === null ? '(thrown away)' : relative(out, path),
    ]),
  ]);
}

export function stepTable(steps: readonly StepTime[]): string {
  return columns([
    ['Step', 'Who', 'Seconds of the machine'],
    ...steps.map(({ step, who, seconds }) => [step, who, seconds.toFixed(1)]),
  ]);
}

/** Three columns below their heads, each as wide as its longest cell. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ') + '  -----';
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}
