/**
 * Putting another key version to use, or retiring one, step by step: package → environment, clock →
 * everybody agrees to what would be so → k custodians of the active version give their shares, each
 * checked alone → signatures → bundle → receipt.
 *
 * A share key is made of its own share, so k shares sign and nothing is ever restored from them.
 * @module
 */
import { shareName } from '../../sharing/refusals.ts';
import { abandon, bundleMade, endingTransition, isEnding, type EndingPhase } from '../ending.ts';
import type { CeremonyEvent } from '../events.ts';
import { givingSeatContext } from '../giving-context.ts';
import { busy, step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import type { VersionChangePackageFacts } from '../package-facts.ts';
import { custodianSeat } from '../recover/state.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat-state.ts';
import { seatTransition, signing } from '../seat.ts';
import { afterSitting, seenBy, signingSeat, witnessSeat } from '../share-round.ts';
import { isAboutWitnessPage, printWitnessPage } from '../witness-page.ts';
import { VERSION_CHANGES } from './kinds.ts';
import type { VersionChangePhase, VersionChangeState } from './state.ts';

type Next = Step<VersionChangeState>;

export function versionChangeTransition(state: VersionChangeState, event: CeremonyEvent): Next {
  return step(state, event, own);
}

function own(state: VersionChangeState, event: CeremonyEvent): Next {
  const { phase, about } = state;
  if (event.type === 'abandon') return abandon(state, phase, event.reason, enter);
  if (isOpening(phase)) return openingTransition(state, phase, event, openingOf(state));
  if (phase.at === 'waiting' && isAboutWitnessPage(event)) {
    return printWitnessPage(state, event, null);
  }
  if (isEnding(phase)) return endingTransition(state, phase, event, enter);
  if (about === null) throw refuseStep('not-now');
  switch (phase.at) {
    case 'version-change':
      if (event.type !== 'agree') break;
      return {
        state: { ...state, phase: { at: 'who' } },
        effects: [VERSION_CHANGES[state.ceremony].agreed(about)],
      };
    case 'who':
      if (event.type !== 'who' || state.accepted.includes(event.index)) break;
      return sit(state, custodianSeat(about, event.index));
    case 'seat':
      return seat(state, about, event, phase.seat);
  }
  throw refuseStep('not-now');
}

function openingOf({ ceremony }: VersionChangeState): OpeningPlan<VersionChangeState> {
  const opening: OpeningPlan<VersionChangeState> = {
    packageKind: ceremony,
    enter: (state, phase) => ({ ...state, phase }),
    afterPackage: (state, { versionChange = null }) =>
      checkEnvironment({ ...state, about: versionChange }, opening),
    afterClock: (state) => to(state, { at: 'version-change' }),
  };
  return opening;
}

function enter(state: VersionChangeState, phase: EndingPhase): VersionChangeState {
  return { ...state, phase };
}

function to(state: VersionChangeState, phase: VersionChangePhase): Next {
  return { state: { ...state, phase }, effects: [] };
}

function sit(state: VersionChangeState, next: Seat | null): Next {
  if (next === null) throw refuseStep('not-now');
  return to(state, { at: 'seat', seat: next });
}

function seat(
  state: VersionChangeState,
  about: VersionChangePackageFacts,
  event: CeremonyEvent,
  current: Seat,
): Next {
  if (event.type === 'bundle-made') return bundleMade(state, event);
  if (event.type === 'seat-ended') return afterSeat(state, about, current);
  const result = seatTransition(current, event, versionChangeSeatContext(state, about, current));
  const next: VersionChangeState = {
    ...state,
    phase: { at: 'seat', seat: result.seat },
    busy: result.busy ?? null,
    accepted: event.type === 'share-accepted' ? [...state.accepted, event.index] : state.accepted,
  };
  if (result.finished !== true) return { state: next, effects: result.effects };
  const last = current.turn.role === 'operator';
  return {
    state: {
      ...next,
      busy: last ? signing(result.seat, 'Making the bundle') : busy('Clearing the screen'),
    },
    effects: [
      ...result.effects,
      last ? { effect: 'make-bundle', escrowedEmail: null } : { effect: 'end-seat' },
    ],
  };
}

function afterSeat(state: VersionChangeState, about: VersionChangePackageFacts, left: Seat): Next {
  const next = { ...state, ...afterSitting(state, left) };
  switch (left.turn.role) {
    case 'custodian':
      return next.accepted.length < about.threshold
        ? to(next, { at: 'who' })
        : sit(next, witnessSeat(next, about, null));
    case 'witness':
      return sit(next, witnessSeat(next, about, left) ?? signingSeat(about, 'operator'));
    case 'operator':
      return to(next, { at: 'save-bundle' });
    case 'admin':
      throw refuseStep('not-now');
  }
}

/** What a sitting has to know. */
export function versionChangeSeatContext(
  state: VersionChangeState,
  about: VersionChangePackageFacts,
  { turn }: Seat,
): SeatContext {
  const what = VERSION_CHANGES[state.ceremony].outcome(about);
  const saw = seenBy(state, turn).map((one) => ` I saw that ${one}.`);
  const statement =
    turn.index !== null
      ? `I gave ${shareName(turn.index, about.count)} to sign that ${what}, as it was shown to me, and for nothing else.`
      : `I ${turn.role === 'witness' ? 'watched' : 'led'} the ceremony that signed that ${what}.${saw.join('')} Nothing was put together. The transcript up to here is what happened.`;
  return givingSeatContext(about, turn, state, statement);
}
