/**
 * The escrow key of a key version: an X-Wing pair that the platform master key determines. Whoever
 * has its public half, which is in the manifest, seals a survey key to it; only who restores the
 * platform key opens what was sealed. It outlives share sets: a key version keeps its escrow key
 * however often it is split.
 *
 * private key = HKDF-SHA256(ikm = platform key, no salt,
 *                           info = fields(`conclave/v1/escrow-key`, mode, key version)), 32 bytes
 * fields      = for each: u16 length ‖ bytes in UTF-8
 * @module
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64 } from '@scure/base';
import { publicKeyOf } from '../sealing/hpke.ts';
import { bytesToHex, lengthPrefixed } from '../encoding/bytes.ts';
import type { Mode } from '../mode.ts';

/** To which key version it belongs. */
export interface EscrowKeyOf {
  readonly mode: Mode;
  readonly keyVersion: string;
}

/**
 * @param platformKey 16 to 64 bytes
 * @returns 32 bytes, X-Wing's private key. SECURITY: the caller wipes it
 */
export function escrowPrivateKey(
  platformKey: Uint8Array,
  { mode, keyVersion }: EscrowKeyOf,
): Uint8Array {
  const info = lengthPrefixed('conclave/v1/escrow-key', mode, keyVersion);
  return hkdf(sha256, platformKey, undefined, info, 32);
}

/** The public half: 1,216 bytes in base64, as the manifest has it. */
export async function escrowPublicKey(platformKey: Uint8Array, of: EscrowKeyOf): Promise<string> {
  const privateKey = escrowPrivateKey(platformKey, of);
  try {
    return await publicKeyOf(privateKey);
  } finally {
    privateKey.fill(0);
  }
}

/** SHA-256 of the public key, in hex: what people and transcripts call it by. */
export function escrowKeyDigest(publicKey: string): string {
  return bytesToHex(sha256(base64.decode(publicKey)));
}
