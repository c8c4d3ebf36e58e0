/**
 * How a challenge becomes the 64 bytes that go to the key.
 *
 * A slot of variable length (HMAC_LT64, which is how this library programs slots) takes the last
 * byte off, and every equal byte before it. So the filling must differ from the challenge's end:
 * zeros, or ones (0x01) when the challenge ends in a zero. A slot of fixed length takes all 64
 * bytes, filling included: its response to the same challenge is another one, and as constant.
 * @module
 */
import { PAYLOAD } from './reports.ts';

/** The longest challenge that a slot of variable length can be asked: 63 bytes. */
export const LONGEST_CHALLENGE = PAYLOAD - 1;

/**
 * @param challenge 1 to 63 bytes
 * @returns 64 bytes
 */
export function filledChallenge(challenge: Uint8Array): Uint8Array {
  if (challenge.length < 1 || challenge.length > LONGEST_CHALLENGE) {
    throw new RangeError(`A challenge has 1 to ${LONGEST_CHALLENGE} bytes.`);
  }
  const filled = new Uint8Array(PAYLOAD).fill(challenge.at(-1) === 0 ? 1 : 0);
  filled.set(challenge);
  return filled;
}
