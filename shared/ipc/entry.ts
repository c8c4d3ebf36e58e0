/**
 * What an entry window and the worker say to each other, over a port of their own: main never
 * sees it. One window serves one sitting (words, scanning, typing, passphrase) and is destroyed
 * at the hand-over.
 * @module
 */
import type { SheetKind } from '../encoding/line-check.ts';
import type { Mode } from '../mode.ts';
import type { RefusalNote } from '../refusal.ts';

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
    }
  | {
      readonly task: 'passphrase';
      readonly person: string;
      /** `share 2 of 4 and your personal identity on the stick HOME-1` */
      readonly opens: string;
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
    };

export type EntryWay = 'camera' | 'typed' | 'file';

/** Worker to window. */
export type ToEntry =
  | { readonly type: 'task'; readonly mode: Mode; readonly task: EntryTask }
  /** SECURITY: UTF-8 of the generated words; shown once, wiped when the window goes. */
  | { readonly type: 'words'; readonly words: Uint8Array }
  | { readonly type: 'accepted'; readonly sentence: string }
  | { readonly type: 'refused'; readonly note: RefusalNote }
  | { readonly type: 'busy'; readonly doing: string }
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
  | { readonly type: 'cancel' };
