/**
 * The fields that every ceremony has at its start.
 * @module
 */
import type { Mode } from '../mode.ts';

export function freshStart(start: {
  readonly mode: Mode;
  readonly ceremonyId: string;
  readonly startedAt: string;
}) {
  return {
    mode: start.mode,
    ceremonyId: start.ceremonyId,
    startedAt: start.startedAt,
    checkedAt: start.startedAt,
    phase: { at: 'descriptor' as const },
    busy: null,
    awaiting: null,
    refusal: null,
    paused: false,
    sync: null,
    package: null,
    planned: null,
    bundle: null,
    savedOn: [],
    everWritten: [],
    witnessPage: null,
  };
}
