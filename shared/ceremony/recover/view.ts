/**
 * What the window shows of a Recover.
 * @module
 */
import { endingScreen, frameOf, openingScreen, type Head } from '../common-view.ts';
import { stopping } from '../opening.ts';
import { seatScreen } from '../seat-view.ts';
import type { Step } from '../types.ts';
import type { Progress, Screen, View } from '../view.ts';
import type { RecoverState } from './state.ts';
import { emailScreen } from './email-screen.ts';
import { recoverSeatContext } from './transition.ts';

export function recoverView(state: RecoverState, head: Head): View {
  const own = {
    title: 'Recover one survey key',
    setLabel: state.recover?.setLabel ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: RecoverState, head: Head): Screen {
  const { phase, recover } = state;
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
      return ending.screen === 'waiting'
        ? { ...ending, witnessPage: { printed: state.witnessPage, page: null } }
        : ending;
    }
  }
  if (recover === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  switch (phase.at) {
    case 'ticket-key':
      return { screen: 'ticket-key', ticketId: recover.ticketId };
    case 'facts':
      return {
        screen: 'facts',
        facts: recover.facts,
        vaultPath: recover.vaultPath,
        requestedFrom: state.sync?.name ?? 'sync',
      };
    case 'who':
      return {
        screen: 'who',
        waiting: recover.custodians
          .filter(({ index }) => !state.accepted.includes(index))
          .map(({ index, name }) => ({ index, name })),
        progress: progress(state),
      };
    case 'seat':
      return seatScreen(phase.seat, {
        context: recoverSeatContext(recover, phase.seat, state.escrowedEmail),
        leaving: state.lastSeated,
        progress: phase.seat.purpose === 'give-share' ? progress(state) : null,
        words: head.words,
        media: recover.custodians.find(({ index }) => index === phase.seat.turn.index)?.media ?? [],
      });
    case 'recover':
      return { screen: 'recover', facts: recover.facts, progress: progress(state) };
    case 'escrowed-email':
      return emailScreen(phase.found, recover.facts);
  }
}

function progress(state: RecoverState): Progress {
  return { done: state.accepted.length, of: state.recover?.threshold ?? 0 };
}

function steps(state: RecoverState): Step[] {
  const { phase, recover, accepted } = state;
  const needed = recover?.threshold ?? 0;
  const compares = recover?.escrowedEmail !== null;
  const opened = 5 + needed + (compares ? 1 : 0);
  const position = ((): number => {
    switch (phase.at) {
      case 'descriptor':
      case 'descriptor-words':
      case 'package':
        return 0;
      case 'environment':
      case 'clock':
        return 1;
      case 'ticket-key':
        return 2;
      case 'facts':
        return 3;
      case 'who':
        return 4 + accepted.length;
      case 'seat': {
        if (phase.seat.purpose !== 'give-share') return opened;
        const { index } = phase.seat.turn;
        return 3 + accepted.length + (index !== null && accepted.includes(index) ? 0 : 1);
      }
      case 'recover':
        return 4 + needed;
      case 'escrowed-email':
        return 5 + needed;
      case 'save-bundle':
        return opened + 1;
      case 'waiting':
        return opened + 2;
      case 'closed':
      case 'void':
        return opened + 3;
    }
  })();
  const all: Omit<Step, 'standing'>[] = [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'ticket', label: 'Open the package', who: 'Operator' },
    { id: 'facts', label: 'Agree what is opened', who: 'Everybody' },
    ...Array.from({ length: needed }, (_, at) => ({
      id: `share-${at + 1}`,
      label: `Share ${at + 1} of the ${needed} needed`,
      who: custodianName(state, at) ?? 'A custodian',
    })),
    { id: 'open', label: 'Open the survey key', who: 'Operator' },
    ...(compares ? [{ id: 'email', label: 'Compare the e-mail address', who: 'Everybody' }] : []),
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ];
  return all.map((entry, at) => ({
    ...entry,
    standing: at < position ? 'done' : at === position ? 'now' : 'next',
  }));
}

function custodianName({ accepted, recover }: RecoverState, at: number): string | undefined {
  return recover?.custodians.find(({ index }) => index === accepted[at])?.name;
}
