/**
 * How a claim's code is kept: HMAC-SHA256 under the one-time words, which only Vault has.
 *
 * SECURITY: a plain hash could be put into the table by whoever writes to the database alone; with
 * a link of his own making he could then claim the survey. Without the words nobody makes a tag
 * that fits, and nobody finds the code from it.
 * @module
 */
import { createHmac } from 'node:crypto';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { spokenCodeHash } from '../../people/codes.ts';

/**
 * @param words of this claim, UTF-8
 * @param digest of its bundle, hex
 * @param code however it was typed
 * @returns 32 bytes
 */
export function codeTag(words: Uint8Array, digest: string, code: string): Uint8Array {
  const mac = createHmac('sha256', words)
    .update('conclave/v1/claim-code')
    .update(hexToBytes(digest))
    .update(spokenCodeHash(code));
  return new Uint8Array(mac.digest());
}
