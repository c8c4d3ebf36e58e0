/**
 * Why a passphrase of a person's own is not taken. No sentence repeats any part of it.
 * @module
 */
import { refusals } from '../refusal.ts';

const NOTHING = 'Nothing was locked with it.';
const SIX_WORDS = 'Or go back to the six words, which are always strong enough.';

export const refusePassphrase = refusals({
  'passphrase-not-text': () => ({
    happened: 'The passphrase is empty or is not text.',
    means: NOTHING,
    next: `Type a passphrase. ${SIX_WORDS}`,
  }),
  'passphrase-long': (most: number) => ({
    happened: `The passphrase has more than ${most} characters.`,
    means: `Nobody types that twice without a mistake. ${NOTHING}`,
    next: `Use at most ${most} characters.`,
  }),
  'passphrase-short': (shortest: number) => ({
    happened: `The passphrase has fewer than ${shortest} characters.`,
    means: `It stands for the keys of many surveys, for years. ${NOTHING}`,
    next: `Use at least ${shortest} characters. ${SIX_WORDS}`,
  }),
  'passphrase-spaces': () => ({
    happened: 'There is a space at an end, two in a row, or a tab.',
    means: 'On paper nobody can see them, so nobody could type the passphrase again.',
    next: 'Use single spaces, and only between words.',
  }),
  'passphrase-characters': () => ({
    happened: 'There is a character in it that looks like another or cannot be seen.',
    means: 'Another keyboard would write it differently, and the passphrase would not open.',
    next: 'Use plain letters, digits and the signs that are printed on the keys.',
  }),
  'passphrase-weak': (guesses: string, needed: string) => ({
    happened: `A guesser with the file would need ${guesses} guesses.`,
    means: `At least ${needed} are needed. ${NOTHING}`,
    next: `Use more words that have nothing to do with each other. ${SIX_WORDS}`,
  }),
});
