/**
 * How far the survey keys of a package are moved, and how long the rest takes.
 * @module
 */
import type { Sealed } from '../../sealing/hpke.ts';
import { storedKeys, type MoveCounts } from '../../bundle/move.ts';
import { keysIn, sumCounts } from '../../bundle/moved-file.ts';
import type { MovePackageFacts } from '../package-facts.ts';
import type { MovePace } from '../types.ts';
import type { MoveState } from './state.ts';

/** Names of survey keys that a screen shows; all of them stand in the transcript. */
export const MOST_NAMED = 200;

/** The first file that is still to be done, from 0 on; null: none is. */
export function nextFile(
  { done }: Pick<MoveState, 'done'>,
  { files }: Pick<MovePackageFacts, 'files'>,
): number | null {
  const finished = new Set(done.map(({ at }) => at));
  for (let at = 0; at < files; at += 1) if (!finished.has(at)) return at;
  return null;
}

/** Their digests in their order, and what became of all survey keys: for the bundle. */
export function resultOf({
  done,
  organisationHalf,
}: Pick<MoveState, 'done' | 'organisationHalf'>): {
  readonly files: readonly string[];
  readonly counts: MoveCounts;
  readonly organisationHalf: Sealed | null;
} {
  const files = [...done].sort((a, b) => a.at - b.at).map(({ digest }) => digest);
  return { files, counts: sumCounts(done), organisationHalf };
}

/** Whole minutes, at least 1, for so many survey keys of either kind. */
export function minutesFor(
  { checktick, sealed }: MovePackageFacts['stored'],
  pace: MovePace,
): number {
  return Math.max(1, Math.ceil(checktick / pace.checktick + sealed / pace.sealed));
}

/**
 * What is still to come, in whole minutes: by what this run took so far, and before its first file by
 * what was measured. Null: nobody can say.
 */
export function minutesLeft(
  { done, took, pace }: Pick<MoveState, 'done' | 'took' | 'pace'>,
  { stored }: Pick<MovePackageFacts, 'stored'>,
): number | null {
  const all = storedKeys({ stored });
  const left = all - keysIn(sumCounts(done));
  if (left <= 0) return 0;
  if (took.keys > 0) return Math.max(1, Math.ceil((left * took.ms) / took.keys / 60_000));
  if (pace === null) return null;
  return Math.max(1, Math.ceil((minutesFor(stored, pace) * left) / all));
}
