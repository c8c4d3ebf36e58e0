/**
 * Mail addresses as they are typed.
 * @module
 */
import { LONGEST_SPOKEN_MAIL, SPOKEN_MAIL } from '../../../shared/encoding/mail-address.ts';

/** Undefined when it can be sent, or nothing was typed. */
export function addressFault(text: string): string | undefined {
  const typed = text.trim();
  if (typed === '') return undefined;
  return typed.length <= LONGEST_SPOKEN_MAIL && SPOKEN_MAIL.test(typed)
    ? undefined
    : 'Not an e-mail address: it has one @, and no spaces.';
}
