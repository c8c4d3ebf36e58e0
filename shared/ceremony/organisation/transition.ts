/**
 * Survey keys of an organisation are wrapped anew, step by step: package → environment, clock → ticket's key, vault
 * component compared before the first share is asked for → facts agreed → shares in, each checked
 * alone → platform key checked, the owner makes up a passphrase, or types the one in use where it moves to
 * another key version, the surveys' keys wrapped under it and read back → everybody sees which surveys were helped → signatures →
 * bundle → receipt.
 * @module
 */
import {
  organisationInWords,
  whosePassphrase,
  type WhosePassphrase,
} from '../../bundle/organisation.ts';
import { isNamed } from '../../identity/roster-change.ts';
import { shareName } from '../../sharing/refusals.ts';
import { abandon, endingTransition, isEnding, type EndingPhase } from '../ending.ts';
import type { CeremonyEvent } from '../events.ts';
import { givingSeatContext } from '../giving-context.ts';
import { busy, step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import type { OrganisationPackageFacts } from '../package-facts.ts';
import type { Facts } from '../../transcript/entry.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import { seenBy } from '../share-round.ts';
import { sittingsTransition, startSignatures, type Sittings } from '../share-sittings.ts';
import { openWithTicket } from '../ticket-step.ts';
import { isAboutWitnessPage, printWitnessPage } from '../witness-page.ts';
import { leftLeaves, movedLeaves, packagedLeaves } from './leaves.ts';
import type { OrganisationPhase, OrganisationState } from './state.ts';

type Next = Step<OrganisationState>;

export function organisationTransition(state: OrganisationState, event: CeremonyEvent): Next {
  return step(state, event, own);
}

function own(state: OrganisationState, event: CeremonyEvent): Next {
  const { phase, organisation } = state;
  if (event.type === 'abandon') return abandon(state, phase, event.reason, enter);
  if (isOpening(phase)) return openingTransition(state, phase, event, opening);
  if (phase.at === 'waiting' && isAboutWitnessPage(event)) {
    return printWitnessPage(state, event, null);
  }
  if (isEnding(phase)) return endingTransition(state, phase, event, enter);
  if (organisation === null) throw refuseStep('not-now');
  switch (phase.at) {
    case 'ticket-key':
      return openWithTicket(state, event, (opened) => ({
        ...opened,
        phase: { at: 'organisation-facts' },
      }));
    case 'organisation-facts':
      return agreeOnFacts(state, organisation, event);
    case 'who':
    case 'seat':
      return sittingsTransition(state, phase, event, sittingsOf(organisation));
    case 'new-passphrase':
      return wrapSurveys(state, organisation, event);
    case 'surveys-wrapped':
      if (event.type !== 'agree') throw refuseStep('not-now');
      return startSignatures(state, sittingsOf(organisation));
  }
}

const opening: OpeningPlan<OrganisationState> = {
  packageKind: 'migrate-organisation',
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: (state, { organisation = null }) =>
    checkEnvironment({ ...state, organisation }, opening),
  afterClock: (state) => to(state, { at: 'ticket-key' }),
};

function enter(state: OrganisationState, phase: EndingPhase): OrganisationState {
  return { ...state, phase };
}

function to(state: OrganisationState, phase: OrganisationPhase): Next {
  return { state: { ...state, phase }, effects: [] };
}

function agreeOnFacts(
  state: OrganisationState,
  { facts, surveys, left, further, ...asked }: OrganisationPackageFacts,
  event: CeremonyEvent,
): Next {
  if (event.type !== 'agree') throw refuseStep('not-now');
  const { requestCode, organisationId, owner, keyVersion } = facts;
  return {
    state: { ...state, phase: { at: 'who' } },
    effects: [
      {
        effect: 'record',
        kind: 'organisation-agreed',
        facts: {
          requestCode,
          organisationId,
          owner,
          keyVersion,
          passphrase: whosePassphrase(asked),
          ...whence(asked),
          further,
          ...packagedLeaves(surveys),
          ...leftLeaves(left),
        },
      },
    ],
  };
}

function wrapSurveys(
  state: OrganisationState,
  { facts, ...asked }: OrganisationPackageFacts,
  event: CeremonyEvent,
): Next {
  if (event.type === 'owner') {
    // Whom the verification of the business named, and nobody else, types the passphrase.
    if (!isNamed(event.by)({ name: facts.owner })) throw refuseStep('owner-other', facts.owner);
    const verb = asked.moves === undefined ? 'chooses' : 'types';
    const doing = `The owner ${verb} the passphrase, and the surveys’ keys are wrapped under it`;
    return {
      state: { ...state, busy: busy(doing, { entryWindow: true }) },
      effects: [{ effect: 'wrap-surveys', owner: facts.owner }],
    };
  }
  if (event.type === 'surveys-wrapped') {
    const { indexes, moved, unopened } = event;
    return {
      state: { ...state, wrapped: { moved, unopened }, phase: { at: 'surveys-wrapped' } },
      effects: [
        {
          effect: 'record',
          kind: 'platform-key-checked',
          facts: { fits: true, indexes: indexes.join(', ') },
        },
        {
          effect: 'record',
          kind: 'surveys-wrapped',
          facts: {
            organisationId: facts.organisationId,
            owner: facts.owner,
            passphrase: whosePassphrase(asked),
            ...whence(asked),
            ...movedLeaves(moved),
            ...leftLeaves(unopened),
          },
        },
      ],
    };
  }
  throw refuseStep('not-now');
}

const sittingsOf = (organisation: OrganisationPackageFacts): Sittings<OrganisationState> => ({
  set: organisation,
  enter: (state, phase) => ({ ...state, phase }),
  context: (state, seat) => organisationSeatContext(organisation, seat, state),
  enough: (state) => to(state, { at: 'new-passphrase' }),
  bundle: ({ wrapped }) => ({ escrowedEmail: null, wrapped }),
});

const UNDER: Readonly<Record<WhosePassphrase, string>> = {
  new: 'a new passphrase',
  continued: 'the passphrase of an earlier ceremony',
  kept: 'the passphrase in use',
};

/** The leaf that says from which version it moves. */
const whence = ({ moves }: Pick<OrganisationPackageFacts, 'moves'>): Facts =>
  moves === undefined ? {} : { movesFrom: moves.from };

/** What a sitting has to know. */
export function organisationSeatContext(
  organisation: OrganisationPackageFacts,
  { turn }: Seat,
  state: Pick<OrganisationState, 'accepted' | 'lastSeated' | 'gotUp' | 'watched' | 'wrapped'>,
): SeatContext {
  const { facts, count, surveys, moves } = organisation;
  const under = UNDER[whosePassphrase(organisation)];
  const move =
    moves === undefined ? '' : `, moved from key version ${moves.from} to ${facts.keyVersion},`;
  const about = `wrapping survey keys of ${organisationInWords(facts)}${move} under ${under} of its owner, ${facts.owner} (request ${facts.requestCode})`;
  const done = `${state.wrapped?.moved.length ?? 0} of ${surveys.length} surveys were wrapped and read back; every other one stays as it is.`;
  const saw = seenBy(state, turn).map((what) => ` I saw that ${what}.`);
  const statement =
    turn.index !== null
      ? `I gave ${shareName(turn.index, count)} for ${about} and for nothing else.`
      : turn.role === 'witness'
        ? `I watched ${about}.${saw.join('')} ${done} The transcript up to here is what happened.`
        : `I led ${about}. ${done} The transcript up to here is what happened.`;
  return givingSeatContext(organisation, turn, state, statement);
}
