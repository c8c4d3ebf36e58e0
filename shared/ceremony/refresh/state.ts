/**
 * The state of a refresh: every share becomes another one of the same component, one custodian after the
 * other, and nothing is put together. Plain JSON, public.
 * @module
 */
import type { EndingPhase, EndingState } from '../ending.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import type { RefreshPackageFacts } from '../package-facts.ts';
import { newSeat, type Seat } from '../seat/state.ts';
import type { WithShares } from '../share-round.ts';
import { freshStart } from '../start.ts';
import type { PageSize } from '../types.ts';
import type { WithWitnessPage } from '../witness-page.ts';

export type RefreshPhase =
  | OpeningPhase
  /** Who is here, and whose share ends because it did not come. */
  | { readonly at: 'refresh-facts' }
  /** Who comes next? */
  | { readonly at: 'who' }
  | { readonly at: 'seat'; readonly seat: Seat }
  /** The bundle is made: the words of the refreshed set, for the witness. */
  | { readonly at: 'refresh-ready' }
  | EndingPhase;

/** What everybody agreed on before the first share. */
export interface RefreshAgreed {
  /** Numbers of before, of the shares that live on, in order. */
  readonly lives: readonly number[];
  /** Who leads, and signs for the refreshed set. */
  readonly operator: { readonly name: string; readonly publicKey: string };
  /** Of paper. */
  readonly page: PageSize;
}

export interface RefreshState extends OpeningState, EndingState, WithWitnessPage, WithShares {
  readonly ceremony: 'refresh';
  readonly phase: RefreshPhase;
  readonly refresh: RefreshPackageFacts | null;
  readonly agreed: RefreshAgreed | null;
  /** What each new share was written on and read back from, by its number from now on. */
  readonly media: Readonly<Record<number, Seat['proved']>>;
  readonly signedSet: { readonly manifestDigest: string; readonly words: string } | null;
}

export function startRefresh(start: Parameters<typeof freshStart>[0]): RefreshState {
  return {
    ...freshStart(start),
    ceremony: 'refresh',
    refresh: null,
    agreed: null,
    media: {},
    signedSet: null,
    // By the numbers of before.
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: [],
  };
}

/** Those whose shares live on, as a set in which every one of them is needed. */
export function livingSet(
  refresh: RefreshPackageFacts,
  { lives }: RefreshAgreed,
): RefreshPackageFacts {
  return {
    ...refresh,
    threshold: lives.length,
    custodians: refresh.custodians.filter(({ index }) => lives.includes(index)),
  };
}

/** The sitting of a custodian whose share becomes another one. */
export function refreshSeat(refresh: RefreshPackageFacts, index: number): Seat | null {
  const custodian = refresh.custodians.find((one) => one.index === index);
  if (custodian === undefined) return null;
  const turn = { name: custodian.name, role: 'custodian' as const, index };
  return newSeat(turn, 'refresh', custodian.media[0] ?? 'usb');
}
