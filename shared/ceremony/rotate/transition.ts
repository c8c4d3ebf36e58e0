/**
 * New shares of the same platform key, a new platform key beside it, or another set of it, step by step: package → plan →
 * environment, clock → people → ticket's key, vault component compared before the first share is asked
 * for → what comes, what ends or goes on is agreed → shares of the set in force in, each checked alone →
 * platform key restored and checked; its halves made anew, or another one made → split, and from there as
 * every new share set (new-set/transition.ts).
 *
 * Another set of the same key has no ticket and nothing to compare: the shares alone give what is split
 * once more, and its check value proves it.
 *
 * Of new shares those of before open the key until sync has committed the bundle. Afterwards a fresh
 * package brings the new vault component back: it is opened the same way, compared, and nothing is made.
 * @module
 */
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy, type Step } from '../machine.ts';
import {
  keySplit,
  newSetStep,
  openingOf,
  splitKey,
  type NewSetPlan,
} from '../new-set/transition.ts';
import { checkEnvironment } from '../opening.ts';
import type { RotatePackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat } from '../seat/state.ts';
import { seatTransition } from '../seat/seat.ts';
import { afterSitting, custodianSeat, seenBy } from '../share-round.ts';
import type { Turn } from '../types.ts';
import { ROTATIONS } from './kinds.ts';
import { keptPeople } from './people.ts';
import { giverSeatContext } from './seat-context.ts';
import type { RotatePhase, RotateState } from './state.ts';

type Next = Step<RotateState>;

export function rotateTransition(state: RotateState, event: CeremonyEvent): Next {
  return newSetStep(state, event, planOf(state));
}

const planOf = ({ ceremony }: RotateState): NewSetPlan<RotateState> => ({
  ...ROTATION,
  packageKind: ROTATIONS[ceremony].packageKind,
});

const ROTATION: Omit<NewSetPlan<RotateState>, 'packageKind'> = {
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: (state, { rotate }) => to({ ...state, rotate: rotate ?? null }, { at: 'plan' }),
  first,
  fault: ({ rotate }, plan) => (rotate === null ? null : labelFault(rotate, plan.label)),
  agreed: withKept,
  afterClock: (state) => (state.comparesOnly ? { ...state, phase: { at: 'ticket-key' } } : null),
  getKey: (state) => ({
    ...state,
    phase: { at: ROTATIONS[state.ceremony].bringsHalf ? 'ticket-key' : 'rotate-facts' },
  }),
  own,
  planFacts: () => ({}),
  aboutKey: aboutRotation,
  adoption: () => null,
};

/** Sets of all key versions lie in the same safes. */
function labelFault({ setLabel, otherLabels }: RotatePackageFacts, wanted: string) {
  const taken = [setLabel, ...otherLabels].find(
    (label) => label.toLowerCase() === wanted.toLowerCase(),
  );
  return taken === undefined ? null : refuseStep('plan-label-taken', taken);
}

function to(state: RotateState, phase: RotatePhase, effects: readonly Effect[] = []): Next {
  return { state: { ...state, phase }, effects };
}

/** Whoever stays without a sitting keeps the identity, and nobody else can bring the same one. */
function withKept(state: RotateState): RotateState {
  const { plan, rotate } = state;
  if (plan === null || rotate === null) return state;
  const kept = keptPeople(plan, rotate);
  return {
    ...state,
    keys: Object.fromEntries(kept.map(({ name, publicKey }) => [name, publicKey])),
    credentials: Object.fromEntries(
      kept.flatMap(({ name, credential }) =>
        credential === undefined ? [] : [[name, credential]],
      ),
    ),
  };
}

function first(state: RotateState, event: CeremonyEvent): Next | null {
  const { phase } = state;
  if (event.type === 'compare-only') {
    const { mayCompare } = ROTATIONS[state.ceremony];
    if (phase.at !== 'plan' || !mayCompare) throw refuseStep('not-now');
    return checkEnvironment({ ...state, plan: null, comparesOnly: true }, openingOf(planOf(state)));
  }
  return null;
}

function own(state: RotateState, event: CeremonyEvent): Next {
  const { phase, rotate } = state;
  if (rotate === null) throw refuseStep('not-now');
  switch (phase.at) {
    case 'ticket-key':
      return ticketKey(state, event);
    case 'rotate-facts':
      return agree(state, rotate, event);
    case 'who':
      if (event.type !== 'who' || state.accepted.includes(event.index)) break;
      return giver(state, custodianSeat(rotate, event.index));
    case 'giver':
      return give(state, rotate, event, phase.seat);
    case 'renew-key':
      return renew(state, event);
  }
  throw refuseStep('not-now');
}

function ticketKey(state: RotateState, event: CeremonyEvent): Next {
  if (event.type === 'choose-volume') {
    const doing = 'Opening the package and comparing its vault component';
    return {
      state: { ...state, busy: busy(doing, { entryWindow: true }) },
      effects: [{ effect: 'open-rotate-package', volumeId: event.id }],
    };
  }
  if (event.type === 'package-opened') {
    const checked: Effect = {
      effect: 'record',
      kind: 'vault-component-checked',
      facts: { fits: true },
    };
    return state.comparesOnly
      ? to(state, { at: 'compared' }, [
          checked,
          { effect: 'record', kind: 'ceremony-closed', facts: { outcome: 'compared' } },
          { effect: 'finish' },
        ])
      : to(state, { at: 'rotate-facts' }, [checked]);
  }
  throw refuseStep('not-now');
}

function agree(state: RotateState, rotate: RotatePackageFacts, event: CeremonyEvent): Next {
  if (event.type !== 'agree' || state.plan === null) throw refuseStep('not-now');
  return to(state, { at: 'who' }, [ROTATIONS[state.ceremony].agreed(state, rotate)]);
}

function giver(state: RotateState, seat: Seat | null): Next {
  if (seat === null) throw refuseStep('not-now');
  return to(state, { at: 'giver', seat });
}

function give(
  state: RotateState,
  rotate: RotatePackageFacts,
  event: CeremonyEvent,
  current: Seat,
): Next {
  if (event.type === 'seat-ended') {
    const next = { ...state, ...afterSitting(state, current) };
    return to(next, { at: next.accepted.length < rotate.threshold ? 'who' : 'renew-key' });
  }
  const result = seatTransition(current, event, giverSeatContext(state, rotate, current));
  const next: RotateState = {
    ...state,
    accepted: event.type === 'share-accepted' ? [...state.accepted, event.index] : state.accepted,
    phase: { at: 'giver', seat: result.seat },
    busy: result.finished === true ? busy('Clearing the screen') : (result.busy ?? null),
  };
  const ends: readonly Effect[] = result.finished === true ? [{ effect: 'end-seat' }] : [];
  return { state: next, effects: [...result.effects, ...ends] };
}

function renew(state: RotateState, event: CeremonyEvent): Next {
  const { making, made } = ROTATIONS[state.ceremony];
  switch (event.type) {
    case 'continue':
      return {
        state: { ...state, busy: busy(making) },
        effects: [{ effect: 'renew-key' }],
      };
    case 'key-renewed': {
      const indexes = event.indexes.join(', ');
      if (made === 'component-restored') return splitKey(state, event, made, { indexes });
      const next = splitKey(state, event, made);
      const checked: Effect = {
        effect: 'record',
        kind: 'platform-key-checked',
        facts: { fits: true, indexes },
      };
      return { state: next.state, effects: [checked, ...next.effects] };
    }
    case 'component-split':
      return keySplit(state, event, planOf(state));
  }
  throw refuseStep('not-now');
}

/** What this person signs of the key besides the usual. */
export function aboutRotation(state: RotateState, turn: Turn): string {
  const { ceremony, rotate, accepted } = state;
  // Nobody signs anything of it before the key has its new halves.
  if (rotate === null || state.key === null || turn.role === 'custodian') return '';
  const gave = [...accepted].sort((a, b) => a - b).join(', ');
  return [
    ROTATIONS[ceremony].done(rotate, `shares ${gave} of the set ${rotate.setLabel}`),
    ...seenBy(state, turn).map((what) => `I saw that ${what}.`),
  ].join(' ');
}
