/**
 * What the window shows while survey keys of an organisation are wrapped anew.
 * @module
 */
import { whosePassphrase } from '../../bundle/organisation.ts';
import { endingWithPage, frameOf, openingScreen, type Head } from '../common-view.ts';
import { isEnding } from '../ending.ts';
import { isOpening } from '../opening.ts';
import { roundSteps } from '../round-steps.ts';
import { sharesGiven, sittingScreen, whoScreen } from '../share-round.ts';
import type { Step } from '../types.ts';
import type { Screen, View } from '../view.ts';
import type { OrganisationState } from './state.ts';
import { organisationSeatContext } from './transition.ts';

export function organisationView(state: OrganisationState, head: Head): View {
  const own = {
    title: title(state),
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
  const { facts, surveys, left, further, moves } = organisation;
  const passphrase = whosePassphrase(organisation);
  const movesFrom = moves?.from ?? null;
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
        passphrase,
        movesFrom,
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
        passphrase,
        progress: sharesGiven(state, organisation),
      };
    case 'surveys-wrapped':
      return {
        screen: 'surveys-wrapped',
        facts,
        moved: wrapped?.moved ?? [],
        unopened: wrapped?.unopened ?? [],
        left,
        movesFrom,
      };
  }
}

function title({ organisation }: OrganisationState): string {
  if (organisation === null) return 'Survey keys of an organisation';
  return organisation.moves === undefined
    ? 'New passphrase of an organisation'
    : 'Move an organisation to another key version';
}

function steps(state: OrganisationState): Step[] {
  const moves = state.organisation?.moves !== undefined;
  return roundSteps(state, state.organisation, {
    before: [
      { id: 'ticket', label: 'Open the package', who: 'Operator' },
      {
        id: 'facts',
        label: moves ? 'Agree what moves' : 'Agree which surveys are helped',
        who: 'Everybody',
      },
    ],
    after: [
      {
        id: 'passphrase',
        label: moves ? 'Type the passphrase' : 'Choose the passphrase, and type it again',
        who: 'The owner',
      },
      {
        id: 'surveys',
        label: moves ? 'Read what moved' : 'Read which surveys were helped',
        who: 'Everybody',
      },
    ],
    standsOn: {
      'ticket-key': 'ticket',
      'organisation-facts': 'facts',
      'new-passphrase': 'passphrase',
      'surveys-wrapped': 'surveys',
    },
  });
}
