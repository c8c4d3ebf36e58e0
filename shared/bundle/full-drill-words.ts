/**
 * A full drill in words: how long it took, and what came of it.
 * @module
 */
import { FULL_DRILL_TARGETS, type FullDrillFailure, type FullDrillSaid } from './full-drill.ts';

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;

/** `2 hours 5 minutes`, `14 minutes 3 seconds`, `40 seconds` */
export function durationInWords(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return `${counted(hours, 'hour')} ${counted(minutes % 60, 'minute')}`;
  if (minutes > 0) return `${counted(minutes, 'minute')} ${counted(seconds % 60, 'second')}`;
  return counted(seconds, 'second');
}

const TARGET = { restoreMs: 'less than 15 minutes', wholeMs: 'less than 4 hours' } as const;

/** `14 minutes 3 seconds (target: less than 15 minutes; met)`. A missed one is no failure. */
export function againstTarget(what: keyof typeof FULL_DRILL_TARGETS, milliseconds: number): string {
  const standing = milliseconds < FULL_DRILL_TARGETS[what] ? 'met' : 'missed';
  return `${durationInWords(milliseconds)} (target: ${TARGET[what]}; ${standing})`;
}

/** Clauses without a beginning. */
export const FULL_DRILL_FAILURE_WORDS: Readonly<Record<FullDrillFailure, string>> = {
  'too-few': 'fewer shares came than are needed',
  'not-restored': 'the shares and the vault component gave no platform key that fits',
  'not-opened': 'the platform key fits, and the test escrow did not open with it',
};

/** One or two whole sentences. */
export function fullDrillInWords(full: FullDrillSaid): string {
  const whole = `The whole drill took ${againstTarget('wholeMs', full.wholeMs)}, by the laptop’s clock.`;
  return full.opened
    ? `The platform key was put together from the shares ${againstTarget('restoreMs', full.restoreMs)} after the first of them, and it opened the test escrow, whose key signed. ${whole}`
    : `The test escrow was NOT opened: ${FULL_DRILL_FAILURE_WORDS[full.why]}. ${whole}`;
}
