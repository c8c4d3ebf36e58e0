/**
 * A passphrase of a person's own: how it is spelt, and whether it is strong enough. The entry
 * window asks here to help while somebody types; the worker asks here to decide.
 *
 * Spelling: Unicode NFC, which is what keyboards write, so that any age tool opens the file with
 * the very keys that were typed here. Not NFKC: it would quietly turn characters into others
 * ("½" into "1⁄2") which the person never typed. Characters that NFKC would change are refused
 * instead, as are those that cannot be seen.
 * @module
 */
import { Refusal } from '../refusal.ts';
import { guessesInWords, loadGuesses, NEEDED_GUESSES, numberInWords } from './guesses.ts';
import { refusePassphrase } from './refusals.ts';

/** The longest passphrase, in UTF-16 units of its NFC form. Estimating takes longer than linear. */
export const MOST_CHARACTERS = 128;

export interface Judgement {
  /** What it stands, at least 1; null when it is not even spelt as it must be. */
  readonly guesses: number | null;
  /** Null when it is taken. */
  readonly refusal: Refusal | null;
}

/**
 * A text, and words that a guesser tries first (names, labels), to what is to be said of it.
 * `shortest`: characters that are asked for besides the strength; without it any number.
 */
export type Judge = (text: string, first: readonly string[], shortest?: number) => Judgement;

/** The judge, once its word lists are loaded. */
export async function loadJudge(): Promise<Judge> {
  const guessesOf = await loadGuesses();
  return (text, first, shortest = 0) => {
    const spelt = text.normalize('NFC');
    const fault = spellingFault(spelt, shortest);
    if (fault !== null) return { guesses: null, refusal: fault };
    const guesses = guessesOf(spelt, first);
    return { guesses, refusal: guesses < NEEDED_GUESSES ? refuseWeak(guesses) : null };
  };
}

const refuseWeak = (guesses: number) =>
  refusePassphrase('passphrase-weak', guessesInWords(guesses), numberInWords(NEEDED_GUESSES));

/** Controls, format marks, lone surrogates, private use and what shows nothing. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}]/u;

function spellingFault(spelt: string, shortest: number): Refusal | null {
  if (spelt === '') return refusePassphrase('passphrase-not-text');
  if (spelt.length < shortest) return refusePassphrase('passphrase-short', shortest);
  if (spelt.length > MOST_CHARACTERS) return refusePassphrase('passphrase-long', MOST_CHARACTERS);
  if (/^\s|\s$|\s\s|\t/u.test(spelt)) return refusePassphrase('passphrase-spaces');
  return isPlainText(spelt) ? null : refusePassphrase('passphrase-characters');
}

/** Whether every keyboard writes exactly this: all can be seen, and nothing looks like another. */
export function isPlainText(text: string): boolean {
  return !UNSEEN.test(text) && !/[^\S ]/u.test(text) && text === text.normalize('NFKC');
}

/**
 * Decides on a passphrase that came from a window.
 * @param typed UTF-8; the caller wipes it
 * @returns the bytes to lock with: UTF-8 in NFC. The caller wipes them.
 * @throws Refusal of refusals.ts
 */
export async function takeOwnPassphrase(
  typed: Uint8Array,
  first: readonly string[],
  shortest?: number,
): Promise<Uint8Array> {
  const judge = await loadJudge();
  // SECURITY: normalising and estimating need a string, which cannot be wiped. It lives in the
  // worker for this call alone; age's library needs one of the same a moment later.
  const text = textOf(typed);
  const { refusal } = judge(text, first, shortest);
  if (refusal !== null) throw refusal;
  return new TextEncoder().encode(text.normalize('NFC'));
}

/**
 * The same text in NFC without white space at its ends, or null when it is not UTF-8. For opening:
 * a keyboard that writes "e" and an accent apart opens what was locked with "é".
 */
export function tidyOwnPassphrase(typed: Uint8Array): Uint8Array | null {
  try {
    return new TextEncoder().encode(textOf(typed).normalize('NFC').trim());
  } catch {
    return null;
  }
}

function textOf(typed: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(typed);
  } catch {
    throw refusePassphrase('passphrase-not-text');
  }
}
