/**
 * What a FIDO2 key attests when it makes the credential of a share.
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes, lengthPrefixed, u32 } from '../encoding/bytes.ts';
import { personOf } from './key-identity.ts';
import type { KeyEnvelopeFacts } from '../sharing/key-envelope.ts';

/**
 * What the key's attestation signs, so that it stands for this share of this custodian in this
 * ceremony. 32 bytes.
 */
export function shareAttested(
  { mode, ceremonyId, setId, generation, index }: Omit<KeyEnvelopeFacts, 'count'>,
  custodian: string,
): Uint8Array {
  return sha256(
    lengthPrefixed(
      'conclave/v1/share-attestation',
      mode,
      hexToBytes(setId),
      u32(generation),
      Uint8Array.of(index),
      hexToBytes(ceremonyId),
      personOf(custodian),
    ),
  );
}
