/**
 * The hash that CheckTick keeps of a survey's key, in `surveys_survey` beside the wrapped keys:
 * key_hash = PBKDF2-HMAC-SHA256(key, key_salt, 200,000 iterations), 32 bytes. It is signed by nobody:
 * whoever writes the columns of a survey writes this one, too.
 * @module
 */
import { equalBytes } from '../encoding/bytes.ts';
import { checkKeyLength, ITERATIONS } from './keys.ts';
import { pbkdf2 } from './webcrypto.ts';

export interface KeyHash {
  /** CheckTick: 16 random bytes. */
  readonly salt: Uint8Array;
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

/**
 * The hash that CheckTick keeps of this key.
 *
 * @param kek 32 bytes.
 * @throws Refusal `key-length`
 */
export async function hashSurveyKey(kek: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
  checkKeyLength('survey key', kek);
  return pbkdf2(kek, salt, ITERATIONS);
}

/**
 * Whether this is the key that CheckTick hashed.
 *
 * @param kek 32 bytes.
 * @throws Refusal `key-length`
 */
export async function fitsKeyHash(kek: Uint8Array, { salt, hash }: KeyHash): Promise<boolean> {
  const found = await hashSurveyKey(kek, salt);
  const fits = equalBytes(found, hash);
  found.fill(0);
  return fits;
}
