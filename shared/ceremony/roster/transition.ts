/**
 * Changing who takes part, step by step: package → who takes part from now on → environment, clock →
 * who is new makes or opens an identity → everybody agrees on what changes → k custodians give their
 * shares, each checked alone → the new roster is signed → signatures → bundle → receipt.
 *
 * A share key is made of its own share, so k shares sign and nothing is ever restored from them.
 * @module
 */
import { changeInWords } from '../../identity/roster-change.ts';
import { abandon, bundleMade, endingTransition, isEnding, type EndingPhase } from '../ending.ts';
import type { CeremonyEvent } from '../events.ts';
import type { RosterPackageFacts } from '../package-facts.ts';
import { busy, step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import { refuseStep } from '../refusals.ts';
import { credentialsAfter, type Seat } from '../seat/state.ts';
import { afterSitting, custodianSeat, signingSeat, witnessSeat } from '../share-round.ts';
import { seatTransition, signing } from '../seat/seat.ts';
import type { SeatQueue } from '../new-set/state.ts';
import { isAboutWitnessPage, printWitnessPage } from '../witness-page.ts';
import { planFault } from './plan.ts';
import { rosterSeatContext } from './seat-context.ts';
import {
  changesOf,
  enrolSeats,
  newAdminsOf,
  newPeople,
  signersOf,
  type RosterPhase,
  type RosterState,
} from './state.ts';

type Next = Step<RosterState>;

export function rosterTransition(state: RosterState, event: CeremonyEvent): Next {
  return step(state, event, own);
}

function own(state: RosterState, event: CeremonyEvent): Next {
  const { phase } = state;
  if (event.type === 'abandon') return abandon(state, phase, event.reason, enter);
  if (isOpening(phase)) return openingTransition(state, phase, event, opening);
  if (phase.at === 'waiting' && isAboutWitnessPage(event)) return printPage(state, event);
  if (isEnding(phase)) return endingTransition(state, phase, event, enter);
  if (state.change === null) throw refuseStep('not-now');
  switch (phase.at) {
    case 'roster-plan':
      return plan(state, state.change, event);
    case 'seat':
      return seat(state, state.change, event, phase.seat, phase.queue);
    case 'roster-facts':
      return agree(state, state.change, event);
    case 'who':
      if (event.type !== 'who' || state.accepted.includes(event.index)) break;
      return sit(state, custodianSeat(state.change, event.index), 'shares');
    case 'sign-roster':
      return signRoster(state, event);
  }
  throw refuseStep('not-now');
}

const opening: OpeningPlan<RosterState> = {
  packageKind: 'roster',
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: (state, event) => to({ ...state, change: event.roster }, { at: 'roster-plan' }),
  afterClock: (state) => nextToEnrol(state, null),
};

function enter(state: RosterState, phase: EndingPhase): RosterState {
  return { ...state, phase };
}

function to(state: RosterState, phase: RosterPhase): Next {
  return { state: { ...state, phase }, effects: [] };
}

function sit(state: RosterState, next: Seat | null, queue: SeatQueue): Next {
  if (next === null) throw refuseStep('not-now');
  return to(state, { at: 'seat', seat: next, queue });
}

function printPage(state: RosterState, event: CeremonyEvent): Next {
  return printWitnessPage(state, event, state.plan?.page ?? null);
}

function plan(state: RosterState, change: RosterPackageFacts, event: CeremonyEvent): Next {
  if (event.type !== 'roster-plan') throw refuseStep('not-now');
  // What was typed comes back with the refusal: nobody types it twice.
  const kept = { ...state, plan: event.plan, keys: {}, credentials: {} };
  const fault = planFault(event.plan, change);
  if (fault !== null) return { state: { ...kept, refusal: fault.note() }, effects: [] };
  return checkEnvironment(kept, opening);
}

/** The next one who is new sits down; after the last, what changes is shown. */
function nextToEnrol(state: RosterState, left: Seat | null): Next {
  const seats = state.plan === null ? [] : enrolSeats(state.plan);
  const at = seats.findIndex(({ turn }) => turn.name === left?.turn.name);
  const next = seats[at + 1];
  if (next !== undefined) return sit(state, next, 'enrol');
  if (changesOf(state).length === 0 && newAdminsOf(state) === null) {
    const refusal = refuseStep('roster-unchanged').note();
    return { state: { ...state, phase: { at: 'roster-plan' }, refusal }, effects: [] };
  }
  return to(state, { at: 'roster-facts' });
}

function agree(state: RosterState, change: RosterPackageFacts, event: CeremonyEvent): Next {
  if (event.type !== 'agree') throw refuseStep('not-now');
  const admins = newAdminsOf(state) ?? [];
  return {
    state: { ...state, phase: { at: 'who' } },
    effects: [
      {
        effect: 'record',
        kind: 'roster-agreed',
        facts: {
          serial: change.serial + 1,
          previous: { type: 'digest', value: change.rosterDigest },
          ...Object.fromEntries(
            changesOf(state).map((one, at) => [`change.${at + 1}`, changeInWords(one)]),
          ),
          ...Object.fromEntries(
            admins.flatMap(({ name, userId, roles, publicKey }, at) => [
              [`admin.${at + 1}.name`, name],
              [`admin.${at + 1}.user`, userId],
              [`admin.${at + 1}.roles`, roles.join(', ')],
              [`admin.${at + 1}.key`, { type: 'digest' as const, value: publicKey }],
            ]),
          ),
        },
      },
    ],
  };
}

function seat(
  state: RosterState,
  change: RosterPackageFacts,
  event: CeremonyEvent,
  current: Seat,
  queue: SeatQueue,
): Next {
  if (event.type === 'bundle-made') return bundleMade(state, event);
  if (event.type === 'seat-ended') return afterSeat(state, change, current, queue);
  const result = seatTransition(current, event, rosterSeatContext(state, change, current));
  const { seat: after } = result;
  const next: RosterState = {
    ...state,
    phase: { at: 'seat', seat: after, queue },
    busy: result.busy ?? null,
    refusal: event.type === 'written' ? (event.warning ?? null) : null,
    accepted: event.type === 'share-accepted' ? [...state.accepted, event.index] : state.accepted,
    keys:
      queue === 'enrol' && after.identityKey !== null
        ? { ...state.keys, [after.turn.name]: after.identityKey }
        : state.keys,
    credentials: queue === 'enrol' ? credentialsAfter(state.credentials, after) : state.credentials,
  };
  if (result.finished !== true) return { state: next, effects: result.effects };
  const last = queue === 'signatures' && current.turn.role === 'operator';
  return {
    state: {
      ...next,
      busy: last ? signing(after, 'Making the bundle') : busy('Clearing the screen'),
    },
    effects: [
      ...result.effects,
      last ? { effect: 'make-bundle', escrowedEmail: null } : { effect: 'end-seat' },
    ],
  };
}

function afterSeat(
  state: RosterState,
  change: RosterPackageFacts,
  left: Seat,
  queue: SeatQueue,
): Next {
  const next = { ...state, ...afterSitting(state, left) };
  switch (queue) {
    case 'enrol':
      return nextToEnrol(next, left);
    case 'shares':
      return to(next, { at: state.accepted.length < change.threshold ? 'who' : 'sign-roster' });
    case 'signatures':
      return left.turn.role === 'witness'
        ? sit(
            next,
            witnessSeat(next, signersOf(state), left) ?? signingSeat(signersOf(state), 'operator'),
            queue,
          )
        : to(next, { at: 'save-bundle' });
  }
}

function signRoster(state: RosterState, event: CeremonyEvent): Next {
  if (event.type === 'continue' && state.signed === null) {
    return {
      state: { ...state, busy: busy('Signing the new roster with the share keys') },
      effects: [{ effect: 'sign-roster', people: newPeople(state), admins: newAdminsOf(state) }],
    };
  }
  if (event.type === 'roster-signed') {
    const { rosterDigest, words } = event;
    return {
      state: { ...state, signed: { rosterDigest, words } },
      effects: [
        {
          effect: 'record',
          kind: 'roster-signed',
          facts: { rosterDigest: { type: 'digest', value: rosterDigest } },
        },
      ],
    };
  }
  if (state.signed === null) throw refuseStep('not-now');
  if (isAboutWitnessPage(event)) return printPage(state, event);
  if (event.type === 'continue')
    return sit(state, witnessSeat(state, signersOf(state), null), 'signatures');
  throw refuseStep('not-now');
}
