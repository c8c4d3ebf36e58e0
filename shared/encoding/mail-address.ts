/**
 * One plain mail address: letters, digits and `. _ ' + -` before the @, a whole host name after it.
 * SECURITY: nothing in it can end a header, name a second address or be read as another alphabet.
 * @module
 */

/** Characters of an address, at most. */
export const LONGEST_MAIL = 120;
const LONGEST_LOCAL = 64;

const PATTERN =
  /^[A-Za-z0-9]+(?:[._'+-]+[A-Za-z0-9]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;

export function isMailAddress(text: string): boolean {
  return (
    text.length <= LONGEST_MAIL &&
    PATTERN.test(text) &&
    text.indexOf('@') <= LONGEST_LOCAL &&
    !text.includes('..')
  );
}
