/**
 * The state of a Split: a whole new platform key, split among custodians. Plain JSON, public.
 * @module
 */
import type { IdentityCredential } from '../../identity/key-identity.ts';
import type { Mode } from '../../mode.ts';
import type { EndingPhase, EndingState } from '../ending.ts';
import type { Plan } from '../events.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import { newSeat, type Seat } from '../seat-state.ts';
import type { Checks, PublicShare, Turn } from '../types.ts';
import type { WithWitnessPage } from '../witness-page.ts';

interface MadeKey {
  readonly componentId: string;
  readonly componentBytes: number;
  readonly checks: Checks;
  readonly escrowKey: string;
}

/** Which round of sittings it is: people enrol, take shares, sign. */
export type SeatQueue = 'enrol' | 'shares' | 'signatures';

export type SplitPhase =
  | OpeningPhase
  | { readonly at: 'plan' }
  | { readonly at: 'seat'; readonly seat: Seat; readonly queue: SeatQueue }
  | { readonly at: 'make-key' }
  | { readonly at: 'prove' }
  | { readonly at: 'set-ready' }
  | EndingPhase;

export interface SplitState extends OpeningState, EndingState, WithWitnessPage {
  readonly ceremony: 'split';
  readonly phase: SplitPhase;
  readonly plan: Plan | null;
  /** Personal public keys by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Of those whose identity a YubiKey makes, by name. */
  readonly credentials: Readonly<Record<string, IdentityCredential>>;
  readonly key: MadeKey | null;
  readonly setId: string | null;
  readonly shares: readonly PublicShare[];
  /** What each share was written on and read back from, by index. */
  readonly media: Readonly<Record<number, Seat['proved']>>;
  readonly set: {
    readonly manifestDigest: string;
    readonly rosterDigest: string;
    readonly words: string;
  } | null;
}

/** The fields of every ceremony at its start. */
export function freshStart(start: {
  readonly mode: Mode;
  readonly ceremonyId: string;
  readonly startedAt: string;
}) {
  return {
    mode: start.mode,
    ceremonyId: start.ceremonyId,
    startedAt: start.startedAt,
    checkedAt: start.startedAt,
    phase: { at: 'descriptor' as const },
    busy: null,
    awaiting: null,
    refusal: null,
    paused: false,
    sync: null,
    package: null,
    bundle: null,
    savedOn: [],
    everWritten: [],
    witnessPage: null,
  };
}

export function startSplit(start: Parameters<typeof freshStart>[0]): SplitState {
  return {
    ...freshStart(start),
    ceremony: 'split',
    plan: null,
    keys: {},
    credentials: {},
    key: null,
    setId: null,
    shares: [],
    media: {},
    set: null,
  };
}

/** Who sits down in a round, in order. */
export function seatsOf(plan: Plan, queue: SeatQueue): Seat[] {
  const operator: Turn = { name: plan.operator.name, role: 'operator', index: null };
  const witness: Turn = { name: plan.witness.name, role: 'witness', index: null };
  switch (queue) {
    case 'enrol':
      return [
        newSeat(operator, 'enrol', plan.operator.medium),
        newSeat(witness, 'enrol', plan.witness.medium),
      ];
    case 'shares':
      return plan.custodians.map(({ name, medium }, at) =>
        newSeat({ name, role: 'custodian', index: at + 1 }, 'share', medium),
      );
    case 'signatures':
      // The operator signs last: the identity stays open until the bundle is made.
      return [
        newSeat(witness, 'sign', plan.witness.medium),
        newSeat(operator, 'sign', plan.operator.medium),
      ];
  }
}
