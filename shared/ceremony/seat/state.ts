/**
 * What a sitting at the laptop is, and what it may need to know of its ceremony.
 * @module
 */
import type { MediumKind } from '../../sharing/manifest.ts';
import type { IdentityCredential } from '../../identity/key-identity.ts';
import { shareName } from '../../sharing/refusals.ts';
import type { Effect } from '../effects.ts';
import { busy } from '../machine.ts';
import type {
  MediumRecord,
  PageSize,
  RenewalFailed,
  ReplacedChoice,
  SheetRenewal,
  Turn,
  Watched,
} from '../types.ts';
import type { Busy, SeatPurpose } from '../view.ts';

export interface Seat {
  readonly turn: Turn;
  readonly purpose: SeatPurpose;
  readonly step:
    | 'handover'
    | 'share-in'
    /** The share that was given becomes another one. */
    | 'refresh'
    /** An OTP envelope that was given on a stick was not made anew. */
    | 'renew-stick'
    /** The stick goes out and in again, before what it holds is believed. */
    | 'renew-replug'
    /** An OTP envelope that was given on a sheet: a new sheet, read back, the old one destroyed. */
    | 'renew-print'
    | 'renew-read'
    | 'renew-destroy'
    /** The machine of a destruction handles it itself. */
    | 'destroy'
    | 'identity'
    | 'words'
    | 'write'
    | 'replug'
    | 'read-back'
    | 'copy'
    | 'attest';
  /** The medium of the copy at hand. */
  readonly medium: MediumKind;
  /** A new identity still has to be written and read back. */
  readonly withIdentity: boolean;
  readonly identityKey: string | null;
  /** Of an identity on a YubiKey: it signs with PIN and touch. Null: its words opened it. */
  readonly credential: IdentityCredential | null;
  readonly volume: { readonly id: string; readonly label: string } | null;
  /** Sheets printed in this sitting, one number each: the last one is what is read back. */
  readonly sheets: number;
  /** What the copy at hand was written on. */
  readonly written: readonly MediumRecord[];
  /** Every copy that was read back. */
  readonly proved: readonly { readonly kind: MediumKind; readonly description: string }[];
  /** Everything this sitting ever wrote, in words, for the list of a void ceremony. */
  readonly everWritten: readonly string[];
  /** A write that was begun and not reported as done: what it may have left, in words. */
  readonly writing: string | null;
  /** How the share was read last; null: not yet. */
  readonly reading: Reading | null;
  /** Since then: an envelope that is over is to be used. */
  readonly choice: ReplacedChoice | null;
  readonly watched: readonly Watched[];
  /** Refresh: the number that the share had before it became another one; null: it has not yet. */
  readonly before: number | null;
  /** From a share that came in on the sheet of an OTP key; else null. */
  readonly renewal: SheetRenewal | null;
  /** From a share that came in on the stick of an OTP key and was not locked anew; else null. */
  readonly stick: RenewalFailed | null;
}

/** How a share comes in. */
export type Reading = Pick<
  Extract<Effect, { effect: 'accept-share' }>,
  'how' | 'volumeId' | 'sheet'
>;

/** What a sitting may need to know of its ceremony. */
export interface SeatContext {
  readonly page: PageSize;
  readonly count: number;
  /** The public key of the seat's share, when it writes one. */
  readonly shareKey: string | null;
  /** Checks an opened identity; throws a Refusal when it may not sign here. */
  admit(person: { readonly name: string; readonly publicKey: string }): void;
  /** Checks what a share is going to lie on; throws a Refusal when the set's rule forbids it. */
  admitMedia(media: readonly MediumKind[]): void;
  /** Numbers that sheets of the custodian's envelope have had; the one that was met last at the end. */
  readonly sheets: readonly number[];
  /** Who may watch when a sheet is destroyed, by name. */
  readonly witnesses: readonly string[];
  /** The logs of this set are here, as far as anybody can tell: an envelope that is over is recognised. */
  readonly remembers: boolean;
  /** What this person saw of others as a witness, and signs for. */
  readonly watched: readonly string[];
  /** Whether this sitting may go on without an identity. */
  readonly maySkip: boolean;
  /** Whether the identity may be one on a YubiKey; sync's own tools open files only. */
  readonly mayUseKey: boolean;
  /** Whether it is one, as far as plan or roster tell: offered first. */
  readonly prefersKey: boolean;
  readonly statement: string;
  /** At the end no share is there to sign with. */
  readonly withoutQuorum?: true;
}

export interface SeatStep {
  readonly seat: Seat;
  readonly effects: readonly Effect[];
  readonly busy?: Busy;
  /** True when the person may get up. */
  readonly finished?: boolean;
}

export function newSeat(turn: Turn, purpose: SeatPurpose, medium: MediumKind): Seat {
  return {
    turn,
    purpose,
    step: 'handover',
    medium,
    withIdentity: false,
    identityKey: null,
    credential: null,
    volume: null,
    sheets: 0,
    written: [],
    proved: [],
    everWritten: [],
    writing: null,
    reading: null,
    choice: null,
    watched: [],
    before: null,
    renewal: null,
    stick: null,
  };
}

/** While an entry window is open. */
export const inFront = (doing: string) => busy(doing, { entryWindow: true });

/** Whether a share is written in this sitting. */
export const writesShare = ({ purpose }: Pick<Seat, 'purpose'>): boolean =>
  purpose === 'share' || purpose === 'refresh';

/** Where it goes on once a share was given, and its envelope is settled. */
export const afterGiven = ({ purpose }: Pick<Seat, 'purpose'>): Seat['step'] =>
  purpose === 'refresh' ? 'refresh' : 'identity';

/** What this sitting writes, in words. */
export function seatWrites(seat: Seat, count: number): string[] {
  return [
    ...(seat.turn.index === null || !writesShare(seat) ? [] : [shareName(seat.turn.index, count)]),
    ...(seat.withIdentity ? ['personal identity'] : []),
  ];
}

/** What a roster lists beside the identities of a ceremony, by name, after somebody's sitting. */
export function credentialsAfter(
  before: Readonly<Record<string, IdentityCredential>>,
  { turn, identityKey, credential }: Seat,
): Readonly<Record<string, IdentityCredential>> {
  if (identityKey === null) return before;
  const { [turn.name]: _, ...others } = before;
  return credential === null ? others : { ...others, [turn.name]: credential };
}

/** A personal identity is there: made and read back, or opened. */
export function identityReady(turn: Turn, publicKey: string, how: string): Effect {
  return {
    effect: 'record',
    kind: 'identity-ready',
    facts: {
      name: turn.name,
      role: turn.role,
      publicKey: { type: 'digest', value: publicKey },
      how,
    },
  };
}
