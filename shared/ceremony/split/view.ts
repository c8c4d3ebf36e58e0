/**
 * What the window shows of a Split: a function of the state and the transcript's head.
 * @module
 */
import { isEnding } from '../ending.ts';
import type { Step } from '../types.ts';
import type { Progress, Screen, View } from '../view.ts';
import { seatScreen } from '../seat-view.ts';
import { endingScreen, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isOpening } from '../opening.ts';
import { seatsOf, type SplitState } from './state.ts';
import { seatContext } from './transition.ts';

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
  const { phase, plan, package: setup } = state;
  const count = plan?.custodians.length ?? 0;
  const threshold = plan?.threshold ?? 0;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) {
    return endingScreen(state, phase, state.sync?.name ?? 'sync', head, takeHome(state));
  }
  switch (phase.at) {
    case 'plan':
      return { screen: 'plan', keyVersion: setup?.keyVersion ?? '', plan };
    case 'seat': {
      const round = plan === null ? [] : seatsOf(plan, phase.queue);
      const at = round.findIndex(
        ({ turn }) => turn.name === phase.seat.turn.name && turn.role === phase.seat.turn.role,
      );
      return seatScreen(phase.seat, {
        context: seatContext(state, phase.seat),
        leaving: round[at - 1]?.turn.name ?? null,
        progress: phase.queue === 'shares' ? progress(state) : null,
        words: head.words,
        media: [],
        spare: { backup: false, copy: false },
        gotUp: 0,
        keyOn: [],
      });
    }
    case 'make-key':
      return { screen: 'make-key', count, threshold };
    case 'prove':
      return { screen: 'prove', count, threshold };
    case 'set-ready':
      return {
        screen: 'set-ready',
        label: plan?.label ?? '',
        words: state.set?.words ?? '',
        digest: state.set?.manifestDigest ?? '',
        witnessPage: { printed: state.witnessPage, page: plan?.page ?? null },
      };
  }
}

function progress(state: SplitState): Progress {
  return {
    done: Object.values(state.media).filter((media) => media.length > 0).length,
    of: state.plan?.custodians.length ?? 0,
  };
}

function takeHome(state: SplitState): string[] {
  return (state.plan?.custodians ?? []).map(
    ({ name }, at) =>
      `${name}: share ${at + 1} on ${(state.media[at + 1] ?? []).map(({ description }) => description).join(' and ')}`,
  );
}

/** The whole way, for the list on the left. */
function steps(state: SplitState): Step[] {
  const { plan, phase } = state;
  const custodians = plan?.custodians ?? [];
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
        return 6 + custodians.length;
      case 'make-key':
        return 4;
      case 'prove':
      case 'set-ready':
        return 5 + custodians.length;
      case 'save-bundle':
        return 7 + custodians.length;
      case 'waiting':
        return 8 + custodians.length;
      case 'closed':
      case 'void':
        return 9 + custodians.length;
    }
  })();
  return stepsAt(position, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'plan', label: 'Agree who takes part', who: 'Everybody' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'people', label: 'Operator and witness', who: 'Each in turn' },
    { id: 'key', label: 'Make and split the key', who: 'Operator' },
    ...custodians.map(({ name }, at) => ({
      id: `share-${at + 1}`,
      label: `Share ${at + 1} of ${custodians.length}`,
      who: name,
    })),
    { id: 'prove', label: 'Prove that it can be restored', who: 'Everybody' },
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}
