/**
 * Secrets that sync hands out once and keeps as a hash only: enrolment codes, session cookies, and
 * the codes that an admin reads out to whom he invited, or to the user of a recovered survey.
 *
 * All are strings because they go into a link, a cookie or a person's ear. The first two hold 32
 * random bytes, the last 60 bits, so plain SHA-256 is enough: there is nothing to guess.
 * @module
 */
import { createHash, randomBytes, randomInt } from 'node:crypto';

/** Without I, L, O, U: nothing that is misread or misheard (Crockford). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export interface Code {
  readonly text: string;
  /** SHA-256, 32 bytes. */
  readonly hash: Uint8Array;
}

/** `cce_…` for enrolment, `ccn_…` for a session. */
export function createCode(kind: 'cce' | 'ccn'): Code {
  const text = `${kind}_${randomBytes(32).toString('base64url')}`;
  return { text, hash: hashOf(text) };
}

/** Its hash; undefined where the text has not the form. */
export function parseCode(kind: 'cce' | 'ccn', text: string): Uint8Array | undefined {
  return new RegExp(`^${kind}_[A-Za-z0-9_-]{43}$`).test(text) ? hashOf(text) : undefined;
}

/** Twelve characters in three groups, to be read out by an admin. */
export function createSpokenCode(): Code {
  const characters = Array.from({ length: 12 }, () => ALPHABET[randomInt(ALPHABET.length)]);
  const text = characters.join('').replace(/^(.{4})(.{4})/, '$1-$2-');
  return { text, hash: hashOf(normal(text)) };
}

/** Its hash, however it was typed. */
export function spokenCodeHash(text: string): Uint8Array {
  return hashOf(normal(text));
}

function normal(text: string): string {
  return text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

function hashOf(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text, 'utf8').digest());
}
