/**
 * What the window shows of a drill.
 * @module
 */
import { endingWithPage, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import { sittingScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { failedShares, type DrillState } from './state.ts';
import { drillSeatContext } from './transition.ts';

export function drillView(state: DrillState, head: Head): View {
  const own = {
    title: 'Drill: prove the shares',
    setLabel: state.drill?.setLabel ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: DrillState, head: Head): Screen {
  const { phase, drill } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) return endingWithPage(state, phase, head, null);
  if (drill === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  const { threshold, count, custodians } = drill;
  switch (phase.at) {
    case 'drill-facts':
      return {
        screen: 'drill-facts',
        label: drill.setLabel,
        keyVersion: drill.keyVersion,
        threshold,
        count,
        custodians: custodians.map(({ name }) => name),
        syncName: state.sync?.name ?? 'sync',
      };
    case 'drill-round': {
      const failed = failedShares(state);
      return {
        screen: 'drill-round',
        threshold,
        shares: custodians.map(({ index, name }) => ({
          index,
          name,
          proved: state.proofs.find((one) => one.index === index)?.medium ?? null,
          failed: failed.find((one) => one.index === index)?.why ?? null,
        })),
      };
    }
    case 'seat':
      // As many as there are may come; none of them is needed.
      return sittingScreen(state, { ...drill, threshold: count }, phase.seat, {
        context: drillSeatContext(drill, phase.seat, state),
        words: head.words,
      });
  }
}

function steps({ phase }: DrillState): Step[] {
  const position = ((): number => {
    switch (phase.at) {
      case 'descriptor':
      case 'descriptor-words':
      case 'package':
        return 0;
      case 'environment':
      case 'clock':
        return 1;
      case 'drill-facts':
        return 2;
      case 'drill-round':
        return 3;
      case 'seat':
        return phase.seat.purpose === 'give-share' ? 3 : 4;
      case 'save-bundle':
        return 5;
      case 'waiting':
        return 6;
      case 'closed':
      case 'void':
        return 7;
    }
  })();
  return stepsAt(position, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'facts', label: 'Agree what is proved', who: 'Everybody' },
    { id: 'shares', label: 'Prove shares, one after the other', who: 'Custodians' },
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}
