/**
 * What is typed becomes bytes. The strings of a page cannot be wiped; what is made of them can.
 * @module
 */

const SIX_WORDS = /^[a-z]+(?: [a-z]+){5}$/i;

/**
 * A passphrase as UTF-8. Six plain words are spelt as they were generated: lower case, one space
 * between them. Anything else is a person's own and goes as it was typed. The caller wipes it.
 */
export function passphraseBytes(typed: string): Uint8Array {
  const spaced = typed.trim().replace(/\s+/gu, ' ');
  return new TextEncoder().encode(SIX_WORDS.test(spaced) ? spaced.toLowerCase() : typed);
}

/** Groups of four in upper case, as they stand on the sheet. */
export function inGroups(typed: string): string {
  const symbols = typed.toUpperCase().replace(/[\s-]+/gu, '');
  return (symbols.match(/.{1,4}/gu) ?? []).join(' ');
}

/** How many symbols were typed, spaces and dashes not counted. */
export function symbolCount(typed: string): number {
  return typed.replace(/[\s-]+/gu, '').length;
}
