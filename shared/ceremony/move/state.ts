/**
 * The state of a ceremony that moves the survey keys of a key version to the active one. Plain JSON,
 * public.
 * @module
 */
import type { Sealed } from '../../sealing/hpke.ts';
import type { MovedFile } from '../../bundle/moved-file.ts';
import type { EndingPhase, EndingState } from '../ending.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import type { MovePackageFacts } from '../package-facts.ts';
import type { Seat } from '../seat/state.ts';
import type { WithShares } from '../share-round.ts';
import { freshStart } from '../start.ts';
import type { MovePace, StayingKey } from '../types.ts';
import type { WithWitnessPage } from '../witness-page.ts';

export type MovePhase =
  | OpeningPhase
  | { readonly at: 'ticket-key' }
  /** The stick with the files of survey keys: all are compared with the package, the laptop measured. */
  | { readonly at: 'move-files' }
  | { readonly at: 'move-facts' }
  | { readonly at: 'who' }
  | { readonly at: 'seat'; readonly seat: Seat }
  /** File by file, until none is left; it stops between two of them when it is paused. */
  | { readonly at: 'move-keys' }
  /** Everybody reads how many moved, and what stays. */
  | { readonly at: 'keys-moved' }
  | EndingPhase;

export interface MoveState extends OpeningState, EndingState, WithWitnessPage, WithShares {
  readonly ceremony: 'migrate-escrows';
  readonly phase: MovePhase;
  readonly move: MovePackageFacts | null;
  /** The stick that the files lie on, in words; null: none was chosen. */
  readonly stick: string | null;
  /** Null: not measured. */
  readonly pace: MovePace | null;
  /** The platform key was restored from the shares that were given, and fits. */
  readonly proved: boolean;
  /** Sealed for the version they move to, once it is proved; null: the package does not ask for it. */
  readonly organisationHalf: Sealed | null;
  /** Those that were written and read back, here or in a ceremony before. */
  readonly done: readonly MovedFile[];
  /** How many of them an earlier ceremony wrote. */
  readonly kept: number;
  /** The newest of them does not stand under a signature of the shares yet. */
  readonly unsealed: boolean;
  /** Survey keys that stay where they are, as far as they are named on a screen. */
  readonly staying: readonly StayingKey[];
  /** What this run did, for how long the rest takes. */
  readonly took: { readonly keys: number; readonly ms: number };
}

export function startMove(start: Parameters<typeof freshStart>[0]): MoveState {
  return {
    ...freshStart(start),
    ceremony: 'migrate-escrows',
    move: null,
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: [],
    stick: null,
    pace: null,
    proved: false,
    organisationHalf: null,
    done: [],
    kept: 0,
    unsealed: false,
    staying: [],
    took: { keys: 0, ms: 0 },
  };
}
