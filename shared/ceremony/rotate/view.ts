/**
 * What the window shows of a rotation: a function of the state and the transcript's head.
 * @module
 */
import { endingScreen, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isNamed } from '../../identity/roster-change.ts';
import { isNewSet } from '../new-set/state.ts';
import { newSetScreen, newSetSteps, takeHome } from '../new-set/view.ts';
import { isOpening } from '../opening.ts';
import { presentShown, setShown, type RotatePackageFacts } from '../package-facts.ts';
import { shareLine, shareSteps, sharesGiven, sittingScreen, whoScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { ROTATIONS } from './kinds.ts';
import { changesWith, presentPlan } from './people.ts';
import { giverSeatContext } from './seat-context.ts';
import type { RotateState } from './state.ts';
import { aboutRotation } from './transition.ts';

export function rotateView(state: RotateState, head: Head): View {
  const { phase } = state;
  const own = {
    title: ROTATIONS[state.ceremony].title,
    setLabel: state.plan?.label ?? state.rotate?.setLabel ?? null,
    steps: steps(state),
    turn: phase.at === 'seat' || phase.at === 'giver' ? phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: RotateState, head: Head): Screen {
  const { phase, rotate } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) {
    return endingScreen(state, phase, state.sync?.name ?? 'sync', head, takeHome(state));
  }
  if (rotate === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  if (isNewSet(phase)) {
    const about = phase.at === 'seat' ? aboutRotation(state, phase.seat.turn) : '';
    const common = newSetScreen(state, phase, head, about);
    if (common.screen === 'plan') {
      const { kind, setLabel: label, nextVersion } = rotate;
      const present = presentPlan(rotate);
      const joined = rotate.joined.map((one) => one.label);
      return { ...common, renews: { kind, label, nextVersion, joined, present } };
    }
    if (common.screen !== 'identity' || phase.at !== 'seat') return common;
    const sits = isNamed(phase.seat.turn.name);
    const prefersKey = common.prefersKey || (common.mayUseKey && rotate.onKeys.some(sits));
    return { ...common, prefersKey, isListed: rotate.people.some(sits) };
  }
  switch (phase.at) {
    case 'ticket-key':
      return { screen: 'ticket-key', ticketId: rotate.ticketId ?? '' };
    case 'rotate-facts':
      return agreementScreen(state, rotate);
    case 'who':
      return whoScreen(state, rotate);
    case 'giver':
      return sittingScreen(state, rotate, phase.seat, {
        context: giverSeatContext(state, rotate, phase.seat),
        words: head.words,
      });
    case 'renew-key':
      return makingScreen(state, rotate);
    case 'compared':
      return {
        screen: 'compared',
        keyVersion: rotate.keyVersion,
        label: rotate.setLabel,
        words: head.words,
      };
  }
}

function agreementScreen({ plan, keys }: RotateState, rotate: RotatePackageFacts): Screen {
  const { keyVersion } = rotate;
  const present = presentShown(rotate);
  const comes = {
    label: plan?.label ?? '',
    threshold: plan?.threshold ?? 0,
    count: plan?.custodians.length ?? 0,
    custodians: plan?.custodians.map(({ name }) => name) ?? [],
  };
  const changes = plan === null ? [] : changesWith(plan, rotate, keys);
  const joined = rotate.joined.map(setShown);
  switch (rotate.kind) {
    case 'rotate-shares': {
      const { compared } = rotate;
      const sets = { before: present, joined, after: comes };
      return { screen: 'rotate-facts', keyVersion, ...sets, changes, compared };
    }
    case 'new-version': {
      const { nextVersion } = rotate;
      return { screen: 'version-facts', keyVersion, nextVersion, present, comes, changes };
    }
    case 'add-set':
      return { screen: 'set-facts', keyVersion, present, joined, comes, changes };
  }
}

function makingScreen(state: RotateState, rotate: RotatePackageFacts): Screen {
  const { keyVersion, setLabel } = rotate;
  const common = {
    count: state.plan?.custodians.length ?? 0,
    threshold: state.plan?.threshold ?? 0,
    progress: sharesGiven(state, rotate),
  };
  switch (rotate.kind) {
    case 'rotate-shares':
      return { screen: 'renew-key', before: setLabel, ...common };
    case 'new-version': {
      const { nextVersion } = rotate;
      return { screen: 'next-key', keyVersion, nextVersion, present: setLabel, ...common };
    }
    case 'add-set':
      return { screen: 'split-again', keyVersion, present: setLabel, ...common };
  }
}

/** The whole way, for the list on the left. */
function steps(state: RotateState): Step[] {
  const { phase, rotate, accepted } = state;
  if (state.comparesOnly) return comparingSteps(state);
  const own = ownSteps(state, rotate);
  const agreeing = own.findIndex(({ id }) => id === 'facts');
  switch (phase.at) {
    case 'ticket-key':
      return newSetSteps(state, own, 0);
    case 'rotate-facts':
      return newSetSteps(state, own, agreeing);
    case 'who':
      return newSetSteps(state, own, agreeing + 1 + accepted.length);
    case 'giver':
      return newSetSteps(state, own, agreeing + shareLine(state, phase.seat));
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
  const { bringsHalf, lines } = ROTATIONS[state.ceremony];
  const { agree, given, make } = lines;
  return [
    ...(bringsHalf ? [{ id: 'ticket', label: 'Open the package', who: 'Operator' }] : []),
    { id: 'facts', label: agree, who: 'Everybody' },
    ...shareSteps(state, rotate).map(({ id, label, who }) => ({
      id: `old-${id}`,
      label: label.replace('Share', given),
      who,
    })),
    { id: 'renew', label: make, who: 'Operator' },
  ];
}
