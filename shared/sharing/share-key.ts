/**
 * The key of a share: an Ed25519 pair that anyone who holds the share can derive. Its public
 * half is in the manifest, so a share is checked alone the moment it arrives, and k share keys
 * prove a quorum (never a person: any k shares yield all n keys).
 *
 * seed = HKDF-SHA256(ikm = y, salt = set id,
 *                    info = `conclave/v1/share-key` ‖ u8 mode ‖ u32 generation ‖ u8 x), 32 bytes
 * @module
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes, u32, utf8ToBytes } from '../encoding/bytes.ts';
import { ed25519Signer, type Signer } from '../encoding/dsse.ts';
import { modeByte } from '../mode.ts';
import type { Share } from './envelope.ts';

/** SECURITY: the 32-byte seed; the caller wipes it. */
export function shareKeySeed(share: Share): Uint8Array {
  const info = concatBytes(
    utf8ToBytes('conclave/v1/share-key'),
    Uint8Array.of(modeByte(share.mode)),
    u32(share.generation),
    Uint8Array.of(share.x),
  );
  return hkdf(sha256, share.y, hexToBytes(share.setId), info, 32);
}

/** The public key in hex, as the manifest lists it. */
export function sharePublicKey(share: Share): string {
  const seed = shareKeySeed(share);
  try {
    return ed25519Signer(seed).keyid;
  } finally {
    seed.fill(0);
  }
}

/** Signs with the share's key; the seed lives only during each call. */
export function shareSigner(share: Share): Signer {
  return {
    keyid: sharePublicKey(share),
    sign(message) {
      const seed = shareKeySeed(share);
      try {
        return ed25519.sign(message, seed);
      } finally {
        seed.fill(0);
      }
    },
  };
}
