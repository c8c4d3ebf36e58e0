/**
 * Names as people compare them.
 * @module
 */

/** The same for two spellings of one name: capitals, blanks and how an accent is made do not matter. */
export const foldName = (name: string): string =>
  name.trim().toLowerCase().normalize('NFC').replace(/\s+/gu, ' ');
