/**
 * The state of a rotation of the shares: the platform key stays, both of its halves are made anew, and
 * the new custodian component is split. Plain JSON, public.
 * @module
 */
import { NO_SET, type CommonPhase, type NewSetState } from '../new-set/state.ts';
import type { RotatePackageFacts } from '../package-facts.ts';
import type { Seat } from '../seat-state.ts';
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
  readonly ceremony: 'rotate';
  readonly phase: RotatePhase;
  readonly rotate: RotatePackageFacts | null;
  /** The package was brought to compare the vault component in it. */
  readonly comparesOnly: boolean;
}

export function startRotate(start: Parameters<typeof freshStart>[0]): RotateState {
  return {
    ...freshStart(start),
    ...NO_SET,
    ceremony: 'rotate',
    rotate: null,
    comparesOnly: false,
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: [],
  };
}
