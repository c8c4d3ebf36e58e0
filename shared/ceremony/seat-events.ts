/**
 * Events of a sitting: who it is, what is written, read back and given, and what is signed.
 * @module
 */
import { name, z } from '../encoding/schema.ts';
import type { IdentityCredential } from '../identity/key-identity.ts';
import type { RefusalNote } from '../refusal.ts';
import { MOST_PLACES } from '../ledger/places.ts';
import { MEDIA_KINDS, type MediumKind } from '../sharing/manifest.ts';
import type { KeyRecord, MediumRecord, OnSheet, OtpGiven, Renewal } from './types.ts';
import { listId } from './list-id.ts';

/** What a person can say. */
export const SEAT_EVENTS = [
  /** Of a custodian by share; of what opened an adopted key before by its place in the ledger. */
  z.strictObject({ type: z.literal('who'), index: z.int().min(1).max(MOST_PLACES) }),
  z.strictObject({ type: z.literal('seated') }),
  z.strictObject({
    type: z.literal('identity'),
    how: z.enum(['new', 'new-key', 'existing-usb', 'existing-paper', 'existing-key']),
    /** The stick, for existing-usb. */
    volumeId: listId.optional(),
  }),
  z.strictObject({ type: z.literal('skip-identity'), reason: z.string().trim().min(3).max(500) }),
  /**
   * Recover: gets up without having given a share (lost, refused); another custodian may come. Once a
   * sheet was given: goes on without a new one, or without destroying what is over.
   */
  z.strictObject({ type: z.literal('get-up'), reason: z.string().trim().min(3).max(500) }),
  z.strictObject({ type: z.literal('choose-volume'), id: listId }),
  z.strictObject({ type: z.literal('choose-printer'), id: listId }),
  z.strictObject({
    type: z.literal('read'),
    how: z.enum(['usb', 'camera', 'typed', 'file']),
    volumeId: listId.optional(),
    /** What is on the sheet; without it a share as it is. On a stick it is seen. */
    sheet: z.enum(['share', 'key-share']).optional(),
  }),
  /** An envelope that is over is used all the same: what counts is lost, and a witness is there. */
  z.strictObject({
    type: z.literal('use-replaced'),
    reason: z.string().trim().min(3).max(500),
    witness: name,
  }),
  z.strictObject({ type: z.literal('another-copy'), medium: z.enum(MEDIA_KINDS) }),
  z.strictObject({ type: z.literal('write-again') }),
  /** The words were written down wrongly, or are not wanted: a new identity with new words. */
  z.strictObject({ type: z.literal('new-words') }),
  z.strictObject({ type: z.literal('sign') }),
  /** The YubiKey with the identity does not sign: another one, or none where that may be. */
  z.strictObject({ type: z.literal('other-identity') }),
  /** Sheets that an OTP envelope was on: the custodian destroyed them, this witness saw it. */
  z.strictObject({ type: z.literal('sheets-destroyed'), witness: name }),
] as const;

/** What the host reports. */
export type SeatHostEvent =
  | { readonly type: 'seat-ready' }
  | { readonly type: 'words-written-down' }
  | {
      readonly type: 'key-identity-made';
      readonly publicKey: string;
      readonly credential: IdentityCredential;
      readonly key: KeyRecord;
    }
  | {
      readonly type: 'written';
      readonly records: readonly MediumRecord[];
      readonly volumeId: string | null;
      readonly volumeLabel: string | null;
      /** The YubiKeys that open it, for the register. */
      readonly keys?: readonly KeyRecord[];
      /** It was written, and something is to be heeded all the same. */
      readonly warning?: RefusalNote | null;
    }
  | { readonly type: 'replugged'; readonly volumeId: string }
  | {
      readonly type: 'read-back-done';
      readonly identityKey: string;
      readonly shareKey: string | null;
      /** Of a share that an OTP key locks: SHA-256 of its envelope, in hex. */
      readonly envelope?: string;
    }
  | {
      readonly type: 'identity-opened';
      readonly name: string;
      readonly publicKey: string;
      /** Of an identity on a YubiKey. */
      readonly credential?: IdentityCredential;
    }
  | { readonly type: 'sealed' }
  | { readonly type: 'seat-ended' }
  | {
      readonly type: 'share-accepted';
      readonly index: number;
      readonly medium: MediumKind;
      /** Of an envelope that is made anew after each reveal. */
      readonly renewal?: Renewal | null;
      /** Of such an envelope that lies on a sheet: a new sheet is printed now. */
      readonly onSheet?: OnSheet;
      /** Of any such envelope. */
      readonly otp?: OtpGiven;
    }
  | {
      readonly type: 'envelope-printed';
      /** It was printed, and something is to be heeded all the same. */
      readonly warning: RefusalNote | null;
    }
  /** The stick was looked at once more, and where it held the old envelope, it was tried again. */
  | { readonly type: 'envelope-tried'; readonly renewal: Renewal }
  /** SHA-256 of the envelope that was read from the new sheet, in hex. */
  | { readonly type: 'envelope-proved'; readonly after: string }
  | {
      readonly type: 'share-proved';
      readonly index: number;
      readonly medium: MediumKind;
      /** Ed25519, in hex. */
      readonly signature: string;
      /** When it signed, by the laptop's clock: milliseconds since 1970. */
      readonly at: number;
    };
