/**
 * A personal identity that lives on a YubiKey: its Ed25519 seed is made anew, for each signature, of
 * what a FIDO2 credential answers after PIN and touch, and is kept nowhere.
 *
 *     salt = SHA-256(label `conclave/v1/identity-salt`, mode, person)
 *     R    = hmac-secret of the credential for that salt, with the PIN, 32 bytes
 *     seed = HKDF-SHA256(ikm = R, salt = salt, info = `conclave/v1/identity-key`, mode, person), 32 bytes
 *
 * each field as u16 length ‖ bytes. The person is the name in small letters, Unicode form NFC: as
 * names are compared in a roster. Salts of shares are random and belong to other credentials, so no
 * two of them meet.
 *
 * What is needed to ask the credential again is public and stands in the roster, which k share keys
 * sign and every package brings: there is no file that could be lost.
 * @module
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, lengthPrefixed, plainBytes } from '../encoding/bytes.ts';
import { z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';

/** hmac-secret answers with as many bytes as an Ed25519 seed has. */
export const SECRET_BYTES = 32;

/** The credential that makes an identity, for the relying party `conclave.invalid`. Public. */
export const credentialSchema = z.strictObject({
  /** 16 to 128 bytes in lower-case hex, as the key gave them. */
  id: z.string().regex(/^(?:[0-9a-f]{2}){16,128}$/),
  /** P-256, compressed, 33 bytes in lower-case hex: signs each answer of the key. */
  publicKey: z.string().regex(/^0[23][0-9a-f]{64}$/),
  /** Printed on the key; null where it does not tell. */
  serial: z.int().min(1).max(0xffffffff).nullable(),
});
export type IdentityCredential = z.infer<typeof credentialSchema>;

/** An identity on a key, as a roster lists it. */
export interface KeyIdentity {
  readonly name: string;
  /** Ed25519, in hex: what the seed must give. */
  readonly publicKey: string;
  readonly credential: IdentityCredential;
}

/** What is to be kept of a credential. Arrays of a driver that needs no hex. */
export function describeCredential(
  id: Uint8Array,
  compressed: Uint8Array,
  serial: number | null,
): IdentityCredential {
  return credentialSchema.parse({
    id: bytesToHex(id),
    publicKey: bytesToHex(compressed),
    serial,
  });
}

/** As the driver asks for it. */
export function credentialBytes({ id, publicKey }: IdentityCredential): {
  readonly id: Uint8Array;
  readonly compressed: Uint8Array;
} {
  return { id: plainBytes(hexToBytes(id)), compressed: plainBytes(hexToBytes(publicKey)) };
}

/** Whom a name means: in small letters, Unicode form NFC, as names are compared in a roster. */
export function personOf(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC');
}

/** The salt of hmac-secret. 32 bytes, no secret. */
export function identitySalt(mode: Mode, name: string): Uint8Array {
  return sha256(lengthPrefixed('conclave/v1/identity-salt', mode, personOf(name)));
}

/**
 * The Ed25519 seed. 32 bytes, secret; the caller wipes them.
 * @param secret what the credential answered to {@link identitySalt} after its PIN; the caller wipes it
 */
export function identitySeed(mode: Mode, name: string, secret: Uint8Array): Uint8Array {
  if (secret.length !== SECRET_BYTES) throw new RangeError('secret: 32 bytes');
  const info = lengthPrefixed('conclave/v1/identity-key', mode, personOf(name));
  return hkdf(sha256, secret, identitySalt(mode, name), info, 32);
}

/**
 * What the key's attestation signs when the credential is made, so that it stands for this person in
 * this ceremony. 32 bytes.
 * @param ceremonyId 16 bytes in hex
 */
export function identityAttested(mode: Mode, ceremonyId: string, name: string): Uint8Array {
  const label = 'conclave/v1/identity-attestation';
  return sha256(lengthPrefixed(label, mode, hexToBytes(ceremonyId), personOf(name)));
}
