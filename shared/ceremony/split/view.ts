/**
 * What the window shows of a Split: a function of the state and the transcript's head.
 * @module
 */
import { isEnding } from '../ending.ts';
import { endingScreen, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isNewSet } from '../new-set/state.ts';
import { newSetScreen, shareLines, takeHome } from '../new-set/view.ts';
import { isOpening } from '../opening.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import type { SplitState } from './state.ts';

export function splitView(state: SplitState, head: Head): View {
  const own = {
    title: 'Split a new platform key',
    setLabel: state.plan?.label ?? null,
    steps: steps(state),
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

/** The whole way, for the list on the left. */
function steps(state: SplitState): Step[] {
  const { phase } = state;
  const shares = shareLines(state);
  const position = ((): number => {
    switch (phase.at) {
      case 'descriptor':
      case 'descriptor-words':
      case 'package':
        return 0;
      case 'plan':
        return 1;
      case 'environment':
      case 'clock':
        return 2;
      case 'seat':
        if (phase.queue === 'enrol') return 3;
        if (phase.queue === 'shares') return 4 + (phase.seat.turn.index ?? 1);
        return 6 + shares.length;
      case 'make-key':
        return 4;
      case 'prove':
      case 'set-ready':
        return 5 + shares.length;
      case 'save-bundle':
        return 7 + shares.length;
      case 'waiting':
        return 8 + shares.length;
      case 'closed':
      case 'void':
        return 9 + shares.length;
    }
  })();
  return stepsAt(position, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'plan', label: 'Agree who takes part', who: 'Everybody' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'people', label: 'Operator and witness', who: 'Each in turn' },
    { id: 'key', label: 'Make and split the key', who: 'Operator' },
    ...shares,
    { id: 'prove', label: 'Prove that it can be restored', who: 'Everybody' },
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}
