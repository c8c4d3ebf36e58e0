/**
 * The state of what ends in a new share set: people enrol, take their shares, sign. Whether the key
 * was made or restored is the ceremony's own matter. Plain JSON, public.
 * @module
 */
import type { IdentityCredential } from '../../identity/key-identity.ts';
import type { EndingPhase, EndingState } from '../ending.ts';
import type { Plan } from '../../plan/set-plan.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import { newSeat, type Seat } from '../seat/state.ts';
import type { Checks, PublicShare, Turn } from '../types.ts';
import type { WithWitnessPage } from '../witness-page.ts';

/** A platform key that the worker holds: what may be known of it. */
export interface HeldKey {
  readonly componentId: string;
  readonly componentBytes: number;
  readonly checks: Checks;
  /** X-Wing, base64. Null: of a key whose manifest, from before there were escrow keys, names none. */
  readonly escrowKey: string | null;
}

/** Which round of sittings it is: people enrol, take shares, sign. */
export type SeatQueue = 'enrol' | 'shares' | 'signatures';

/** From the plan to the signed set; what gets the key in between is not in it. */
export type NewSetPhase =
  | { readonly at: 'plan' }
  | { readonly at: 'seat'; readonly seat: Seat; readonly queue: SeatQueue }
  | { readonly at: 'prove' }
  | { readonly at: 'set-ready' };

/** The phases that do not belong to one ceremony alone. */
export type CommonPhase = OpeningPhase | NewSetPhase | EndingPhase;

export interface NewSetState extends OpeningState, EndingState, WithWitnessPage {
  readonly plan: Plan | null;
  /** Personal public keys by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Of those whose identity a YubiKey makes, by name. */
  readonly credentials: Readonly<Record<string, IdentityCredential>>;
  readonly key: HeldKey | null;
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

/** Before anything of it is known. */
export const NO_SET = {
  plan: null,
  keys: {},
  credentials: {},
  key: null,
  setId: null,
  shares: [],
  media: {},
  set: null,
} as const;

const NEW_SET = { plan: true, seat: true, prove: true, 'set-ready': true } satisfies Record<
  NewSetPhase['at'],
  true
>;

export function isNewSet(phase: { readonly at: string }): phase is NewSetPhase {
  return Object.hasOwn(NEW_SET, phase.at);
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
