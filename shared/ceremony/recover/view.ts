/**
 * What the window shows of a Recover.
 * @module
 */
import { endingWithPage, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import { shareLine, shareSteps, sharesGiven, sittingScreen, whoScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import type { RecoverState } from './state.ts';
import { emailScreen } from './email-screen.ts';
import { recoverSeatContext } from './transition.ts';

export function recoverView(state: RecoverState, head: Head): View {
  const own = {
    title:
      state.ceremony === 'recover'
        ? 'Recover one survey key'
        : 'Recover one survey key of an organisation',
    setLabel: state.recover?.setLabel ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: RecoverState, head: Head): Screen {
  const { phase, recover } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) return endingWithPage(state, phase, head, null);
  if (recover === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  switch (phase.at) {
    case 'ticket-key':
      return { screen: 'ticket-key', ticketId: recover.ticketId };
    case 'facts':
      return {
        screen: 'facts',
        facts: recover.facts,
        vaultPath: recover.vaultPath,
        escrow: recover.escrow,
        keepsEmail: recover.escrowedEmail === 'sealed',
        requestedFrom: state.sync?.name ?? 'sync',
        ...(recover.organisation === null ? {} : { organisation: recover.organisation }),
      };
    case 'who':
      return whoScreen(state, recover);
    case 'seat':
      return sittingScreen(state, recover, phase.seat, {
        context: recoverSeatContext(recover, phase.seat, state),
        words: head.words,
      });
    case 'recover':
      return { screen: 'recover', facts: recover.facts, progress: sharesGiven(state, recover) };
    case 'owner':
      return {
        screen: 'owner',
        facts: recover.facts,
        organisation: phase.organisation,
        progress: sharesGiven(state, recover),
      };
    case 'escrowed-email':
      return emailScreen(phase.found, recover.facts);
  }
}

function steps(state: RecoverState): Step[] {
  const { phase, recover, accepted } = state;
  const needed = recover?.threshold ?? 0;
  const isMember = state.ceremony === 'recover-member';
  const compares = !isMember && recover?.escrowedEmail !== null;
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
      case 'seat':
        return phase.seat.purpose === 'give-share' ? 3 + shareLine(state, phase.seat) : opened;
      case 'recover':
      case 'owner':
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
  return stepsAt(position, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'ticket', label: 'Open the package', who: 'Operator' },
    { id: 'facts', label: 'Agree what is opened', who: 'Everybody' },
    ...shareSteps(state, recover),
    isMember
      ? { id: 'open', label: 'Type the organisation’s passphrase', who: 'The owner' }
      : { id: 'open', label: 'Open the survey key', who: 'Operator' },
    ...(compares ? [{ id: 'email', label: 'Compare the e-mail address', who: 'Everybody' }] : []),
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}
