/**
 * The screens that moving survey keys to another key version has of its own.
 * @module
 */
import type { MoveCounts } from '../../bundle/move.ts';
import type { MovePackageFacts, SetShown } from '../package-facts.ts';
import type { Progress, StayingKey } from '../types.ts';

export type MoveScreen =
  /** Choose the stick with the files of survey keys. */
  | {
      readonly screen: 'move-files';
      /** How many files belong to the package, and how many survey keys are in them. */
      readonly files: number;
      readonly keys: number;
      readonly syncName: string;
    }
  /** What moves, how long it takes on this laptop, who comes again. Everybody agrees. */
  | {
      readonly screen: 'move-facts';
      readonly keyVersion: string;
      readonly movesTo: string;
      readonly present: SetShown;
      /** `words`: the eight of its manifest. */
      readonly other: SetShown & { readonly words: string };
      /** The other sets of the version that they move to, each with words of its own. */
      readonly further: readonly (SetShown & { readonly words: string })[];
      readonly stored: MovePackageFacts['stored'];
      readonly files: Progress;
      /** Whole. */
      readonly minutes: number;
      readonly handsOver: boolean;
      readonly syncName: string;
    }
  /** File by file. Runs by itself once it was begun. */
  | {
      readonly screen: 'move-keys';
      readonly movesTo: string;
      /** A file is being worked on. */
      readonly running: boolean;
      /** It was begun: going on needs nothing but a word. */
      readonly begun: boolean;
      readonly files: Progress;
      readonly keys: Progress;
      /** Whole; null: nobody can say. */
      readonly minutesLeft: number | null;
      readonly stick: string;
      /** Who must come again after an interruption: so many of these. */
      readonly present: SetShown;
    }
  /** How many moved, and what stays. Everybody reads it before there is a bundle. */
  | {
      readonly screen: 'keys-moved';
      readonly keyVersion: string;
      readonly movesTo: string;
      readonly counts: MoveCounts;
      /** The first of those that stay. */
      readonly staying: readonly StayingKey[];
      readonly files: number;
      readonly stick: string;
      /** The half for organisations is in the bundle. */
      readonly handsOver: boolean;
    };
