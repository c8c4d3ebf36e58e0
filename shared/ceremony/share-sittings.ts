/**
 * The sittings of a ceremony that uses a set and changes nobody: custodians give their shares until there
 * are enough, something of its own is done with them, and then the witnesses and the operator sign. Those
 * that make a new set have sittings of their own (new-set/transition.ts).
 * @module
 */
import type { Effect } from './effects.ts';
import { bundleMade, type EndingPhase, type EndingState } from './ending.ts';
import type { CeremonyEvent } from './events.ts';
import { busy, type Step } from './machine.ts';
import type { PackagedSet } from './package-facts.ts';
import { refuseStep } from './refusals.ts';
import type { Seat, SeatContext } from './seat/state.ts';
import { seatTransition, signing } from './seat/seat.ts';
import {
  afterSitting,
  custodianSeat,
  signingSeat,
  witnessSeat,
  type WithShares,
} from './share-round.ts';

export type SittingPhase = { readonly at: 'who' } | { readonly at: 'seat'; readonly seat: Seat };

/** What a ceremony's state has for its sittings. */
interface SittingState extends EndingState, WithShares {}

/** What differs between these ceremonies. */
export interface Sittings<S> {
  readonly set: PackagedSet;
  enter(state: S, phase: SittingPhase | EndingPhase): S;
  context(state: S, seat: Seat): SeatContext;
  /** There are enough shares: where it goes on. */
  enough(state: S): Step<S>;
  /** What the bundle says besides. */
  bundle(state: S): Omit<Extract<Effect, { effect: 'make-bundle' }>, 'effect'>;
}

/** Somebody comes, sits there or gets up. */
export function sittingsTransition<S extends SittingState>(
  state: S,
  phase: SittingPhase,
  event: CeremonyEvent,
  sittings: Sittings<S>,
): Step<S> {
  if (phase.at === 'seat') return seat(state, event, phase.seat, sittings);
  if (event.type !== 'who' || state.accepted.includes(event.index)) throw refuseStep('not-now');
  return sit(state, custodianSeat(sittings.set, event.index), sittings);
}

/** Everything is done that the shares were given for: the first witness sits down. */
export function startSignatures<S extends SittingState>(state: S, sittings: Sittings<S>): Step<S> {
  return sit(state, witnessSeat(state, sittings.set, null), sittings);
}

function sit<S extends SittingState>(state: S, next: Seat | null, sittings: Sittings<S>): Step<S> {
  if (next === null) throw refuseStep('not-now');
  return { state: sittings.enter(state, { at: 'seat', seat: next }), effects: [] };
}

function seat<S extends SittingState>(
  state: S,
  event: CeremonyEvent,
  current: Seat,
  sittings: Sittings<S>,
): Step<S> {
  if (event.type === 'bundle-made') return bundleMade(state, event);
  if (event.type === 'seat-ended') return afterSeat(state, current, sittings);
  const result = seatTransition(current, event, sittings.context(state, current));
  const { seat: after, effects } = result;
  const next = sittings.enter(
    {
      ...state,
      busy: result.busy ?? null,
      accepted: event.type === 'share-accepted' ? [...state.accepted, event.index] : state.accepted,
    },
    { at: 'seat', seat: after },
  );
  if (result.finished !== true) return { state: next, effects };
  const last = current.turn.role === 'operator';
  return {
    state: {
      ...next,
      busy: last ? signing(after, 'Making the bundle') : busy('Clearing the screen'),
    },
    effects: [
      ...effects,
      last ? { effect: 'make-bundle', ...sittings.bundle(state) } : { effect: 'end-seat' },
    ],
  };
}

function afterSeat<S extends SittingState>(state: S, left: Seat, sittings: Sittings<S>): Step<S> {
  const { set } = sittings;
  const next = { ...state, ...afterSitting(state, left) };
  switch (left.turn.role) {
    case 'custodian':
      return next.accepted.length < set.threshold
        ? { state: sittings.enter(next, { at: 'who' }), effects: [] }
        : sittings.enough(next);
    case 'witness':
      return sit(next, witnessSeat(next, set, left) ?? signingSeat(set, 'operator'), sittings);
    case 'operator':
      return { state: sittings.enter(next, { at: 'save-bundle' }), effects: [] };
    case 'admin':
      throw refuseStep('not-now');
  }
}
