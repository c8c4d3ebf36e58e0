/**
 * What the window shows of a rotation of the shares: a function of the state and the transcript's head.
 * @module
 */
import { endingScreen, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isNewSet } from '../new-set/state.ts';
import { newSetScreen, newSetSteps, takeHome } from '../new-set/view.ts';
import { isOpening } from '../opening.ts';
import type { RotatePackageFacts } from '../package-facts.ts';
import { shareLine, shareSteps, sharesGiven, sittingScreen, whoScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { changesWith, presentPlan } from './people.ts';
import { giverSeatContext } from './seat-context.ts';
import type { RotateState } from './state.ts';
import { aboutRotation } from './transition.ts';

export function rotateView(state: RotateState, head: Head): View {
  const { phase } = state;
  const own = {
    title: 'New shares of the platform key',
    setLabel: state.plan?.label ?? state.rotate?.setLabel ?? null,
    steps: steps(state),
    turn: phase.at === 'seat' || phase.at === 'giver' ? phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: RotateState, head: Head): Screen {
  const { phase, plan, rotate } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) {
    return endingScreen(state, phase, state.sync?.name ?? 'sync', head, takeHome(state));
  }
  if (rotate === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  if (isNewSet(phase)) {
    const about = phase.at === 'seat' ? aboutRotation(state, phase.seat.turn) : '';
    const common = newSetScreen(state, phase, head, about);
    return common.screen === 'plan'
      ? { ...common, renews: { label: rotate.setLabel, present: presentPlan(rotate) } }
      : common;
  }
  switch (phase.at) {
    case 'ticket-key':
      return { screen: 'ticket-key', ticketId: rotate.ticketId };
    case 'rotate-facts':
      return {
        screen: 'rotate-facts',
        keyVersion: rotate.keyVersion,
        before: {
          label: rotate.setLabel,
          threshold: rotate.threshold,
          count: rotate.count,
          custodians: rotate.custodians.map(({ name }) => name),
        },
        after: {
          label: plan?.label ?? '',
          threshold: plan?.threshold ?? 0,
          count: plan?.custodians.length ?? 0,
          custodians: (plan?.custodians ?? []).map(({ name }) => name),
        },
        changes: plan === null ? [] : changesWith(plan, rotate.people, state.keys),
        compared: rotate.compared,
      };
    case 'who':
      return whoScreen(state, rotate);
    case 'giver':
      return sittingScreen(state, rotate, phase.seat, {
        context: giverSeatContext(state, rotate, phase.seat),
        words: head.words,
      });
    case 'renew-key':
      return {
        screen: 'renew-key',
        before: rotate.setLabel,
        count: plan?.custodians.length ?? 0,
        threshold: plan?.threshold ?? 0,
        progress: sharesGiven(state, rotate),
      };
    case 'compared':
      return {
        screen: 'compared',
        keyVersion: rotate.keyVersion,
        label: rotate.setLabel,
        words: head.words,
      };
  }
}

/** The whole way, for the list on the left. */
function steps(state: RotateState): Step[] {
  const { phase, rotate, accepted } = state;
  if (state.comparesOnly) return comparingSteps(state);
  const own = ownSteps(state, rotate);
  switch (phase.at) {
    case 'ticket-key':
      return newSetSteps(state, own, 0);
    case 'rotate-facts':
      return newSetSteps(state, own, 1);
    case 'who':
      return newSetSteps(state, own, 2 + accepted.length);
    case 'giver':
      return newSetSteps(state, own, 1 + shareLine(state, phase.seat));
    case 'renew-key':
      return newSetSteps(state, own, own.length - 1);
    // Whoever only compares has a way of their own.
    case 'compared':
      return comparingSteps(state);
    default:
      return newSetSteps(state, own, phase);
  }
}

function comparingSteps({ phase }: RotateState): Step[] {
  const at = phase.at === 'compared' ? 3 : phase.at === 'ticket-key' ? 2 : 1;
  return stepsAt(at, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'compare', label: 'Compare the vault component', who: 'Operator' },
  ]);
}

function ownSteps(state: RotateState, rotate: RotatePackageFacts | null): Omit<Step, 'standing'>[] {
  return [
    { id: 'ticket', label: 'Open the package', who: 'Operator' },
    { id: 'facts', label: 'Agree what ends and what comes', who: 'Everybody' },
    ...shareSteps(state, rotate).map(({ id, label, who }) => ({
      id: `old-${id}`,
      label: label.replace('Share', 'Old share'),
      who,
    })),
    { id: 'renew', label: 'Make new halves and split', who: 'Operator' },
  ];
}
