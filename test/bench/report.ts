/**
 * The benchmark's table.
 * @module
 */
import os from 'node:os';
import { figures, megabytes, ratio, ratioOfP99, type Finding } from './measure.ts';

/** The machine in one line. */
export function machine(): string {
  const { model } = os.cpus()[0] ?? { model: 'unknown processor' };
  const cores = os.availableParallelism();
  const [load = 0] = os.loadavg();
  return `${cores} cores (${model.trim()}), ${megabytes(os.totalmem())}, Node ${process.versions.node}, OpenSSL ${process.versions.openssl}, load ${load.toFixed(1)}`;
}

const milliseconds = (value: number) => value.toFixed(value < 100 ? 1 : 0).padStart(8);

function side(name: string, values: readonly number[], what: string): string {
  const { min, median, p99, max } = figures(values);
  return `  ${name}${[min, median, p99, max].map(milliseconds).join('')}  ${what}`;
}

/** The lines of one part. */
export function describe(finding: Finding): string {
  const { title, sides, target } = finding;
  const found = ratio(sides);
  const verdict = found <= target ? 'met' : 'NOT met';
  return [
    `${title} (${sides.ours.length} rounds, milliseconds)`,
    `               min  median     p99     max`,
    side('Conclave', sides.ours, finding.ours),
    side('bare    ', sides.bare, finding.bare),
    `  ratio ${found.toFixed(2)}, target at most ${target}: ${verdict}; of the p99: ${ratioOfP99(sides).toFixed(2)}`,
    ...finding.notes.map((line) => `  ${line}`),
    ...finding.memory.map((line) => `  memory: ${line}`),
  ].join('\n');
}
