/**
 * The screens that a rotation of the shares alone has.
 * @module
 */
import type { Rotatable } from '../../bundle/adopt.ts';
import type { RosterChange } from '../../identity/roster-change.ts';
import type { Progress } from '../types.ts';

/** A share set in one line. */
interface SetShown {
  readonly label: string;
  readonly threshold: number;
  readonly count: number;
  readonly custodians: readonly string[];
}

export type RotateScreen =
  /** What ends, what comes, who takes part. Everybody agrees before the first share. */
  | {
      readonly screen: 'rotate-facts';
      readonly keyVersion: string;
      readonly before: SetShown;
      readonly after: SetShown;
      readonly changes: readonly RosterChange[];
      readonly compared: Rotatable;
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
  /** The vault component fits the set: nothing else was to be done. */
  | {
      readonly screen: 'compared';
      readonly keyVersion: string;
      readonly label: string;
      readonly words: string;
    };
