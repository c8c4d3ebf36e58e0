/**
 * The password that a user sets for his survey.
 *
 * What counts is what CheckTick makes of it before scrypt: lower case, white space collapsed. So it
 * is measured in that form. It must stand 10^10 guesses: with CheckTick's scrypt (N = 16,384) that
 * is what the authors of the estimate call safe from guessing offline, and four unrelated words
 * reach it. The bytes go on exactly as they were typed: CheckTick normalises no Unicode.
 *
 * Source: Wheeler, "zxcvbn: Low-Budget Password Strength Estimation" (USENIX Security 2016).
 * @module
 */
import { loadGuesses } from '../../../shared/passphrase/guesses.ts';
import { isPlainText, MOST_CHARACTERS } from '../../../shared/passphrase/own.ts';
import { normalisePhrase } from '../../../shared/checktick/index.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { refuseClaim } from './refusals.ts';

export const LEAST_CHARACTERS = 12;
const NEEDED_GUESSES = 1e10;

/**
 * What the form alone shows, before anything is looked up.
 * @param typed and `again` UTF-8, as typed; the caller wipes them
 * @throws Refusal `password-…` of refusals.ts
 */
export function checkSpelling(typed: Uint8Array, again: Uint8Array): void {
  if (!equalBytes(typed, again)) throw refuseClaim('password-differs');
  const { text, spelt } = readTyped(typed);
  if (text.length > MOST_CHARACTERS) throw refuseClaim('password-long', MOST_CHARACTERS);
  if (Array.from(text).length < LEAST_CHARACTERS)
    throw refuseClaim('password-short', LEAST_CHARACTERS);
  if (!isPlainText(spelt)) throw refuseClaim('password-characters');
}

/**
 * Whether it stands a guesser, who tries `first` (the survey's and the user's names) before all.
 * @throws Refusal `password-weak`
 */
export async function checkStrength(typed: Uint8Array, first: readonly string[]): Promise<void> {
  const guesses = await loadGuesses();
  // SECURITY: the library takes strings only; this one lives for the estimate alone.
  if (guesses(readTyped(typed).text, first) < NEEDED_GUESSES) throw refuseClaim('password-weak');
}

/** `text`: as CheckTick reads it. `spelt`: as typed, without tabs and ends. */
function readTyped(typed: Uint8Array): { readonly text: string; readonly spelt: string } {
  const phrase = plainPhrase(typed);
  try {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return { text: decoder.decode(phrase), spelt: decoder.decode(typed).trim() };
  } finally {
    phrase.fill(0);
  }
}

function plainPhrase(typed: Uint8Array): Uint8Array {
  try {
    return normalisePhrase(typed);
  } catch (cause) {
    if (cause instanceof Refusal) throw refuseClaim('password-characters');
    throw cause;
  }
}
