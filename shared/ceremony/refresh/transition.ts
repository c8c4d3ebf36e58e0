/**
 * Other shares of the same component, step by step: package → environment, clock → everybody agrees who is
 * here and whose share ends → numbers are drawn that add up to nothing → one custodian after the other
 * gives a share, which becomes another one, is written and read back → signatures → bundle → receipt.
 *
 * Nothing is put together, and no two shares of different custodians are ever in memory. Interrupted
 * before the bundle it is void: the numbers are gone, what was written is to be destroyed, and the shares
 * of before are what they were.
 */
import type { Effect } from '../effects.ts';
import { abandon, bundleMade, endingTransition, isEnding, type EndingPhase } from '../ending.ts';
import type { CeremonyEvent } from '../events.ts';
import { busy, step, type Step } from '../machine.ts';
import { checkEnvironment, isOpening, openingTransition, type OpeningPlan } from '../opening.ts';
import type { RefreshPackageFacts } from '../package-facts.ts';
import { refuseStep } from '../refusals.ts';
import { afterRefusedWrite } from '../seat/media.ts';
import { newSeat, type Seat } from '../seat/state.ts';
import { seatTransition, signing } from '../seat/seat.ts';
import { afterSitting, witnessSeat } from '../share-round.ts';
import { isAboutWitnessPage, printWitnessPage } from '../witness-page.ts';
import { refreshSeatContext } from './seat-context.ts';
import {
  livingSet,
  refreshSeat,
  type RefreshAgreed,
  type RefreshPhase,
  type RefreshState,
} from './state.ts';

type Next = Step<RefreshState>;

export function refreshTransition(state: RefreshState, event: CeremonyEvent): Next {
  const next = step(state, event, own);
  const { phase } = next.state;
  if (event.type !== 'refused' || phase.at !== 'seat') return next;
  const settled = afterRefusedWrite(phase.seat, event.note.code);
  return { ...next, state: { ...next.state, phase: { at: 'seat', seat: settled } } };
}

function own(state: RefreshState, event: CeremonyEvent): Next {
  const { phase, refresh, agreed } = state;
  if (event.type === 'abandon') return giveUp(state, event.reason);
  if (isOpening(phase)) return openingTransition(state, phase, event, OPENING);
  if (phase.at === 'waiting' && isAboutWitnessPage(event)) {
    return printWitnessPage(state, event, agreed?.page ?? null);
  }
  if (isEnding(phase)) return endingTransition(state, phase, event, enter);
  if (refresh === null) throw refuseStep('not-now');
  if (phase.at === 'refresh-facts') return agree(state, refresh, event);
  if (agreed === null) throw refuseStep('not-now');
  if (phase.at === 'refresh-ready') {
    return event.type === 'continue'
      ? to(state, { at: 'save-bundle' })
      : printWitnessPage(state, event, agreed.page);
  }
  if (phase.at === 'seat') return seat(state, { refresh, agreed }, event, phase.seat);
  if (event.type !== 'who' || !isWaiting(state, agreed, event.index)) throw refuseStep('not-now');
  return sit(state, refreshSeat(refresh, event.index));
}

const OPENING: OpeningPlan<RefreshState> = {
  packageKind: 'refresh',
  enter: (state, phase) => ({ ...state, phase }),
  afterPackage: (state, { refresh = null }) => checkEnvironment({ ...state, refresh }, OPENING),
  afterClock: (state) => to(state, { at: 'refresh-facts' }),
};

function enter(state: RefreshState, phase: EndingPhase): RefreshState {
  return { ...state, phase };
}

function to(state: RefreshState, phase: RefreshPhase, effects: readonly Effect[] = []): Next {
  return { state: { ...state, phase }, effects };
}

function sit(state: RefreshState, next: Seat | null): Next {
  if (next === null) throw refuseStep('not-now');
  return to(state, { at: 'seat', seat: next });
}

const isWaiting = ({ accepted }: RefreshState, { lives }: RefreshAgreed, index: number) =>
  lives.includes(index) && !accepted.includes(index);

/** What was written and not finished goes on the list of what is to be destroyed. */
function giveUp(state: RefreshState, reason: string): Next {
  const { phase } = state;
  const current = phase.at === 'seat' ? phase.seat : null;
  const unfinished = current?.writing == null ? [] : [current.writing];
  const everWritten = [...state.everWritten, ...unfinished];
  return abandon({ ...state, everWritten }, phase, reason, enter);
}

function agree(state: RefreshState, refresh: RefreshPackageFacts, event: CeremonyEvent): Next {
  if (event.type === 'refresh-agree') {
    const operator = refresh.operators.find(({ name }) => name === event.operator);
    const lives = refresh.custodians
      .map(({ index }) => index)
      .filter((index) => event.lives.includes(index));
    if (operator === undefined) throw refuseStep('not-now');
    const agreed: RefreshAgreed = { lives, operator, page: event.page };
    const kept = { ...state, agreed };
    // With k left, one more share that is lost would be the end of the key.
    if (lives.length < refresh.count && lives.length <= refresh.threshold) {
      const least = Math.min(refresh.threshold + 1, refresh.count);
      const note = refuseStep('refresh-too-few', lives.length, least).note();
      return { state: { ...kept, refusal: note }, effects: [] };
    }
    return {
      state: { ...kept, busy: busy('Drawing the numbers that make other shares of these') },
      effects: [
        { effect: 'draw-refresh', lives, generation: refresh.next, operator: operator.publicKey },
      ],
    };
  }
  if (event.type === 'refresh-drawn' && state.agreed !== null) {
    return to(state, { at: 'who' }, [agreedEntry(state.agreed, refresh, event.roster)]);
  }
  throw refuseStep('not-now');
}

function agreedEntry(
  { lives, operator, page }: RefreshAgreed,
  refresh: RefreshPackageFacts,
  roster: string,
): Effect {
  const { custodians } = refresh;
  const living = custodians.filter(({ index }) => lives.includes(index));
  const ended = custodians.filter(({ index }) => !lives.includes(index));
  return {
    effect: 'record',
    kind: 'refresh-agreed',
    facts: {
      setId: refresh.setId,
      label: refresh.setLabel,
      keyVersion: refresh.keyVersion,
      generation: refresh.next,
      threshold: refresh.threshold,
      count: living.length,
      page,
      replaces: { type: 'digest', value: refresh.manifestDigest },
      roster: { type: 'digest', value: roster },
      operator: operator.name,
      ...Object.fromEntries(living.map(({ name }, at) => [`custodian.${at + 1}.name`, name])),
      ...Object.fromEntries(ended.map(({ index, name }) => [`ends.${index}`, name])),
    },
  };
}

interface About {
  readonly refresh: RefreshPackageFacts;
  readonly agreed: RefreshAgreed;
}

function seat(state: RefreshState, about: About, event: CeremonyEvent, current: Seat): Next {
  if (event.type === 'bundle-made') return bundleMade(state, event);
  if (event.type === 'seat-ended') return afterSeat(state, about, current);
  const isLast = current.turn.role === 'operator';
  if (event.type === 'sign' && isLast && state.signedSet === null) {
    if (current.step !== 'attest') throw refuseStep('not-now');
    return {
      state: { ...state, busy: signing(current, 'Signing for the refreshed set') },
      effects: [{ effect: 'sign-refreshed-set', media: state.media }],
    };
  }
  if (event.type === 'set-signed') {
    const { manifestDigest, rosterDigest, words } = event;
    const signed: Effect = {
      effect: 'record',
      kind: 'refreshed-set-signed',
      facts: {
        manifestDigest: { type: 'digest', value: manifestDigest },
        rosterDigest: { type: 'digest', value: rosterDigest },
      },
    };
    const next = { ...state, signedSet: { manifestDigest, words } };
    const { state: sealing, effects } = seat(next, about, { type: 'sign' }, current);
    return { state: sealing, effects: [signed, ...effects] };
  }
  const { refresh, agreed } = about;
  const context = refreshSeatContext(state, refresh, agreed, current);
  const result = seatTransition(current, event, context);
  const { seat: after, effects, finished } = result;
  const next: RefreshState = {
    ...state,
    phase: { at: 'seat', seat: after },
    busy: result.busy ?? null,
    refusal: event.type === 'written' ? (event.warning ?? null) : null,
    media:
      after.before === null || after.turn.index === null
        ? state.media
        : { ...state.media, [after.turn.index]: after.proved },
    everWritten: [...state.everWritten, ...after.everWritten.slice(current.everWritten.length)],
  };
  if (finished !== true) return { state: next, effects };
  return {
    state: {
      ...next,
      busy: isLast ? signing(after, 'Making the bundle') : busy('Clearing the screen'),
    },
    effects: [
      ...effects,
      isLast ? { effect: 'make-bundle', escrowedEmail: null } : { effect: 'end-seat' },
    ],
  };
}

function afterSeat(state: RefreshState, { refresh, agreed }: About, left: Seat): Next {
  const accepted = left.before === null ? state.accepted : [...state.accepted, left.before];
  const next = { ...state, ...afterSitting(state, left), accepted };
  const operator = { name: agreed.operator.name, role: 'operator' as const, index: null };
  switch (left.turn.role) {
    case 'custodian':
      return accepted.length < livingSet(refresh, agreed).threshold
        ? to(next, { at: 'who' })
        : sit(next, witnessSeat(next, refresh, null));
    case 'witness':
      return sit(next, witnessSeat(next, refresh, left) ?? newSeat(operator, 'sign', 'usb'));
    case 'operator':
      return to(next, { at: 'refresh-ready' });
    case 'admin':
      throw refuseStep('not-now');
  }
}
