/**
 * What every ceremony machine is: a pure function of state and event. The host runs the effects
 * and feeds their events back; nothing in here reads a clock, a disk or a secret.
 * @module
 */
import { Refusal, type RefusalNote } from '../refusal.ts';
import type { Effect } from './effects.ts';
import { personEventSchema, type CeremonyEvent } from './events.ts';
import { refuseStep } from './refusals.ts';
import type { Busy } from './view.ts';

/** What all machine states have. Plain JSON. */
export interface Core {
  readonly busy: Busy | null;
  readonly refusal: RefusalNote | null;
  readonly paused: boolean;
}

export interface Step<State> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** Shows what is being done; at most one lasting effect runs at a time. */
export function busy(doing: string, more: Partial<Busy> = {}): Busy {
  return { doing, entryWindow: false, seconds: null, ...more };
}

const notNow = refuseStep('not-now').code;

const personTypes = new Set<string>(
  personEventSchema.options.map((option) => option.shape.type.value),
);

/** Whether a person said it (over IPC) rather than the host. */
export function isPersonEvent(event: CeremonyEvent): boolean {
  return personTypes.has(event.type);
}

/**
 * Wraps a machine's own transition: pausing, exceptions, refusals and finished effects are the
 * same everywhere. `own` throws a Refusal to say no; the state then stays as it was.
 */
export function step<State extends Core>(
  state: State,
  event: CeremonyEvent,
  own: (state: State, event: CeremonyEvent) => Step<State>,
): Step<State> {
  switch (event.type) {
    case 'refused':
      return { state: { ...state, busy: null, refusal: event.note }, effects: [] };
    case 'entry-cancelled':
      return { state: { ...state, busy: null }, effects: [] };
    case 'exception':
      return {
        state,
        effects: [{ effect: 'record', kind: 'exception', facts: { text: event.text } }],
      };
    case 'pause':
    case 'resume': {
      const paused = event.type === 'pause';
      if (paused === state.paused) return { state, effects: [] };
      return {
        state: { ...state, paused },
        effects: [{ effect: 'record', kind: paused ? 'paused' : 'resumed', facts: {} }],
      };
    }
    default:
      // While an effect runs its answer is awaited: a second click must not start another.
      if (isPersonEvent(event) && (state.busy !== null || state.paused)) {
        return { state, effects: [] };
      }
      try {
        return own({ ...state, busy: null, refusal: null }, event);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        // The late answer of an effect that the person gave up is no news to anybody.
        if (error.code === notNow && !isPersonEvent(event)) return { state, effects: [] };
        return { state: { ...state, busy: null, refusal: error.note() }, effects: [] };
      }
  }
}
