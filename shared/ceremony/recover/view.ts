/**
 * What the window shows of a Recover.
 * @module
 */
import { endingWithPage, frameOf, openingScreen, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import { roundSteps } from '../round-steps.ts';
import { sharesGiven, sittingScreen, whoScreen } from '../share-round.ts';
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
  const { recover } = state;
  const isMember = state.ceremony === 'recover-member';
  const compares = !isMember && recover?.escrowedEmail !== null;
  return roundSteps(state, recover, {
    before: [
      { id: 'ticket', label: 'Open the package', who: 'Operator' },
      { id: 'facts', label: 'Agree what is opened', who: 'Everybody' },
    ],
    after: [
      isMember
        ? { id: 'open', label: 'Type the organisation’s passphrase', who: 'The owner' }
        : { id: 'open', label: 'Open the survey key', who: 'Operator' },
      ...(compares ? [{ id: 'email', label: 'Compare the e-mail address', who: 'Everybody' }] : []),
    ],
    standsOn: {
      'ticket-key': 'ticket',
      facts: 'facts',
      recover: 'open',
      owner: 'open',
      'escrowed-email': 'email',
    },
  });
}
