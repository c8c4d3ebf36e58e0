/**
 * What the window shows while a new share set is made.
 * @module
 */
import { seatScreen } from '../seat-view.ts';
import type { Head } from '../common-view.ts';
import type { Progress, Screen } from '../view.ts';
import { newSetSeatContext } from './seat-context.ts';
import { seatsOf, type NewSetPhase, type NewSetState } from './state.ts';

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
      return { screen: 'plan', keyVersion: state.package?.keyVersion ?? '', plan };
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

/** For the list on the left: a line for each share. */
export function shareLines({ plan }: NewSetState): { id: string; label: string; who: string }[] {
  const custodians = plan?.custodians ?? [];
  return custodians.map(({ name }, at) => ({
    id: `share-${at + 1}`,
    label: `Share ${at + 1} of ${custodians.length}`,
    who: name,
  }));
}
