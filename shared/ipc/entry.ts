/**
 * What an entry window and the worker say to each other, over a port of their own: main never
 * sees it. One window serves one sitting (words, scanning, typing, passphrase) and is destroyed
 * at the hand-over.
 * @module
 */
import type { SheetKind } from '../encoding/line-check.ts';
import type { Mode } from '../mode.ts';
import type { RefusalNote } from '../refusal.ts';
import type { KeyMethod } from '../sharing/key-envelope.ts';

/** Six words that Conclave drew, or what the person made up. */
export type PassphraseKind = 'generated' | 'own';

/** What the window shows. */
export type EntryTask =
  /** The words come separately, as bytes. */
  | { readonly task: 'show-words'; readonly person: string; readonly protects: readonly string[] }
  | {
      readonly task: 'own-passphrase';
      readonly person: string;
      readonly protects: readonly string[];
      /** Names and labels that a guesser would try first. */
      readonly first: readonly string[];
      /** Characters that it must have, at least. */
      readonly shortest?: number;
    }
  | {
      readonly task: 'passphrase';
      readonly person: string;
      /** `share 2 of 4 and your personal identity on the stick HOME-1` */
      readonly opens: string;
      /** The passphrase of a CheckTick organisation, and not one of this laptop's. */
      readonly organisation?: true;
    }
  | {
      readonly task: 'scan';
      readonly person: string;
      readonly wants: SheetKind;
      /** `share 2 of 4` */
      readonly title: string;
      readonly ways: readonly EntryWay[];
    }
  | {
      readonly task: 'lines';
      readonly person: string;
      readonly title: string;
      /** The line asked for, from 1. */
      readonly line: number;
      /** Null until line 1 told how many there are. */
      readonly count: number | null;
      readonly ways: readonly EntryWay[];
    }
  | LegacyTask
  | KeyTask;

/** How a legacy share comes in, or the component that was never split (`whole`). */
export type LegacyTask =
  /** A text file; answer file. */
  | { readonly task: 'legacy-file'; readonly person: string; readonly whole: boolean }
  /** A code that somebody made of the text; answer scanned. */
  | { readonly task: 'legacy-code'; readonly person: string }
  /** Answer legacy-typed. */
  | { readonly task: 'legacy-typed'; readonly person: string; readonly whole: boolean }
  /** Answer legacy-openssl. */
  | { readonly task: 'legacy-openssl'; readonly person: string };

/** A YubiKey as people recognise it. */
export interface KeyShown {
  /** `YubiKey 5C NFC` */
  readonly model: string;
  /** Printed on it; null where the key does not tell. */
  readonly serial: number | null;
  /** `5.4.3` */
  readonly firmware: string;
}

/** What the window shows while a YubiKey is used. Each says what the key will do before it does. */
export type KeyTask =
  /** Seen by itself; shown anew whenever another set of keys is plugged in. */
  | {
      readonly task: 'key-in';
      readonly person: string;
      readonly method: KeyMethod;
      /** `identity`: it is going to make one; `sign`: one signature. */
      readonly purpose: 'lock' | 'backup' | 'open' | 'identity' | 'sign' | 'erase';
      /** `share 2 of 4` */
      readonly title: string;
      /** The keys that will do; empty: any. */
      readonly wanted: readonly KeyWanted[];
      readonly found: readonly KeyShown[];
      /** `choose`: answer choose-key, or leave one only. `touch`: the one that is touched. */
      readonly state: 'none' | 'other' | 'choose' | 'touch' | 'leave-one';
    }
  /** Out and in again, seen by itself: what is read back is read from a key that lost its power. */
  | {
      readonly task: 'key-replug';
      readonly person: string;
      readonly title: string;
      readonly state: 'still-in' | 'out';
    }
  /** The slot that is used is not empty: answer slot. */
  | {
      readonly task: 'key-slot';
      readonly person: string;
      readonly key: KeyShown;
      readonly slots: readonly {
        readonly slot: 1 | 2;
        readonly isConfigured: boolean;
        /** Null where the key does not tell. */
        readonly touch: boolean | null;
        /** `share 2 of 4 of the set 2026 A, of custodian 2`; null: none that this laptop knows of. */
        readonly opens: string | null;
      }[];
    }
  /** Answer pin. Seen first: how many wrong ones it takes; no try is used without being asked. */
  | {
      readonly task: 'pin';
      readonly person: string;
      readonly key: KeyShown;
      readonly opens: string;
      readonly triesLeft: number;
    }
  /** The key has no PIN: answer pin with a new one, typed twice in the window. */
  | {
      readonly task: 'new-pin';
      readonly person: string;
      readonly key: KeyShown;
      /** Characters. */
      readonly shortest: number;
    }
  /**
   * The key is about to blink; `blinking` follows when it does. After a refusal: answer again.
   */
  | {
      readonly task: 'touch';
      readonly person: string;
      readonly keys: readonly KeyShown[];
      /** What the touch does, and which of several it is. */
      readonly does: KeyTouch;
      /** How long it waits. */
      readonly seconds: number;
    }
  /** The slot is about to be emptied: answer erase, with the number that is printed on the key. */
  | {
      readonly task: 'key-erase';
      readonly person: string;
      readonly key: KeyShown;
      /** `share 2 of 4 of the set 2024 A` */
      readonly title: string;
      readonly slot: 1 | 2;
      /** Its secret was drawn by Conclave; else the slot was in use before. */
      readonly programmed: boolean;
      /** The log tells this secret from every other one. */
      readonly isKnown: boolean;
    }
  /** Answer backup-key. */
  | { readonly task: 'backup-key'; readonly person: string; readonly key: KeyShown };

/** A key that an envelope names; its serial number may be unknown. */
export interface KeyWanted {
  readonly serial: number | null;
  readonly isBackup: boolean;
}

/**
 * `renew` and `prove`: the envelope is made anew, and opened again before the old one goes.
 * `identity`, `identity-again`: a personal identity is made of the answer, and once more to compare.
 * `erase`: the slot shows that it holds this share's secret, before it is emptied; `erase-any`: that
 * it holds a secret, where the log does not tell which.
 */
export type KeyTouch =
  | 'select'
  | 'make-credential'
  | 'lock'
  | 'open'
  | 'renew'
  | 'prove'
  | 'identity'
  | 'identity-again'
  | 'sign'
  | 'erase'
  | 'erase-any';

export type EntryWay = 'camera' | 'typed' | 'file';

/** Worker to window. */
export type ToEntry =
  | { readonly type: 'task'; readonly mode: Mode; readonly task: EntryTask }
  /** SECURITY: UTF-8 of the generated words; shown once, wiped when the window goes. */
  | { readonly type: 'words'; readonly words: Uint8Array }
  | { readonly type: 'accepted'; readonly sentence: string }
  /** `again`: nothing goes on before the window answers again. */
  | { readonly type: 'refused'; readonly note: RefusalNote; readonly again?: true }
  | { readonly type: 'busy'; readonly doing: string }
  /** The YubiKey waits for the finger now. */
  | { readonly type: 'blinking' }
  | { readonly type: 'done' };

/** Window to worker. */
export type FromEntry =
  | { readonly type: 'ready' }
  | { readonly type: 'words-written-down' }
  /** From the six words to a passphrase of one's own, or back to the same six words. */
  | { readonly type: 'choose'; readonly kind: PassphraseKind }
  /** UTF-8. SECURITY: the window's own judgement of it is a help; the worker judges again. */
  | { readonly type: 'own-passphrase'; readonly bytes: Uint8Array }
  /** UTF-8, as it was typed: the worker tries its other spellings. */
  | { readonly type: 'passphrase'; readonly bytes: Uint8Array }
  /** The text of a QR code, ASCII. */
  | { readonly type: 'scanned'; readonly text: Uint8Array }
  | { readonly type: 'line'; readonly text: Uint8Array }
  /** An image or a PDF file, at most 25 MiB. */
  | { readonly type: 'file'; readonly bytes: Uint8Array }
  | { readonly type: 'use'; readonly way: EntryWay }
  /** ASCII: digits, or the whole line of a share; `number` null for a component. */
  | { readonly type: 'legacy-typed'; readonly number: number | null; readonly text: Uint8Array }
  /** The file `.enc`, and what the YubiKey's tool made of `.key.enc`. */
  | { readonly type: 'legacy-openssl'; readonly bytes: Uint8Array; readonly key: Uint8Array }
  /** UTF-8. */
  | { readonly type: 'pin'; readonly bytes: Uint8Array }
  /** The step with the key once more, after a refusal. */
  | { readonly type: 'again' }
  | { readonly type: 'choose-key'; readonly serial: number }
  | { readonly type: 'backup-key'; readonly wanted: boolean }
  | {
      readonly type: 'slot';
      readonly slot: 1 | 2;
      readonly use: 'as-it-is' | 'program';
      /** To program a slot that is in use: as the person typed it, else null. */
      readonly typedSerial: number | null;
    }
  /** As the person typed it. */
  | { readonly type: 'erase'; readonly typedSerial: number }
  | { readonly type: 'cancel' };
