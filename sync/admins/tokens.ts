/**
 * Bearer tokens of admins: `ccs_<8 characters>_<43 characters>`, shown once, stored as a hash.
 *
 * The secret part is 32 random bytes, so plain SHA-256 is enough: there is nothing to guess.
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A token as sync keeps it. */
export interface StoredToken {
  /** Finds the row. Not a secret. */
  readonly prefix: string;
  /** SHA-256 of the secret part's characters, 32 bytes. */
  readonly hash: Uint8Array;
}

const FORM = /^ccs_([0-9a-f]{8})_([A-Za-z0-9_-]{43})$/;

/** Makes a new token. `text` is a string because it goes into an HTTP header; it is shown once. */
export function createToken(): { readonly text: string; readonly stored: StoredToken } {
  const prefix = randomBytes(4).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { text: `ccs_${prefix}_${secret}`, stored: { prefix, hash: hashOf(secret) } };
}

/** Splits what arrived; undefined where it has not the form of a token. */
export function parseToken(text: string): StoredToken | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, prefix = '', secret = ''] = match;
  return { prefix, hash: hashOf(secret) };
}

/** Over the characters, not the bytes they stand for: base64url has several spellings of one. */
function hashOf(secret: string): Uint8Array {
  return createHash('sha256').update(secret, 'ascii').digest();
}

/** Compares without telling by its duration how much matched. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
