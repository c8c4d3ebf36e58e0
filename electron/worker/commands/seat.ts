/**
 * What a sitting asks of the worker: an identity, what is written for it and read back, a signature.
 * @module
 */
import type { KeyRecord, MediumRecord, Turn } from '../../../shared/ceremony/types.ts';
import type { IdentityCredential, KeyIdentity } from '../../../shared/identity/key-identity.ts';
import type { LiveSlot } from '../../../shared/ledger/live-slots.ts';
import type { RefusalNote } from '../../../shared/refusal.ts';
import type { KeyMedium } from '../../../shared/sharing/manifest.ts';
import type { ReadHow, SheetContext, SheetOrder } from '../sheets.ts';

export interface SeatCommands {
  /** Forgets whoever sat here: passphrase, identity, pending share. */
  'begin-seat': { in: { turn: Turn }; out: null };
  /**
   * Entry. A new identity and its passphrase (six words, or one of the person's own) for the seat;
   * resolves when the words were written down or the own one was taken.
   */
  'new-identity': {
    in: {
      /** What the words will open, as the screen says it; without it the worker words it. */
      protects?: readonly string[];
      /** Names and labels, besides the person's, that a guesser of an own one would try first. */
      first?: readonly string[];
    };
    out: { publicKey: string };
  };
  /**
   * Entry. A new identity that the seat's YubiKey makes, with PIN and touch; made once more by the
   * key after it lost its power, and the same. Nothing of it is kept but what is public.
   */
  'new-key-identity': {
    in: {
      ceremonyId: string;
      /** Of the roster in force: a key that makes somebody else's identity is not taken. */
      listed: readonly KeyIdentity[];
    };
    out: { publicKey: string; credential: IdentityCredential; key: KeyRecord };
  };
  /** Entry. The identity of before that the seat's YubiKey makes, with PIN and touch. */
  'open-key-identity': {
    in: {
      /** Everybody's that is known here; those made in this ceremony the worker knows itself. */
      listed: readonly KeyIdentity[];
    };
    out: { name: string; publicKey: string; credential: IdentityCredential };
  };
  /** Entry. Opens an identity of before; its passphrase becomes the seat's. */
  'open-identity': {
    in: { how: 'usb' | 'paper'; volumePath: string | null; ways: readonly ('camera' | 'file')[] };
    out: { name: string; publicKey: string };
  };
  /**
   * Writes the seat's share (if it has one) and identity (if it is new) to a stick. Needs an entry
   * port only to write a *share* again before anything was read back: the worker has forgotten the
   * six words by then, and without a port refuses `passphrase-needed`.
   */
  'write-usb': {
    in: {
      volumeId: string;
      rehearsalFolder: string | null;
      withIdentity: boolean;
      sheet: SheetContext | null;
    };
    out: { records: readonly MediumRecord[]; volumeLabel: string };
  };
  /**
   * Entry. Locks the seat's share to a YubiKey and writes the envelope to a stick, or prints it, with
   * the identity if it is new. The words of the seat, typed again where they were forgotten, lock it
   * as well with the OTP interface; FIDO2 asks for the key's PIN.
   */
  'write-key': {
    in: {
      medium: KeyMedium;
      /** Null: onto `paper`. */
      volumeId: string | null;
      rehearsalFolder: string | null;
      paper?: SheetOrder;
      withIdentity: boolean;
      ceremonyId: string;
      /** Slots that open shares which may still be needed: never overwritten. */
      liveSlots: readonly LiveSlot[];
    };
    out: {
      records: readonly MediumRecord[];
      volumeLabel: string | null;
      keys: readonly KeyRecord[];
      warning: RefusalNote | null;
    };
  };
  /** Prints the seat's sheets; with `folder`, writes PDF files there (rehearsal only). */
  'write-paper': {
    in: SheetOrder & { withIdentity: boolean };
    /** `warning`: everything is on paper, and something is to be heeded all the same. */
    out: { records: readonly MediumRecord[]; warning: RefusalNote | null };
  };
  /**
   * Entry. Reads back what the seat wrote, from its own medium. The passphrase that was typed and
   * opened it becomes the seat's again, until end-seat: another copy may be written with it.
   */
  'read-back': {
    in: {
      how: ReadHow;
      /** Given: the share is locked; each of its keys is taken out, put in again and opens it. */
      key?: KeyMedium;
      volumeId: string | null;
      rehearsalFolder: string | null;
      withIdentity: boolean;
      /** The sheet that was printed last: no other one is taken. Null for a stick. */
      sheetNumber: number | null;
    };
    /** `envelope`: of an OTP key, SHA-256 in hex. */
    out: { identityKey: string; shareKey: string | null; envelope?: string };
  };
  /**
   * The open identity signs a DSSE pre-authentication encoding. Needs an entry port where it lives on
   * a YubiKey (PIN and touch for each call), and without one refuses `signing-needs-key`.
   */
  'sign-identity': {
    in: { messages: readonly Uint8Array[] };
    out: { keyid: string; signatures: readonly Uint8Array[] };
  };
  'end-seat': { in: Record<string, never>; out: null };
}
