/**
 * ECDSA on P-256 with SHA-256, as FIDO2 signs.
 * @module
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { concatBytes } from '../../../shared/encoding/bytes.ts';

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** From 65 bytes, uncompressed. Null when they are no point of P-256. */
export function publicKeyOf(point: Uint8Array): KeyObject | null {
  if (point.length !== 65 || point[0] !== 4) return null;
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: base64url(point.subarray(1, 33)),
    y: base64url(point.subarray(33)),
  };
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}

/** Whether `signature` (DER) is the key's over authenticator data and client data hash. */
export function isSignedBy(
  key: KeyObject | null,
  authenticatorData: Uint8Array,
  clientDataHash: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key?.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
  try {
    return verify('sha256', concatBytes(authenticatorData, clientDataHash), key, signature);
  } catch {
    return false;
  }
}
