/**
 * The public verifier of a slot's secret: what the transcript keeps of a secret that was drawn here, so
 * that a slot can show years later that it holds exactly that one, before it is erased.
 *
 *     verifier = SHA-256(`conclave/v1/slot-verifier` ‖ HMAC-SHA1(secret, `conclave/v1/slot-verifier`))
 *
 * The challenge of an envelope has 32 bytes, this one 25: a slot takes off no more than what filled
 * it up, so none is ever the other, and the answer to the one says nothing about the other. Only for
 * secrets of 160 random bits: of another one the verifier would let everybody try guesses.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '../encoding/bytes.ts';

const LABEL = 'conclave/v1/slot-verifier';

/** What the slot is asked: 25 bytes, the same for every slot. */
export const VERIFIER_CHALLENGE: Uint8Array = utf8ToBytes(LABEL);

/**
 * @param response to {@link VERIFIER_CHALLENGE}, 20 bytes; the caller wipes them
 * @returns 32 bytes in hex, public
 */
export function slotVerifier(response: Uint8Array): string {
  if (response.length !== 20) throw new RangeError('a response has 20 bytes');
  return bytesToHex(sha256(concatBytes(VERIFIER_CHALLENGE, response)));
}
