/**
 * The state of a rotation: the platform key in use is proved by its shares. Then it stays, and both of
 * its halves are made anew; or another key is made beside it. What the custodians hold is split. Or only
 * their half is put together, and split once more for other people. Plain JSON, public.
 * @module
 */
import { NO_SET, type CommonPhase, type NewSetState } from '../new-set/state.ts';
import type { RotatePackageFacts } from '../package-facts.ts';
import type { Seat } from '../seat/state.ts';
import type { WithShares } from '../share-round.ts';
import { freshStart } from '../start.ts';

export type RotatePhase =
  | CommonPhase
  | { readonly at: 'ticket-key' }
  | { readonly at: 'rotate-facts' }
  /** Which custodian of the set in force gives a share next? */
  | { readonly at: 'who' }
  | { readonly at: 'giver'; readonly seat: Seat }
  | { readonly at: 'renew-key' }
  /** Nothing was to be made: the vault component was compared, and that is all. */
  | { readonly at: 'compared' };

export interface RotateState extends NewSetState, WithShares {
  readonly ceremony: 'rotate' | 'new-version' | 'add-set';
  readonly phase: RotatePhase;
  readonly rotate: RotatePackageFacts | null;
  /** The package was brought to compare the vault component in it. */
  readonly comparesOnly: boolean;
}

type Start = Parameters<typeof freshStart>[0];

/** New shares of the platform key in use. */
export const startRotate = (start: Start): RotateState => startRotation('rotate', start);

/** A new platform key, whose version stands beside the one in use. */
export const startNewVersion = (start: Start): RotateState => startRotation('new-version', start);

/** Another share set of the platform key in use, beside those that open it today. */
export const startAddSet = (start: Start): RotateState => startRotation('add-set', start);

/** Any of them, where its log says which one it was. */
export function startRotation(ceremony: RotateState['ceremony'], start: Start): RotateState {
  return {
    ...freshStart(start),
    ...NO_SET,
    ceremony,
    rotate: null,
    comparesOnly: false,
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: [],
  };
}
