/**
 * CheckTick's key hierarchy: PBKDF2-HMAC-SHA256, 32 bytes, 200,000 iterations unless said. The
 * salt carries the database id, so every id is checked before it becomes part of a key.
 * @module
 */
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { checkComponentLength } from './components.ts';
import { checktickId } from './ids.ts';
import { refuse } from './refusals.ts';
import { KEY_BYTES, pbkdf2 } from './webcrypto.ts';

/** Iterations of every key but the e-mail key. */
export const ITERATIONS = 200_000;
const EMAIL_ITERATIONS = 100_000;

/** @throws Refusal `key-length` unless `key` is 32 bytes. */
export function checkKeyLength(what: string, key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw refuse('key-length', what, key.length);
}

/**
 * The key of one organisation: the platform key and the owner's passphrase together.
 *
 * @param pmk 16 to 64 bytes.
 * @param id CheckTick's organisation id.
 * @param passphrase UTF-8, exactly as the owner types it (not normalised); may be empty.
 * @returns 32 bytes; the caller wipes them.
 */
export async function organisationKey(
  pmk: Uint8Array,
  id: number,
  passphrase: Uint8Array,
): Promise<Uint8Array> {
  checkComponentLength('platform key', pmk);
  const salt = utf8ToBytes(`checktick-org-${checktickId('organisation', id)}`);
  const input = concatBytes(pmk, passphrase);
  try {
    return await pbkdf2(input, salt, ITERATIONS);
  } finally {
    input.fill(0);
  }
}

/** The key of one team, from its organisation's 32-byte key. 32 bytes; the caller wipes them. */
export async function teamKey(parentKey: Uint8Array, id: number): Promise<Uint8Array> {
  checkKeyLength('organisation key', parentKey);
  return pbkdf2(parentKey, utf8ToBytes(`checktick-team-${checktickId('team', id)}`), ITERATIONS);
}

/** The key that wraps the escrowed survey KEKs of one user. 32 bytes; the caller wipes them. */
export async function userRecoveryKey(pmk: Uint8Array, userId: number): Promise<Uint8Array> {
  checkComponentLength('platform key', pmk);
  return pbkdf2(
    pmk,
    utf8ToBytes(`checktick-user-recovery-${checktickId('user', userId)}`),
    ITERATIONS,
  );
}

/**
 * The key under which an escrow keeps the user's e-mail address: the first 32 bytes of the PMK,
 * 100,000 iterations. 32 bytes; the caller wipes them.
 */
export async function emailVerificationKey(pmk: Uint8Array, userId: number): Promise<Uint8Array> {
  checkComponentLength('platform key', pmk);
  return pbkdf2(
    pmk.subarray(0, KEY_BYTES),
    utf8ToBytes(`email-verification-${checktickId('user', userId)}`),
    EMAIL_ITERATIONS,
  );
}
