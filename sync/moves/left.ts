/**
 * Why the commit left a survey key as it found it.
 * @module
 */

/** Why one is left as it is. */
export const LEFT = ['stored-anew', 'nothing-there', 'row-of-another-version', 'key-gone'] as const;
export type Left = (typeof LEFT)[number];

/** After the number of those, and a colon. */
export const LEFT_IN_WORDS: Readonly<Record<Left, string>> = {
  'stored-anew': 'stored anew meanwhile',
  'nothing-there': 'Vault holds nothing there any more',
  'row-of-another-version': 'CheckTick’s table names another key version',
  'key-gone': 'the one-time key that opens the files was gone',
};
