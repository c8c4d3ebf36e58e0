/**
 * A drill, step by step: package → environment, clock → everybody agrees what it is for → custodians
 * come in any order, as many as there are: each share is read, checked alone, signs the nonce, and is
 * wiped when its custodian gets up → signatures → bundle → receipt.
 *
 * No two shares are there at once, so nothing can be put together from them. In a full drill they stay
 * until there are enough; then they give the platform key once, that opens the test escrow, and all of
 * it is wiped before anybody signs (full.ts).
 *
 * Without sync, of a set that this laptop knows: everybody agrees → environment, clock → each share is
 * read and checked alone, and signs nothing → the witness signs, and that is the end.
 * @module
 */
import type { ShareFailure } from '../../bundle/drill.ts';
import { sharesInWords } from '../../bundle/drill.ts';
import { shareName } from '../../sharing/refusals.ts';
import { abandon, endingTransition, isEnding, type EndingPhase } from '../ending.ts';
import type { Effect } from '../effects.ts';
import type { CeremonyEvent } from '../events.ts';
import { givingSeatContext } from '../giving-context.ts';
import { busy, step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import type { DrillPackageFacts } from '../package-facts.ts';
import { openWithTicket } from '../ticket-step.ts';
import { refuseStep } from '../refusals.ts';
import type { Seat, SeatContext } from '../seat/state.ts';
import { seatTransition, signing } from '../seat/seat.ts';
import { afterSitting, custodianSeat, seenBy, signingSeat, witnessSeat } from '../share-round.ts';
import { isAboutWitnessPage, printWitnessPage } from '../witness-page.ts';
import {
  drillMade,
  isEnough,
  leaveTooFew,
  outcomeInWords,
  refusedEscrow,
  testEscrow,
} from './full.ts';
import { failedShares, withProof, type DrillPhase, type DrillState } from './state.ts';

type Next = Step<DrillState>;

export function drillTransition(state: DrillState, event: CeremonyEvent): Next {
  const result = step(state, event, own);
  return event.type === 'refused'
    ? { ...result, state: refusedEscrow(refusedShare(result.state, event.note.code), event) }
    : result;
}

/** What a medium gave is a share, and not the one that is asked for. */
const WRONG: ReadonlySet<string> = new Set([
  'share-not-genuine',
  'share-of-another-set',
  'share-superseded',
  'share-void',
  'share-wrong-custodian',
  'share-other-mode',
]);

/** Remembered until the share is read after all, on whatever medium. */
function refusedShare(state: DrillState, code: string): DrillState {
  const { phase } = state;
  if (phase.at !== 'seat' || phase.seat.step !== 'share-in') return state;
  return withFault(state, phase.seat, WRONG.has(code) ? 'wrong' : 'unreadable');
}

function withFault(state: DrillState, { turn: { index } }: Seat, why: ShareFailure): DrillState {
  return index === null ? state : { ...state, faults: { ...state.faults, [index]: why } };
}

function own(state: DrillState, event: CeremonyEvent): Next {
  const { phase, drill } = state;
  if (event.type === 'abandon' && phase.at !== 'checked')
    return abandon(state, phase, event.reason, enter);
  if (isOpening(phase)) return openingTransition(state, phase, event, opening);
  if (phase.at === 'waiting' && isAboutWitnessPage(event)) {
    return printWitnessPage(state, event, null);
  }
  if (isEnding(phase)) return endingTransition(state, phase, event, enter);
  if (drill === null || phase.at === 'checked') throw refuseStep('not-now');
  switch (phase.at) {
    case 'ticket-key':
      return openWithTicket(state, event, (opened) => ({
        ...opened,
        phase: { at: 'drill-facts' },
      }));
    case 'test-escrow':
      return testEscrow(state, event, (next) => sign(next, drill));
    case 'drill-facts':
      return agree(state, drill, event);
    case 'drill-round':
      return round(state, drill, event);
    case 'seat':
      return seat(state, drill, event, phase.seat);
  }
}

const opening: OpeningPlan<DrillState> = {
  packageKind: 'drill',
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: (state, { drill = null }) => checkEnvironment({ ...state, drill }, opening),
  afterClock: (state) => {
    if (state.byWord) return to(state, { at: 'drill-round' });
    return to(state, { at: state.drill?.full == null ? 'drill-facts' : 'ticket-key' });
  },
};

function enter(state: DrillState, phase: EndingPhase): DrillState {
  return { ...state, phase };
}

function to(state: DrillState, phase: DrillPhase, effects: readonly Effect[] = []): Next {
  return { state: { ...state, phase }, effects };
}

function seatFor(state: DrillState, next: Seat | null): Next {
  if (next === null) throw refuseStep('not-now');
  return to(state, { at: 'seat', seat: next });
}

function agree(state: DrillState, drill: DrillPackageFacts, event: CeremonyEvent): Next {
  if (event.type !== 'agree') throw refuseStep('not-now');
  const { setId, setLabel: label, keyVersion, generation, full } = drill;
  if (state.byWord) {
    const facts = { setId, label, keyVersion, generation };
    return checkEnvironment(state, opening, [{ effect: 'record', kind: 'check-agreed', facts }]);
  }
  return {
    state: { ...state, phase: { at: 'drill-round' } },
    effects: [
      {
        effect: 'record',
        kind: 'drill-agreed',
        facts: {
          setId,
          label,
          keyVersion,
          generation,
          ...(full === null ? {} : { proofKey: full.proofKey }),
        },
      },
    ],
  };
}

function round(state: DrillState, drill: DrillPackageFacts, event: CeremonyEvent): Next {
  if (event.type === 'who' && !state.proofs.some(({ index }) => index === event.index)) {
    return seatFor(state, custodianSeat(drill, event.index));
  }
  if (event.type !== 'continue' || state.proofs.length + failedShares(state).length === 0) {
    throw refuseStep('not-now');
  }
  const left = drill.full === null ? { state, effects: [] } : leaveTooFew(state);
  const next = sign(left.state, drill);
  return { state: next.state, effects: [...left.effects, ...next.effects] };
}

/** The round is over: what failed is written down, and the witness sits down. */
function sign(state: DrillState, drill: DrillPackageFacts): Next {
  const next = seatFor(state, witnessSeat(state, drill, null));
  return {
    state: next.state,
    effects: failedShares(state).map(({ index, why }) => ({
      effect: 'record',
      kind: 'share-not-proved',
      facts: { index, custodian: nameOf(drill, index), why },
    })),
  };
}

const nameOf = ({ custodians }: DrillPackageFacts, wanted: number): string =>
  custodians.find(({ index }) => index === wanted)?.name ?? '';

function seat(
  state: DrillState,
  drill: DrillPackageFacts,
  event: CeremonyEvent,
  current: Seat,
): Next {
  if (event.type === 'bundle-made') return drillMade(state, event);
  if (event.type === 'seat-ended') return afterSeat(state, drill, current);
  if (event.type === 'share-proved') {
    const { index, medium, signature, at } = event;
    const { firstShareAt } = state.full;
    const full = { ...state.full, firstShareAt: firstShareAt ?? at };
    return {
      state: { ...withProof(state, { index, medium, signature }), full },
      effects: [
        {
          effect: 'record',
          kind: 'share-proved',
          facts: { index, custodian: current.turn.name, medium },
        },
      ],
    };
  }
  const result = seatTransition(current, event, drillSeatContext(drill, current, state));
  const next: DrillState = {
    ...(event.type === 'get-up' ? gotUp(state, current) : state),
    phase: { at: 'seat', seat: result.seat },
    busy: result.busy ?? null,
  };
  if (event.type === 'share-accepted') {
    const { index, medium } = event;
    const accepted = [...state.accepted.filter((one) => one !== index), index];
    if (state.byWord) {
      const read = withProof(next, { index, medium, signature: null });
      return { state: { ...read, accepted }, effects: result.effects };
    }
    return {
      state: {
        ...next,
        accepted,
        busy: busy('The share signs the nonce of sync'),
      },
      effects: [...result.effects, { effect: 'prove-share', index, medium }],
    };
  }
  if (result.finished !== true) return { state: next, effects: result.effects };
  const last = current.turn.role === 'operator';
  const { outcome } = state.full;
  const results = {
    proofs: state.proofs.flatMap(({ signature, ...one }) =>
      signature === null ? [] : [{ ...one, signature }],
    ),
    failed: failedShares(state),
    ...(outcome === null ? {} : { full: { ...outcome, begunAt: state.startedAt } }),
  };
  return {
    state: {
      ...next,
      busy: last ? signing(current, 'Making the bundle') : busy('Clearing the screen'),
    },
    effects: [
      ...result.effects,
      last
        ? { effect: 'make-bundle', escrowedEmail: null, drilled: results }
        : { effect: 'end-seat' },
    ],
  };
}

/** Without a share: whoever brought none is `absent`, unless something was tried and refused. */
function gotUp(state: DrillState, current: Seat): DrillState {
  const { index } = current.turn;
  const isGiving = current.step === 'handover' || current.step === 'share-in';
  if (index === null || !isGiving || state.faults[index] !== undefined) return state;
  return withFault(state, current, current.reading === null ? 'absent' : 'unreadable');
}

function afterSeat(state: DrillState, drill: DrillPackageFacts, left: Seat): Next {
  const next = { ...state, ...afterSitting(state, left) };
  switch (left.turn.role) {
    case 'custodian':
      return to(next, { at: isEnough(next, drill) ? 'test-escrow' : 'drill-round' });
    case 'witness': {
      const another = witnessSeat(next, drill, left);
      if (another === null && state.byWord) return checked(next);
      return seatFor(next, another ?? signingSeat(drill, 'operator'));
    }
    case 'operator':
      return to(next, { at: 'save-bundle' });
    case 'admin':
      throw refuseStep('not-now');
  }
}

/** Nobody answers what is on this laptop's word. */
function checked(state: DrillState): Next {
  return to(state, { at: 'checked' }, [
    { effect: 'record', kind: 'ceremony-closed', facts: { outcome: 'checked' } },
    { effect: 'finish' },
  ]);
}

/** What a sitting has to know. */
export function drillSeatContext(
  drill: DrillPackageFacts,
  { turn }: Seat,
  state: DrillState,
): SeatContext {
  const { count } = drill;
  const about = aboutInWords(state, drill);
  const proved = sharesInWords(
    state.proofs.map(({ index }) => index),
    count,
  );
  const failed = sharesInWords(
    failedShares(state).map(({ index }) => index),
    count,
  );
  const done = state.byWord
    ? `Read: ${proved}. Called and not read: ${failed}. Nothing was signed for sync, and nothing was put together.`
    : `Proved: ${proved}. Called and not proved: ${failed}. ${outcomeInWords(state)}`;
  const saw = seenBy(state, turn).map((what) => ` I saw that ${what}.`);
  const shows = `to show that it can be read${drill.full === null ? '' : ' and opens a test escrow'}`;
  const statement =
    turn.index !== null
      ? `I gave ${shareName(turn.index, count)} for ${about}, ${shows}, and for nothing else.`
      : turn.role === 'witness'
        ? `I watched ${about}.${saw.join('')} ${done} The transcript up to here is what happened.`
        : `I led ${about}. ${done} The transcript up to here is what happened.`;
  return { ...givingSeatContext(drill, turn, state, statement), withoutQuorum: true };
}

function aboutInWords({ byWord }: DrillState, drill: DrillPackageFacts): string {
  const { setLabel, keyVersion, full } = drill;
  const what = byWord ? 'the check, without sync,' : full === null ? 'the drill' : 'the full drill';
  return `${what} of share set ${setLabel}, key version ${keyVersion}`;
}
