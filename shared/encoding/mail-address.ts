/**
 * Mail addresses: a plain one, to which mail is sent, and one as somebody says it.
 * @module
 */

/** Characters of an address, at most. */
export const LONGEST_MAIL = 120;
const LONGEST_LOCAL = 64;

/**
 * As somebody says it and an old account may have it, of whatever alphabet: one `@`, no space, nothing
 * invisible. It is compared.
 */
export const SPOKEN_MAIL = /^[^\s@\p{Cc}\p{Cf}\p{Cs}]+@[^\s@\p{Cc}\p{Cf}\p{Cs}]+$/u;
/** Characters of such an address, at most. */
export const LONGEST_SPOKEN_MAIL = 254;

const PATTERN =
  /^[A-Za-z0-9]+(?:[._'+-]+[A-Za-z0-9]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;

/**
 * Letters, digits and `. _ ' + -` before the @, a whole host name after it.
 * SECURITY: nothing in it can end a header, name a second address or be read as another alphabet.
 */
export function isMailAddress(text: string): boolean {
  return (
    text.length <= LONGEST_MAIL &&
    PATTERN.test(text) &&
    text.indexOf('@') <= LONGEST_LOCAL &&
    !text.includes('..')
  );
}
