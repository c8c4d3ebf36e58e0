/**
 * What the window shows of an adoption: a function of the state and the transcript's head.
 * @module
 */
import { PLACES } from '../../bundle/adopt.ts';
import { isEnding } from '../ending.ts';
import { endingScreen, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isNewSet } from '../new-set/state.ts';
import { newSetScreen, shareLines, takeHome } from '../new-set/view.ts';
import { isOpening } from '../opening.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { foundVersion, isEnough, type AdoptState } from './state.ts';
import { aboutKey, legacyInWords } from './transition.ts';

export function adoptView(state: AdoptState, head: Head): View {
  const own = {
    title: 'Adopt the platform key that exists',
    setLabel: state.plan?.label ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: AdoptState, head: Head): Screen {
  const { phase, plan, given, split, judged, proof } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) {
    return endingScreen(state, phase, state.sync?.name ?? 'sync', head, takeHome(state));
  }
  const found = foundVersion(state);
  if (found === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  const people = [...(plan?.custodians ?? []), ...(plan ? [plan.operator, plan.witness] : [])];
  const names = people.map(({ name }) => name);
  if (isNewSet(phase)) {
    const turn = phase.at === 'seat' ? phase.seat.turn : null;
    return newSetScreen(state, phase, head, turn === null ? '' : aboutKey(state, turn));
  }
  switch (phase.at) {
    case 'ticket-key':
      return { screen: 'ticket-key', ticketId: state.ticketId ?? '' };
    case 'legacy-split':
      return { screen: 'legacy-split', found, vault: state.found?.vault ?? 'there' };
    case 'legacy-shares':
      return {
        screen: 'legacy-shares',
        split: split ?? null,
        given,
        judged,
        enough: isEnough(state),
        people: names,
      };
    case 'legacy-proof':
      return {
        screen: 'legacy-proof',
        judged,
        proof: found.proof,
        compared: found.compared,
        split: split ?? null,
        given: given.length,
      };
    case 'legacy-decision':
      return {
        screen: 'legacy-decision',
        found,
        proof,
        places: proof === null || proof.place === null ? PLACES[found.compared] : [proof.place],
        people: names,
      };
    case 'legacy-restored':
      return {
        screen: 'legacy-restored',
        from: legacyInWords(state),
        proof,
        decided: state.decision?.by ?? null,
        count: plan?.custodians.length ?? 0,
        threshold: plan?.threshold ?? 0,
      };
  }
}

/** The whole way, for the list on the left. */
function steps(state: AdoptState): Step[] {
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
        if (phase.queue === 'shares') return 6 + (phase.seat.turn.index ?? 1);
        return 8 + shares.length;
      case 'ticket-key':
        return 4;
      case 'legacy-split':
      case 'legacy-shares':
        return 5;
      case 'legacy-proof':
      case 'legacy-decision':
      case 'legacy-restored':
        return 6;
      case 'prove':
      case 'set-ready':
        return 7 + shares.length;
      case 'save-bundle':
        return 9 + shares.length;
      case 'waiting':
        return 10 + shares.length;
      case 'closed':
      case 'void':
        return 11 + shares.length;
    }
  })();
  return stepsAt(position, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'plan', label: 'Agree who takes part', who: 'Everybody' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'people', label: 'Operator and witness', who: 'Each in turn' },
    { id: 'ticket', label: 'Open the package', who: 'Operator' },
    { id: 'legacy', label: 'Bring the legacy shares', who: 'Whoever has them' },
    { id: 'proved', label: 'Prove the key and split it anew', who: 'Everybody' },
    ...shares,
    { id: 'prove', label: 'Prove that it can be restored', who: 'Everybody' },
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}
