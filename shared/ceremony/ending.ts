/**
 * How every ceremony ends: the bundle onto a stick, read back; then it waits for its receipt,
 * over restarts, and only the receipt closes it. Before the bundle exists it can be declared
 * void.
 * @module
 */
import type { Outcome } from '../bundle/receipt.ts';
import type { Effect } from './effects.ts';
import type { CeremonyEvent } from './events.ts';
import { busy, type Core, type Step } from './machine.ts';
import { refuseStep } from './refusals.ts';
import { renewalLeft } from './seat/renewal.ts';
import type { Seat } from './seat/state.ts';

export type EndingPhase =
  | { readonly at: 'save-bundle' }
  | { readonly at: 'waiting' }
  | { readonly at: 'closed'; readonly outcome: Outcome; readonly statement: string }
  | { readonly at: 'void'; readonly reason: string };

const ENDING = { 'save-bundle': true, waiting: true, closed: true, void: true } satisfies Record<
  EndingPhase['at'],
  true
>;

export function isEnding(phase: { readonly at: string }): phase is EndingPhase {
  return Object.hasOwn(ENDING, phase.at);
}

interface MadeBundle {
  readonly digest: string;
  /** Its eight words. */
  readonly words: string;
}

/** What a ceremony's state has for its end. */
export interface EndingState extends Core {
  readonly bundle: MadeBundle | null;
  readonly savedOn: readonly string[];
  /** Every medium ever written with a share, in words: what to destroy when it is void. */
  readonly everWritten: readonly string[];
}

export function endingTransition<S extends EndingState>(
  state: S,
  phase: EndingPhase,
  event: CeremonyEvent,
  enter: (state: S, phase: EndingPhase) => S,
): Step<S> {
  if (phase.at === 'closed' || phase.at === 'void') throw refuseStep('not-now');
  if (event.type === 'choose-volume') {
    return {
      state: { ...state, busy: busy('Writing the bundle and reading it back') },
      effects: [{ effect: 'save-bundle', volumeId: event.id }],
    };
  }
  if (event.type === 'bundle-saved' && state.bundle !== null) {
    const { description } = event;
    return {
      state: enter({ ...state, savedOn: [...state.savedOn, description] }, { at: 'waiting' }),
      effects: [
        {
          effect: 'record',
          kind: 'bundle-written',
          facts: { digest: { type: 'digest', value: state.bundle.digest }, description },
        },
      ],
    };
  }
  if (event.type === 'choose-document' && phase.at === 'waiting') {
    return {
      state: { ...state, busy: busy('Reading the receipt') },
      effects: [{ effect: 'import-receipt', documentId: event.id }],
    };
  }
  if (event.type === 'receipt-imported') {
    const { outcome, statement, digest } = event;
    return {
      state: enter(state, { at: 'closed', outcome, statement }),
      effects: [
        {
          effect: 'record',
          kind: 'receipt-imported',
          facts: { digest: { type: 'digest', value: digest }, outcome, statement },
        },
        { effect: 'record', kind: 'ceremony-closed', facts: { outcome } },
        { effect: 'finish' },
      ],
    };
  }
  throw refuseStep('not-now');
}

/** The bundle was made and signed: noted, and the operator may get up. */
export function bundleMade<S extends EndingState>(
  state: S,
  event: Extract<CeremonyEvent, { type: 'bundle-made' }>,
): Step<S> {
  return {
    state: {
      ...state,
      bundle: { digest: event.digest, words: event.words },
      busy: busy('Clearing the screen'),
    },
    effects: [
      {
        effect: 'record',
        kind: 'bundle-made',
        facts: {
          digest: { type: 'digest', value: event.digest },
          signedEntries: event.signedEntries,
        },
      },
      { effect: 'end-seat' },
    ],
  };
}

/**
 * Declares a ceremony without a bundle void; refuses once there is one. Whoever sits there with a sheet
 * that is made anew keeps what is left of it, and it is noted.
 */
export function abandon<S extends EndingState>(
  state: S,
  phase: { readonly at: string; readonly seat?: Seat },
  reason: string,
  enter: (state: S, phase: EndingPhase) => S,
): Step<S> {
  if (phase.at === 'closed' || phase.at === 'void') throw refuseStep('not-now');
  if (state.bundle !== null) throw refuseStep('bundle-exists');
  return {
    state: enter(state, { at: 'void', reason }),
    effects: [
      ...(phase.seat === undefined ? [] : renewalLeft(phase.seat, reason)),
      voidEntry(reason, state.everWritten),
      { effect: 'finish' },
    ],
  };
}

/** The entry that declares a ceremony void, listing every medium that was written. */
export function voidEntry(reason: string, everWritten: readonly string[]): Effect {
  return {
    effect: 'record',
    kind: 'declared-void',
    facts: {
      reason,
      ...Object.fromEntries(everWritten.map((medium, at) => [`medium.${at + 1}`, medium])),
    },
  };
}
