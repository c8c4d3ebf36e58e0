/**
 * What the window shows of an adoption: a function of the state and the transcript's head.
 * @module
 */
import { PLACES, storedKeysOf } from '../../bundle/adopt.ts';
import { isEnding } from '../ending.ts';
import { endingScreen, frameOf, openingScreen, type Head } from '../common-view.ts';
import { isNewSet } from '../new-set/state.ts';
import { newSetScreen, newSetSteps, takeHome } from '../new-set/view.ts';
import { isOpening } from '../opening.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { newLegacyHome, nextNumber } from './new-legacy.ts';
import { foundVersion, isEnough, type AdoptState, type NewLegacyPhase } from './state.ts';
import { aboutKey, legacyInWords } from './transition.ts';

const OWN = [
  { id: 'ticket', label: 'Open the package', who: 'Operator' },
  { id: 'legacy', label: 'Bring the legacy shares', who: 'Whoever has them' },
  { id: 'proved', label: 'Prove the key and split it anew', who: 'Everybody' },
];

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
    return endingScreen(state, phase, state.sync?.name ?? 'sync', head, [
      ...takeHome(state),
      ...newLegacyHome(state),
    ]);
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
      return {
        screen: 'legacy-split',
        found,
        vault: state.found?.vault ?? 'there',
        others: (state.found?.versions ?? []).flatMap(({ version, escrows }) =>
          version === found.version || escrows === 0 ? [] : [{ version, escrows }],
        ),
      };
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
        keys: storedKeysOf(found),
        tried: proof !== null,
        organisationKeys: found.organisationKeys ?? [],
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
        answered: state.answered?.by ?? null,
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
    default:
      // Who watched watches their destruction as well, and holds none.
      return newLegacyScreen(
        state,
        phase.at,
        names.filter((name) => name !== plan?.witness.name),
      );
  }
}

function newLegacyScreen(
  { newLegacy: made, split }: AdoptState,
  at: NewLegacyPhase['at'],
  people: readonly string[],
): Screen {
  if (made === null || at === 'new-legacy') return { screen: 'new-legacy', split: split ?? null };
  const { threshold, count, done, written } = made;
  const shown = { threshold, count, done };
  if (at === 'new-legacy-prove') return { screen: at, ...shown };
  const number = nextNumber(made);
  if (at === 'new-legacy-write' || written === null) {
    return { screen: 'new-legacy-write', ...shown, number, people };
  }
  const { by, volumeLabel } = written;
  return { screen: at, ...shown, number, by, volumeLabel };
}

/** The whole way, for the list on the left. */
function steps(state: AdoptState): Step[] {
  const { phase } = state;
  switch (phase.at) {
    case 'ticket-key':
      return newSetSteps(state, OWN, 0);
    case 'legacy-split':
    case 'legacy-shares':
      return newSetSteps(state, OWN, 1);
    case 'legacy-proof':
    case 'legacy-decision':
    case 'legacy-restored':
      return newSetSteps(state, OWN, 2);
    case 'new-legacy':
    case 'new-legacy-write':
    case 'new-legacy-replug':
    case 'new-legacy-prove':
      return newSetSteps(state, OWN, { at: 'set-ready' });
    default:
      return newSetSteps(state, OWN, phase);
  }
}
