/**
 * What became of the survey keys of one file, and of several together.
 * @module
 */
import { STAYS } from '../escrow/move.ts';
import { staying, type MoveCounts } from './move.ts';

/** A file of survey keys that came back: written, and read back. */
export interface MovedFile {
  /** Which one of the package, from 0 on. */
  readonly at: number;
  /** SHA-256 in hex. */
  readonly digest: string;
  readonly counts: MoveCounts;
}

const NOTHING: MoveCounts = {
  moved: 0,
  notCompared: 0,
  stays: { 'not-opened': 0, 'not-the-surveys': 0, 'sealed-without-hash': 0 },
};

/** Of several files together. */
export function sumCounts(files: readonly Pick<MovedFile, 'counts'>[]): MoveCounts {
  return files.reduce<MoveCounts>(
    (sum, { counts }) => ({
      moved: sum.moved + counts.moved,
      notCompared: sum.notCompared + counts.notCompared,
      stays: {
        ...NOTHING.stays,
        ...Object.fromEntries(STAYS.map((why) => [why, sum.stays[why] + counts.stays[why]])),
      },
    }),
    NOTHING,
  );
}

/** Survey keys that were looked at, whatever became of them. */
export const keysIn = (counts: MoveCounts): number => counts.moved + staying(counts);
