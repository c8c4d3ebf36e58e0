/**
 * What every ceremony machine is: a pure function of state and event. The host runs the effects
 * and feeds their events back; nothing in here reads a clock, a disk or a secret.
 * @module
 */
import { Refusal, type RefusalNote } from '../refusal.ts';
import { ANSWERS, type Effect } from './effects.ts';
import { personEventSchema, type CeremonyEvent, type HostEvent } from './events.ts';
import type { Busy } from './view.ts';

/** What all machine states have. Plain JSON. */
export interface Core {
  readonly phase: { readonly at: string };
  /** The host event that the running effect will answer with. */
  readonly awaiting: HostEvent['type'] | null;
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

const personTypes = new Set<string>(
  personEventSchema.options.map((option) => option.shape.type.value),
);

/** Whether a person said it (over IPC) rather than the host. */
export function isPersonEvent(event: CeremonyEvent): boolean {
  return personTypes.has(event.type);
}

/** Nothing can happen to it any more. */
function isOver({ phase }: Core): boolean {
  return ['closed', 'void', 'compared', 'checked'].includes(phase.at);
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
      // What was still going on when it ended says nothing to anybody.
      if (isOver(state)) return { state, effects: [] };
      return { state: { ...state, busy: null, awaiting: null, refusal: event.note }, effects: [] };
    case 'entry-cancelled':
      return { state: { ...state, busy: null, awaiting: null }, effects: [] };
    case 'exception':
      return {
        state,
        effects: [{ effect: 'record', kind: 'exception', facts: { text: event.text } }],
      };
    case 'pause':
    case 'resume': {
      const paused = event.type === 'pause';
      if (paused === state.paused || isOver(state)) return { state, effects: [] };
      return {
        state: { ...state, paused },
        effects: [{ effect: 'record', kind: paused ? 'paused' : 'resumed', facts: {} }],
      };
    }
    default:
      return isPersonEvent(event) ? heard(state, event, own) : answered(state, event, own);
  }
}

/** A person said something. */
function heard<State extends Core>(
  state: State,
  event: CeremonyEvent,
  own: (state: State, event: CeremonyEvent) => Step<State>,
): Step<State> {
  // While an effect runs its answer is awaited: a second click must not start another.
  if (state.busy !== null || state.paused) return { state, effects: [] };
  try {
    return awaits(own({ ...state, refusal: null }, event));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { state: { ...state, refusal: error.note() }, effects: [] };
  }
}

/** The host reports. What nobody waits for (any more) changes nothing. */
function answered<State extends Core>(
  state: State,
  event: CeremonyEvent,
  own: (state: State, event: CeremonyEvent) => Step<State>,
): Step<State> {
  if (event.type !== state.awaiting) return { state, effects: [] };
  try {
    return awaits(own({ ...state, busy: null, awaiting: null, refusal: null }, event));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      state: { ...state, busy: null, awaiting: null, refusal: error.note() },
      effects: [],
    };
  }
}

function awaits<State extends Core>({ state, effects }: Step<State>): Step<State> {
  const answers = effects.flatMap(({ effect }) => ANSWERS[effect] ?? []);
  return { state: { ...state, awaiting: answers[0] ?? null }, effects };
}
