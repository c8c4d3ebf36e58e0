/**
 * What is done with a share that exists: it is given, it signs, its envelope is made anew, its slot
 * is emptied.
 * @module
 */
import type { MediumRecord, OnSheet, OtpGiven, Renewal } from '../../../shared/ceremony/types.ts';
import type { Effect } from '../../../shared/ceremony/effects.ts';
import type { KnownSetsData } from '../../../shared/ceremony/known-sets.ts';
import type { EnvelopesKnown } from '../../../shared/ledger/known-envelopes.ts';
import type { RefusalNote } from '../../../shared/refusal.ts';
import type { Manifest, MediumKind } from '../../../shared/sharing/manifest.ts';
import type { ReadHow, SheetOrder } from '../sheets.ts';

export interface ShareCommands {
  /** Entry. One share, checked alone. Refuses with the reason, naming it. */
  'accept-share': {
    in: {
      how: ReadHow;
      volumeId: string | null;
      rehearsalFolder: string | null;
      person: string;
      manifest: Manifest;
      known: KnownSetsData;
      /** The share of the custodian who sits here. */
      index: number;
      ways: readonly ('camera' | 'typed' | 'file')[];
      /** What is on the sheet, if no share as it is; on a stick it is seen. */
      sheet?: 'share' | 'key-share';
      ceremonyId: string;
      /** What main knows of envelopes of OTP keys: one that is over is refused before its key is asked. */
      envelopes: EnvelopesKnown;
      /** The one that was refused so is used all the same; main writes that down first. */
      usesReplaced?: true;
      /** Drill, refresh: refused while another share is there, and wiped when its custodian gets up. */
      alone?: true;
    };
    out: {
      index: number;
      medium: MediumKind;
      renewal: Renewal | null;
      /** Of an OTP envelope on a sheet, which is made anew by `print-envelope`. */
      onSheet?: OnSheet;
      /** Of any OTP envelope. */
      otp?: OtpGiven;
    };
  };
  /** The share that was accepted signs the nonce of a drill: 64 bytes in hex. */
  'prove-share': {
    in: { index: number; audience: string; ceremonyId: string; nonce: string };
    out: { signature: string };
  };
  /**
   * Entry. Looks at the stick of the share that was accepted and not locked anew: the new envelope is
   * there after all, or it is tried once more. Whoever closes the window hears what the stick holds.
   */
  'renew-envelope': {
    in: { person: string; manifest: Manifest; index: number; ceremonyId: string };
    out: { renewal: Renewal };
  };
  /**
   * Entry. Locks the share that was accepted from a sheet anew, with a touch and the words that opened
   * it, and prints the envelope. The old one is still what counts.
   */
  'print-envelope': {
    in: {
      paper: SheetOrder;
      person: string;
      manifest: Manifest;
      index: number;
      ceremonyId: string;
    };
    out: { record: MediumRecord; warning: RefusalNote | null };
  };
  /** Entry. Reads the sheet that was printed last, and opens it with a touch: the same share. */
  'prove-envelope': {
    in: {
      how: Exclude<ReadHow, 'usb'>;
      ways: readonly ('camera' | 'typed' | 'file')[];
      person: string;
      manifest: Manifest;
      index: number;
      sheetNumber: number;
    };
    out: { after: string };
  };
  /**
   * Entry. Empties a slot of the key with this number and reads it again. The person types the
   * number and touches the key first, and the slot shows that it holds the secret that is meant.
   */
  'erase-slot': {
    in: Omit<Extract<Effect, { effect: 'erase-slot' }>, 'effect' | 'turn' | 'id'>;
    out: {
      serial: number;
      slot: 1 | 2;
      found: 'configured' | 'empty';
      proved: boolean;
      isEmpty: boolean;
    };
  };
}
