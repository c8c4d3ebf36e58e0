/**
 * What of a platform key an organisation's key is made of, without the platform key.
 *
 * PBKDF2 takes platform key ‖ passphrase as the key of an HMAC, and that is hashed where it is longer
 * than a block of SHA-256. A platform key of 64 bytes is the first block of it, so the state of SHA-256
 * behind that block is enough to go on with any passphrase. It gives the keys of organisations and,
 * through them, of teams; nobody gets from it to the platform key or to anything else that comes of it.
 *
 * Source: docs/decisions/0039-organisations-move-to-another-version.md.
 * @module
 */
import { _SHA256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { checktickId } from './ids.ts';
import { ITERATIONS } from './keys.ts';
import { refuse } from './refusals.ts';
import { pbkdf2 } from './webcrypto.ts';

/** Of the half. */
export const HALF_BYTES = 32;

/** Of SHA-256, and of the only platform keys that have a half. */
const BLOCK_BYTES = 64;

/** SHA-256 that is stopped behind one block, and goes on from there. */
class OneBlock extends _SHA256 {
  state(): Uint8Array {
    const bytes = new Uint8Array(HALF_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [at, word] of this.get().entries()) view.setUint32(at * 4, word);
    return bytes;
  }

  goOn(state: Uint8Array): this {
    const view = new DataView(state.buffer, state.byteOffset, HALF_BYTES);
    const word = (at: number) => view.getInt32(at * 4);
    this.set(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7));
    this.length = BLOCK_BYTES;
    return this;
  }
}

/** Whether a platform key of so many bytes has a half for organisations. */
export const hasOrganisationHalf = (bytes: number): boolean => bytes === BLOCK_BYTES;

/**
 * The half for organisations of a platform key.
 *
 * @param platformKey 64 bytes; stays the caller's to wipe
 * @returns 32 bytes. SECURITY: with a passphrase it is an organisation's key; the caller wipes it
 * @throws Refusal `component-length`
 */
export function organisationHalf(platformKey: Uint8Array): Uint8Array {
  if (!hasOrganisationHalf(platformKey.length)) {
    throw refuse('component-length', 'platform key', platformKey.length);
  }
  const hash = new OneBlock().update(platformKey);
  try {
    return hash.state();
  } finally {
    hash.destroy();
  }
}

/**
 * The key of one organisation, as `organisationKey` derives it from the whole platform key.
 *
 * @param half 32 bytes
 * @param passphrase UTF-8, one byte at least: without one there is nothing that would be hashed
 * @returns 32 bytes; the caller wipes them
 * @throws Refusal `key-length`, `empty-secret`, `checktick-id`
 */
export async function organisationKeyFromHalf(
  half: Uint8Array,
  id: number,
  passphrase: Uint8Array,
): Promise<Uint8Array> {
  if (half.length !== HALF_BYTES) throw refuse('key-length', 'half for organisations', half.length);
  if (passphrase.length === 0) throw refuse('empty-secret');
  const salt = utf8ToBytes(`checktick-org-${checktickId('organisation', id)}`);
  const input = new OneBlock().goOn(half).update(passphrase).digest();
  try {
    return await pbkdf2(input, salt, ITERATIONS);
  } finally {
    input.fill(0);
  }
}
