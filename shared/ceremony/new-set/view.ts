/**
 * What the window shows while a new share set is made.
 * @module
 */
import { seatScreen } from '../seat/view.ts';
import { stepsAt, type Head } from '../common-view.ts';
import { plannedView } from '../planned.ts';
import type { Progress, Step } from '../types.ts';
import type { Screen } from '../view.ts';
import { newSetSeatContext } from './seat-context.ts';
import { seatsOf, type CommonPhase, type NewSetPhase, type NewSetState } from './state.ts';

/** @param aboutKey what whoever sits there signs of the key besides the usual */
export function newSetScreen(
  state: NewSetState,
  phase: NewSetPhase,
  head: Head,
  aboutKey: string,
): Screen {
  const { plan } = state;
  const count = plan?.custodians.length ?? 0;
  const threshold = plan?.threshold ?? 0;
  switch (phase.at) {
    case 'plan':
      return {
        screen: 'plan',
        keyVersion: state.package?.keyVersion ?? '',
        plan,
        ...plannedView(state),
      };
    case 'seat': {
      const round = plan === null ? [] : seatsOf(plan, phase.queue);
      const at = round.findIndex(
        ({ turn }) => turn.name === phase.seat.turn.name && turn.role === phase.seat.turn.role,
      );
      return seatScreen(phase.seat, {
        context: newSetSeatContext(state, phase.seat, aboutKey),
        leaving: round[at - 1]?.turn.name ?? null,
        progress: phase.queue === 'shares' ? progress(state) : null,
        words: head.words,
        media: [],
        spare: { backup: false, copy: false },
        gotUp: 0,
        keyOn: [],
      });
    }
    case 'prove':
      return { screen: 'prove', count, threshold };
    case 'set-ready':
      return {
        screen: 'set-ready',
        label: plan?.label ?? '',
        words: state.set?.words ?? '',
        digest: state.set?.manifestDigest ?? '',
        witnessPage: { printed: state.witnessPage, page: plan?.page ?? null },
      };
  }
}

function progress(state: NewSetState): Progress {
  return {
    done: Object.values(state.media).filter((media) => media.length > 0).length,
    of: state.plan?.custodians.length ?? 0,
  };
}

/** Who takes what home, one line each. */
export function takeHome(state: NewSetState): string[] {
  return (state.plan?.custodians ?? []).map(
    ({ name }, at) =>
      `${name}: share ${at + 1} on ${(state.media[at + 1] ?? []).map(({ description }) => description).join(' and ')}`,
  );
}

type Line = Omit<Step, 'standing'>;

/**
 * The whole way, for the list on the left.
 * @param own how this ceremony comes to its key: what lies between who takes part and the shares
 * @param at a phase that all have, or which of `own` it is, from 0
 */
export function newSetSteps(
  state: NewSetState,
  own: readonly Line[],
  at: CommonPhase | number,
): Step[] {
  const shares = shareLines(state);
  return stepsAt(typeof at === 'number' ? BEFORE.length + at : lineOf(at, own, shares), [
    ...BEFORE,
    ...own,
    ...shares,
    { id: 'prove', label: 'Prove that it can be restored', who: 'Everybody' },
    { id: 'sign', label: 'Sign the transcript', who: 'Witness and operator' },
    { id: 'bundle', label: 'Write the bundle', who: 'Operator' },
    { id: 'receipt', label: 'Wait for the receipt', who: 'Admin of sync' },
  ]);
}

const BEFORE: readonly Line[] = [
  { id: 'package', label: 'Take the package of sync', who: 'Operator' },
  { id: 'plan', label: 'Agree who takes part', who: 'Everybody' },
  { id: 'laptop', label: 'Check this laptop', who: 'Operator' },
  { id: 'people', label: 'Operator and witness', who: 'Each in turn' },
];

function lineOf(phase: CommonPhase, own: readonly Line[], shares: readonly Line[]): number {
  const share = BEFORE.length + own.length;
  const prove = share + shares.length;
  switch (phase.at) {
    case 'descriptor':
    case 'descriptor-words':
    case 'package':
      return 0;
    case 'plan':
      return 1;
    case 'environment':
    case 'clock':
      return 2;
    case 'seat':
      if (phase.queue === 'enrol') return 3;
      return phase.queue === 'shares' ? share + (phase.seat.turn.index ?? 1) - 1 : prove + 1;
    case 'prove':
    case 'set-ready':
      return prove;
    case 'save-bundle':
      return prove + 2;
    case 'waiting':
      return prove + 3;
    case 'closed':
    case 'void':
      return prove + 4;
  }
}

function shareLines({ plan }: NewSetState): Line[] {
  const custodians = plan?.custodians ?? [];
  return custodians.map(({ name }, at) => ({
    id: `share-${at + 1}`,
    label: `Share ${at + 1} of ${custodians.length}`,
    who: name,
  }));
}
