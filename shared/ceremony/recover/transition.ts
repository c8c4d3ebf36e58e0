/**
 * Recover, step by step: package → environment, clock → ticket's key, vault component compared
 * before the first share is asked for → facts agreed → shares in, each checked alone → platform
 * key checked, KEK opened (of an organisation's survey with its owner's passphrase) → escrowed
 * address compared → signatures → bundle → receipt.
 * @module
 */
import { emailCheck, outcomeSentence, reasonLine } from '../../bundle/escrowed-email.ts';
import { wayInWords } from '../../bundle/organisation-way.ts';
import { escrowSentence, type PackagedStored } from '../../bundle/sealed-escrow.ts';
import { shareName } from '../../sharing/refusals.ts';
import { abandon, endingTransition, isEnding, type EndingPhase } from '../ending.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { givingSeatContext } from '../giving-context.ts';
import type { RecoverPackageFacts } from '../package-facts.ts';
import { busy, step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import { seenBy, type WithShares } from '../share-round.ts';
import { sittingsTransition, startSignatures, type Sittings } from '../share-sittings.ts';
import { openWithTicket } from '../ticket-step.ts';
import { isAboutWitnessPage, printWitnessPage } from '../witness-page.ts';
import { judgeEmail, type AskedEmail } from './found-email.ts';
import type { RecoverPhase, RecoverState } from './state.ts';

type Next = Step<RecoverState>;

export function recoverTransition(state: RecoverState, event: CeremonyEvent): Next {
  return step(state, event, own);
}

function own(state: RecoverState, event: CeremonyEvent): Next {
  const { phase } = state;
  if (event.type === 'abandon') return abandon(state, phase, event.reason, enter);
  if (isOpening(phase)) return openingTransition(state, phase, event, openingOf(state));
  if (phase.at === 'waiting' && isAboutWitnessPage(event))
    return printWitnessPage(state, event, null);
  if (isEnding(phase)) return endingTransition(state, phase, event, enter);
  if (state.recover === null) throw refuseStep('not-now');
  switch (phase.at) {
    case 'ticket-key':
      return openWithTicket(state, event, (opened) => ({ ...opened, phase: { at: 'facts' } }));
    case 'facts':
      return agreeOnFacts(state, state.recover, event);
    case 'who':
    case 'seat':
      return sittingsTransition(state, phase, event, sittingsOf(state.recover));
    case 'recover':
    case 'owner':
      return openKek(state, state.recover, event);
    case 'escrowed-email':
      return compareEmail(state, state.recover, event, phase.found);
  }
}

function openingOf({ ceremony }: RecoverState): OpeningPlan<RecoverState> {
  const opening: OpeningPlan<RecoverState> = {
    packageKind: ceremony,
    enter: (state, phase) => ({ ...state, phase }),
    afterPackage: (state, event) => checkEnvironment({ ...state, recover: event.recover }, opening),
    afterClock: (state) => to(state, { at: 'ticket-key' }),
  };
  return opening;
}

function enter(state: RecoverState, phase: EndingPhase): RecoverState {
  return { ...state, phase };
}

function to(state: RecoverState, phase: RecoverPhase): Next {
  return { state: { ...state, phase }, effects: [] };
}

function agreeOnFacts(
  state: RecoverState,
  { facts, escrow, organisation }: RecoverPackageFacts,
  event: CeremonyEvent,
): Next {
  if (event.type !== 'agree') throw refuseStep('not-now');
  return {
    state: { ...state, phase: { at: 'who' } },
    effects: [
      {
        effect: 'record',
        kind: 'facts-agreed',
        facts: {
          requestCode: facts.requestCode,
          userId: facts.userId,
          surveyId: facts.surveyId,
          keyVersion: facts.keyVersion,
          ...(escrow === null ? {} : { ...sealedLeaves(escrow), keyHash: escrow.keyHash }),
          ...(organisation === null ? {} : { organisationId: organisation.organisationId }),
          ...(organisation?.teamId == null ? {} : { teamId: organisation.teamId }),
        },
      },
    ],
  };
}

/** Which sealed escrow, for an entry. */
function sealedLeaves({ kind, digest }: Pick<PackagedStored, 'kind' | 'digest'>) {
  return { escrow: kind, escrowDigest: { type: 'digest' as const, value: digest } };
}

const sittingsOf = (facts: RecoverPackageFacts): Sittings<RecoverState> => ({
  set: facts,
  enter: (state, phase) => ({ ...state, phase }),
  context: (state, seat) => recoverSeatContext(facts, seat, state),
  enough: (state) =>
    facts.organisation === null
      ? to(state, { at: 'recover' })
      : to(state, { at: 'owner', organisation: facts.organisation }),
  bundle: ({ escrowedEmail, escrow }) => ({ escrowedEmail, escrow }),
});

/** What a sitting of a recovery has to know. */
export function recoverSeatContext(
  facts: RecoverPackageFacts,
  { turn }: Seat,
  state: Pick<RecoverState, 'escrowedEmail' | 'escrow' | keyof WithShares>,
): SeatContext {
  const { escrowedEmail, escrow } = state;
  const watched = seenBy(state, turn);
  const { requestCode, surveyId, userId } = facts.facts;
  const through = facts.organisation === null ? '' : ` of ${wayInWords(facts.organisation)}`;
  const about = `the recovery of survey ${surveyId}${through} for user ${userId} (request ${requestCode})`;
  const email = escrowedEmail === null ? '' : ` ${outcomeSentence(escrowedEmail)}`;
  const found = `${escrow === null ? '' : ` ${escrowSentence(escrow)}`}${email}`;
  const statement =
    turn.index === null
      ? turn.role === 'witness'
        ? `I watched ${about}.${watched.map((what) => ` I saw that ${what}.`).join('')}${found} The transcript up to here is what happened.`
        : `I led ${about}.${found} The transcript up to here is what happened.`
      : `I gave ${shareName(turn.index, facts.count)} for ${about} and for nothing else.`;
  return givingSeatContext(facts, turn, state, statement);
}

function openKek(state: RecoverState, facts: RecoverPackageFacts, event: CeremonyEvent): Next {
  const { organisation } = facts;
  if (event.type === 'continue' && organisation === null && !state.kekOpened) {
    return {
      state: { ...state, busy: busy('Restoring the platform key and opening the one survey key') },
      effects: [{ effect: 'open-kek' }],
    };
  }
  if (event.type === 'owner' && organisation !== null && !state.kekOpened) {
    const doing = 'Restoring the platform key; the owner types the passphrase';
    return {
      state: { ...state, owner: event.by, busy: busy(doing, { entryWindow: true }) },
      effects: [{ effect: 'open-kek', owner: event.by }],
    };
  }
  if (event.type === 'kek-opened') {
    const { email, escrow } = event;
    const opened = { ...state, kekOpened: true, escrow };
    const next =
      email.standing === 'not-asked'
        ? startSignatures(opened, sittingsOf(facts))
        : to(opened, { at: 'escrowed-email', found: email });
    const { userId, surveyId } = facts.facts;
    return {
      state: next.state,
      effects: [
        {
          effect: 'record',
          kind: 'platform-key-checked',
          facts: { fits: true, indexes: event.indexes.join(', ') },
        },
        {
          effect: 'record',
          kind: 'kek-opened',
          facts: {
            userId,
            surveyId,
            ...(escrow === null ? {} : { ...sealedLeaves(escrow), surveyKey: escrow.surveyKey }),
            ...(organisation === null
              ? {}
              : { organisationId: organisation.organisationId, owner: state.owner ?? '' }),
          },
        },
      ],
    };
  }
  throw refuseStep('not-now');
}

/** The room decides. SECURITY: how it compared is written down, never an address. */
function compareEmail(
  state: RecoverState,
  facts: RecoverPackageFacts,
  event: CeremonyEvent,
  found: AskedEmail,
): Next {
  if (event.type !== 'escrowed-email') throw refuseStep('not-now');
  const { outcome, compared } = judgeEmail(found);
  const given = event.reason ?? '';
  const stops = event.decision === 'stop';
  const check = emailCheck(outcome, compared, given);
  const reason = stops ? reasonLine(given) : check?.reason;
  if (reason === undefined) throw refuseStep('email-reason');
  const record: Effect = {
    effect: 'record',
    kind: 'escrowed-email-compared',
    facts: {
      outcome,
      account: compared?.account ?? 'none',
      stated: compared?.stated ?? 'none',
      decision: event.decision,
      decidedBy: state.accepted
        .flatMap((index) => facts.custodians.filter((custodian) => custodian.index === index))
        .map(({ name }) => name)
        .join(', '),
      ...(reason === null ? {} : { reason }),
    },
  };
  if (stops) {
    const why = `Stopped when the escrowed e-mail address was compared: ${reason ?? ''}`;
    const ended = abandon(state, state.phase, why, enter);
    return { state: ended.state, effects: [record, ...ended.effects] };
  }
  const decided = { ...state, escrowedEmail: check ?? null };
  const next = startSignatures(decided, sittingsOf(facts));
  return { state: next.state, effects: [record] };
}
