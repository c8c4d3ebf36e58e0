/**
 * What the window shows of a change of the roster.
 * @module
 */
import { hexToBytes } from '../../encoding/bytes.ts';
import { eightWords } from '../../encoding/words.ts';
import { endingWithPage, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import { shareLine, shareSteps, sharesGiven, sittingScreen, whoScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import { rosterSeatContext } from './seat-context.ts';
import { changesOf, enrolSeats, newAdminsOf, newPeople, type RosterState } from './state.ts';

export function rosterView(state: RosterState, head: Head): View {
  const own = {
    title: 'Change who takes part',
    setLabel: state.change?.setLabel ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: RosterState, head: Head): Screen {
  const { phase, change } = state;
  const witnessPage = { printed: state.witnessPage, page: state.plan?.page ?? null };
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) return endingWithPage(state, phase, head, witnessPage.page);
  if (change === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  switch (phase.at) {
    case 'roster-plan':
      return {
        screen: 'roster-plan',
        serial: change.serial + 1,
        present: change.people.map(({ name, roles, mail = '' }) => ({ name, roles, mail })),
        holders: change.custodians.map(({ name }) => name),
        namesAdmins: change.replacesAdmins,
        plan: state.plan,
      };
    case 'roster-facts':
      return {
        screen: 'roster-facts',
        serial: change.serial + 1,
        changes: changesOf(state),
        people: newPeople(state).map(({ name, roles }) => ({ name, roles })),
        admins: (newAdminsOf(state) ?? []).map(({ name, userId, roles, publicKey }) => ({
          name,
          userId,
          roles,
          words: eightWords(hexToBytes(publicKey)),
        })),
      };
    case 'who':
      return whoScreen(state, change);
    case 'seat':
      return sittingScreen(state, change, phase.seat, {
        context: rosterSeatContext(state, change, phase.seat),
        words: head.words,
      });
    case 'sign-roster':
      return {
        screen: 'roster-ready',
        serial: change.serial + 1,
        progress: sharesGiven(state, change),
        signed:
          state.signed === null
            ? null
            : { digest: state.signed.rosterDigest, words: state.signed.words, witnessPage },
      };
  }
}

function steps(state: RosterState): Step[] {
  const { phase, change, plan, accepted } = state;
  const needed = change?.threshold ?? 0;
  const enrols = plan === null ? [] : enrolSeats(plan);
  const people = 3 + enrols.length;
  const position = ((): number => {
    switch (phase.at) {
      case 'descriptor':
      case 'descriptor-words':
      case 'package':
        return 0;
      case 'roster-plan':
        return 1;
      case 'environment':
      case 'clock':
        return 2;
      case 'roster-facts':
        return people;
      case 'who':
        return people + 1 + accepted.length;
      case 'seat': {
        const { seat, queue } = phase;
        if (queue === 'enrol') {
          return 3 + enrols.findIndex(({ turn }) => turn.name === seat.turn.name);
        }
        if (queue === 'signatures') return people + 2 + needed;
        return people + shareLine(state, seat);
      }
      case 'sign-roster':
        return people + 1 + needed;
      case 'save-bundle':
        return people + 3 + needed;
      case 'waiting':
        return people + 4 + needed;
      case 'closed':
      case 'void':
        return people + 5 + needed;
    }
  })();
  return stepsAt(position, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'plan', label: 'Agree who takes part', who: 'Everybody' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    ...enrols.map(({ turn }, at) => ({
      id: `enrol-${at + 1}`,
      label: turn.role === 'admin' ? 'Identity of a new admin' : 'New personal identity',
      who: turn.name,
    })),
    { id: 'facts', label: 'Agree what changes', who: 'Everybody' },
    ...shareSteps(state, change),
    { id: 'roster', label: 'Sign the new roster', who: 'Everybody' },
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}
