/**
 * What a full drill does beside a drill: the shares that were proved give the platform key once, and
 * that opens the test escrow of the package. How long it took is written down; too long is no failure.
 * @module
 */
import { againstTarget, FULL_DRILL_FAILURE_WORDS } from '../../bundle/full-drill-words.ts';
import type { FullDrillFailure } from '../../bundle/full-drill.ts';
import { bundleMade } from '../ending.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy, type Step } from '../machine.ts';
import type { DrillPackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import type { DrillState } from './state.ts';

type Next = Step<DrillState>;

/** Whether as many shares are proved as are needed to open the test escrow. */
export function isEnough({ proofs }: DrillState, { full, threshold }: DrillPackageFacts): boolean {
  return full !== null && proofs.length >= threshold;
}

/** The platform key fits its check value: what failed then is the escrow. */
const OF_THE_ESCROW = new Set(['sealed-not-openable', 'escrow-key-differs']);

/** Remembered until it opens after all. */
export function refusedEscrow(
  state: DrillState,
  { note: { code } }: Extract<CeremonyEvent, { type: 'refused' }>,
): DrillState {
  if (state.phase.at !== 'test-escrow') return state;
  const refused = OF_THE_ESCROW.has(code) ? 'not-opened' : 'not-restored';
  return { ...state, full: { ...state.full, refused } };
}

/** @param signs everybody has seen what came of it: the witness sits down */
export function testEscrow(
  state: DrillState,
  event: CeremonyEvent,
  signs: (state: DrillState) => Next,
): Next {
  const { full } = state;
  if (event.type === 'test-escrow-opened') return opened(state, event);
  if (event.type === 'continue' && full.outcome !== null) return signs(state);
  if (event.type === 'continue') {
    const doing = 'Restoring the platform key and opening the test escrow';
    return { state: { ...state, busy: busy(doing) }, effects: [{ effect: 'open-test-escrow' }] };
  }
  if (event.type === 'leave-test-escrow' && full.outcome === null && full.refused !== null) {
    const left = leave(state, full.refused);
    const next = signs(left.state);
    return { state: next.state, effects: [...left.effects, ...next.effects] };
  }
  throw refuseStep('not-now');
}

function opened(
  state: DrillState,
  { signature, at, indexes }: Extract<CeremonyEvent, { type: 'test-escrow-opened' }>,
): Next {
  // A clock that was set back in between gives no time below zero.
  const restoreMs = Math.max(0, at - (state.full.firstShareAt ?? at));
  return {
    state: {
      ...state,
      full: { ...state.full, refused: null, outcome: { opened: true, signature, restoreMs } },
    },
    effects: [
      {
        effect: 'record',
        kind: 'platform-key-checked',
        facts: { fits: true, indexes: indexes.join(', ') },
      },
      {
        effect: 'record',
        kind: 'test-escrow-opened',
        facts: { restoreMs, restored: againstTarget('restoreMs', restoreMs) },
      },
    ],
  };
}

/** Nobody else comes, and there are not enough. */
export function leaveTooFew(state: DrillState): Next {
  return leave(state, 'too-few');
}

function leave(state: DrillState, why: FullDrillFailure): Next {
  return {
    state: { ...state, full: { ...state.full, outcome: { opened: false, why } } },
    effects: [{ effect: 'record', kind: 'test-escrow-not-opened', facts: { why } }],
  };
}

/** The bundle exists; of a full drill it is written down how long everything took. */
export function drillMade(
  state: DrillState,
  event: Extract<CeremonyEvent, { type: 'bundle-made' }>,
): Next {
  const made = bundleMade(state, event);
  const { wholeMs } = event;
  if (wholeMs === undefined) return made;
  const timed: Effect = {
    effect: 'record',
    kind: 'full-drill-timed',
    facts: {
      begunAt: { type: 'time', value: state.startedAt },
      wholeMs,
      whole: againstTarget('wholeMs', wholeMs),
    },
  };
  const isRecord = ({ effect }: Effect) => effect === 'record';
  return {
    state: made.state,
    effects: [
      ...made.effects.filter(isRecord),
      timed,
      ...made.effects.filter((one) => !isRecord(one)),
    ],
  };
}

/** For a statement that somebody signs. */
export function outcomeInWords({ drill, full: { outcome } }: DrillState): string {
  if (drill?.full == null) return 'Nothing was put together.';
  if (outcome === null) return 'The test escrow was not opened yet.';
  return outcome.opened
    ? `The platform key was put together once and opened the test escrow, ${againstTarget('restoreMs', outcome.restoreMs)} after the first share.`
    : `The test escrow was not opened: ${FULL_DRILL_FAILURE_WORDS[outcome.why]}.`;
}
