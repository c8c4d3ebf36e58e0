/**
 * What the window shows of a change of the roster.
 * @module
 */
import { hexToBytes } from '../../encoding/bytes.ts';
import { eightWords } from '../../encoding/words.ts';
import { endingScreen, frameOf, openingScreen, type Head } from '../common-view.ts';
import { stopping } from '../opening.ts';
import { seatScreen } from '../seat-view.ts';
import type { Step } from '../types.ts';
import type { Progress, Screen, View } from '../view.ts';
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
  switch (phase.at) {
    case 'descriptor':
    case 'descriptor-words':
    case 'package':
    case 'environment':
    case 'clock': {
      const findings = phase.at === 'environment' ? (phase.findings ?? []) : [];
      return openingScreen(state, phase, stopping(state.mode, findings).length > 0);
    }
    case 'save-bundle':
    case 'waiting':
    case 'closed':
    case 'void': {
      const ending = endingScreen(state, phase, state.sync?.name ?? 'sync', head, []);
      return ending.screen === 'waiting' ? { ...ending, witnessPage } : ending;
    }
  }
  if (change === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  switch (phase.at) {
    case 'roster-plan':
      return {
        screen: 'roster-plan',
        serial: change.serial + 1,
        present: change.people.map(({ name, roles }) => ({ name, roles })),
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
      return {
        screen: 'who',
        waiting: change.custodians
          .filter(({ index }) => !state.accepted.includes(index))
          .map(({ index, name }) => ({ index, name })),
        progress: progress(state),
      };
    case 'seat': {
      const { seat } = phase;
      return seatScreen(seat, {
        context: rosterSeatContext(state, change, seat),
        leaving: state.lastSeated,
        progress: seat.purpose === 'give-share' ? progress(state) : null,
        words: head.words,
        media: change.custodians.find(({ index }) => index === seat.turn.index)?.media ?? [],
      });
    }
    case 'sign-roster':
      return {
        screen: 'roster-ready',
        serial: change.serial + 1,
        progress: progress(state),
        signed:
          state.signed === null
            ? null
            : { digest: state.signed.rosterDigest, words: state.signed.words, witnessPage },
      };
  }
}

function progress(state: RosterState): Progress {
  return { done: state.accepted.length, of: state.change?.threshold ?? 0 };
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
        const { index } = seat.turn;
        const given = index !== null && accepted.includes(index);
        return people + accepted.length + (given ? 0 : 1);
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
  const all: Omit<Step, 'standing'>[] = [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'plan', label: 'Agree who takes part', who: 'Everybody' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    ...enrols.map(({ turn }, at) => ({
      id: `enrol-${at + 1}`,
      label: turn.role === 'admin' ? 'Identity of a new admin' : 'New personal identity',
      who: turn.name,
    })),
    { id: 'facts', label: 'Agree what changes', who: 'Everybody' },
    ...Array.from({ length: needed }, (_, at) => ({
      id: `share-${at + 1}`,
      label: `Share ${at + 1} of the ${needed} needed`,
      who: custodianName(state, at) ?? 'A custodian',
    })),
    { id: 'roster', label: 'Sign the new roster', who: 'Everybody' },
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ];
  return all.map((entry, at) => ({
    ...entry,
    standing: at < position ? 'done' : at === position ? 'now' : 'next',
  }));
}

function custodianName({ accepted, change }: RosterState, at: number): string | undefined {
  return change?.custodians.find(({ index }) => index === accepted[at])?.name;
}
