/**
 * What the window shows of a Split: a function of the state and the transcript's head.
 * @module
 */
import { isEnding } from '../ending.ts';
import { endingScreen, frameOf, openingScreen, type Head } from '../common-view.ts';
import { isNewSet } from '../new-set/state.ts';
import { newSetScreen, newSetSteps, takeHome } from '../new-set/view.ts';
import { isOpening } from '../opening.ts';
import type { Screen, View } from '../view.ts';
import type { SplitState } from './state.ts';

const OWN = [{ id: 'key', label: 'Make and split the key', who: 'Operator' }];

export function splitView(state: SplitState, head: Head): View {
  const own = {
    title: 'Split a new platform key',
    setLabel: state.plan?.label ?? null,
    steps: newSetSteps(state, OWN, state.phase.at === 'make-key' ? 0 : state.phase),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: SplitState, head: Head): Screen {
  const { phase, plan } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) {
    return endingScreen(state, phase, state.sync?.name ?? 'sync', head, takeHome(state));
  }
  if (isNewSet(phase)) return newSetScreen(state, phase, head, '');
  return {
    screen: 'make-key',
    count: plan?.custodians.length ?? 0,
    threshold: plan?.threshold ?? 0,
  };
}
