/**
 * What the window shows while an organisation gets a new passphrase.
 * @module
 */
import { endingWithPage, frameOf, openingScreen, stepsAt, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import { shareLine, shareSteps, sharesGiven, sittingScreen, whoScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import type { OrganisationState } from './state.ts';
import { organisationSeatContext } from './transition.ts';

export function organisationView(state: OrganisationState, head: Head): View {
  const own = {
    title: 'New passphrase of an organisation',
    setLabel: state.organisation?.setLabel ?? null,
    steps: steps(state),
    turn: state.phase.at === 'seat' ? state.phase.seat.turn : null,
  };
  return { ...frameOf(state, own, head), ...screen(state, head) };
}

function screen(state: OrganisationState, head: Head): Screen {
  const { phase, organisation, wrapped } = state;
  if (isOpening(phase)) return openingScreen(state, phase);
  if (isEnding(phase)) return endingWithPage(state, phase, head, null);
  if (organisation === null) return { screen: 'package', syncName: state.sync?.name ?? '' };
  const { facts, surveys, left, further, continues } = organisation;
  const isNew = continues === null;
  switch (phase.at) {
    case 'ticket-key':
      return { screen: 'ticket-key', ticketId: organisation.ticketId };
    case 'organisation-facts':
      return {
        screen: 'organisation-facts',
        facts,
        surveys,
        left,
        further,
        isNew,
        requestedFrom: state.sync?.name ?? 'sync',
      };
    case 'who':
      return whoScreen(state, organisation);
    case 'seat':
      return sittingScreen(state, organisation, phase.seat, {
        context: organisationSeatContext(organisation, phase.seat, state),
        words: head.words,
      });
    case 'new-passphrase':
      return {
        screen: 'new-passphrase',
        facts,
        surveys: surveys.length,
        isNew,
        progress: sharesGiven(state, organisation),
      };
    case 'surveys-wrapped':
      return {
        screen: 'surveys-wrapped',
        facts,
        moved: wrapped?.moved ?? [],
        unopened: wrapped?.unopened ?? [],
        left,
      };
  }
}

function steps(state: OrganisationState): Step[] {
  const { phase, organisation, accepted } = state;
  const needed = organisation?.threshold ?? 0;
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
      case 'organisation-facts':
        return 3;
      case 'who':
        return 4 + accepted.length;
      case 'seat':
        return phase.seat.purpose === 'give-share' ? 3 + shareLine(state, phase.seat) : 6 + needed;
      case 'new-passphrase':
        return 4 + needed;
      case 'surveys-wrapped':
        return 5 + needed;
      case 'save-bundle':
        return 7 + needed;
      case 'waiting':
        return 8 + needed;
      case 'closed':
      case 'void':
        return 9 + needed;
    }
  })();
  return stepsAt(position, [
    { id: 'package', label: 'Take the package of sync', who: 'Operator' },
    { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
    { id: 'ticket', label: 'Open the package', who: 'Operator' },
    { id: 'facts', label: 'Agree which surveys are helped', who: 'Everybody' },
    ...shareSteps(state, organisation),
    { id: 'passphrase', label: 'Choose the passphrase, and type it again', who: 'The owner' },
    { id: 'surveys', label: 'Read which surveys were helped', who: 'Everybody' },
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}
