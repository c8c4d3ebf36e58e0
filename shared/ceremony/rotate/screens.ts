/**
 * The screens that a rotation alone has.
 * @module
 */
import type { Rotatable } from '../../bundle/adopt.ts';
import type { RosterChange } from '../../identity/roster-change.ts';
import type { SetShown } from '../package-facts.ts';
import type { Progress } from '../types.ts';

export type RotateScreen =
  /** What ends, what comes, who takes part. Everybody agrees before the first share. */
  | {
      readonly screen: 'rotate-facts';
      readonly keyVersion: string;
      readonly before: SetShown;
      /** The other sets of the version, which end with it. */
      readonly joined: readonly SetShown[];
      readonly after: SetShown;
      readonly changes: readonly RosterChange[];
      readonly compared: Rotatable;
    }
  /** A new platform key: what comes, what goes on, who takes part. Everybody agrees before the first share. */
  | {
      readonly screen: 'version-facts';
      readonly keyVersion: string;
      readonly nextVersion: string;
      readonly present: SetShown;
      readonly comes: SetShown;
      readonly changes: readonly RosterChange[];
    }
  /** Another set: what opens the key today, what will as well, who takes part. Everybody agrees before the first share. */
  | {
      readonly screen: 'set-facts';
      readonly keyVersion: string;
      /** The set whose shares are given. */
      readonly present: SetShown;
      readonly joined: readonly SetShown[];
      readonly comes: SetShown;
      readonly changes: readonly RosterChange[];
    }
  /** Enough shares are in: what they give is split once more. */
  | {
      readonly screen: 'split-again';
      readonly keyVersion: string;
      readonly present: string;
      readonly count: number;
      readonly threshold: number;
      readonly progress: Progress;
    }
  /** Enough shares are in: the key is restored, gets new halves, and is split. */
  | {
      readonly screen: 'renew-key';
      readonly before: string;
      readonly count: number;
      readonly threshold: number;
      /** Old shares that were given. */
      readonly progress: Progress;
    }
  /** Enough shares are in: the key in use is proved and wiped, another one is made and split. */
  | {
      readonly screen: 'next-key';
      readonly keyVersion: string;
      readonly nextVersion: string;
      /** The set whose shares were given. */
      readonly present: string;
      readonly count: number;
      readonly threshold: number;
      readonly progress: Progress;
    }
  /** The vault component fits the set: nothing else was to be done. */
  | {
      readonly screen: 'compared';
      readonly keyVersion: string;
      readonly label: string;
      readonly words: string;
    };
