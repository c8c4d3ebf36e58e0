/**
 * What must have been looked at before a real ceremony goes on. A point that nobody looked at
 * counts as not known, and what is not known stops as a failure does.
 * @module
 */
import type { Mode } from '../mode.ts';
import type { Finding } from './types.ts';

/** What is checked of the laptop itself. */
export const PROBE_IDS = [
  'swap',
  'hibernation',
  'core-dumps',
  'temporary-folder',
  'print-spool',
  'profile',
  'runtime',
  'network',
  'debugging',
  'other-disks',
  'wireless',
  'clock',
  'root-user',
] as const;
export type ProbeId = (typeof PROBE_IDS)[number];

/** For a ceremony: the laptop, and a stick to carry its bundle. */
export const CEREMONY_POINTS: readonly string[] = [...PROBE_IDS, 'stick'];

/** The findings, with one more for each point that none of them is about. */
export function withLeftOut(findings: readonly Finding[], points: readonly string[]): Finding[] {
  const leftOut = points.filter((id) => !findings.some((finding) => finding.id === id));
  return [...findings, ...leftOut.map(notLookedAt)];
}

function notLookedAt(id: string): Finding {
  return {
    id,
    status: 'unknown',
    headline: `Not known: nobody looked at “${id}”`,
    detail: 'The check of this laptop left this point out.',
    stopsProduction: true,
    fix: 'Close the app and start it again. If this comes back, install the released package anew.',
  };
}

/**
 * The findings that stop a ceremony of this mode: in a rehearsal none; in production all stopping
 * ones that did not pass, and one for each of `points` that was left out.
 */
export function stopping(
  mode: Mode,
  findings: readonly Finding[],
  points: readonly string[] = CEREMONY_POINTS,
): Finding[] {
  if (mode === 'rehearsal') return [];
  return withLeftOut(findings, points).filter(
    ({ stopsProduction, status }) => stopsProduction && status !== 'pass',
  );
}
