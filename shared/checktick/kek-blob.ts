/**
 * A survey's KEK as it lies in Vault: hex(nonce 12 ‖ ciphertext 32 ‖ tag 16), AES-256-GCM. The AES
 * key is PBKDF2 of the wrapping key with the Vault path as the salt, so a blob moved to another
 * path never opens.
 * @module
 */
import { bytesToHex, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { checkKeyLength, emailVerificationKey, ITERATIONS } from './keys.ts';
import { bytesFromPythonHex } from './python-text.ts';
import { refuse } from './refusals.ts';
import { KEY_BYTES, NONCE_BYTES, openGcm, pbkdf2, sealGcm, TAG_BYTES } from './webcrypto.ts';

const KEK_PATH =
  /^(surveys\/[1-9][0-9]*\/kek|users\/[1-9][0-9]*\/surveys\/[1-9][0-9]*\/recovery-kek)$/;
const BLOB = 'stored survey key';
const EMAIL = 'stored e-mail address';

async function blobKey(wrappingKey: Uint8Array, vaultPath: string): Promise<Uint8Array> {
  checkKeyLength('wrapping key', wrappingKey);
  if (!KEK_PATH.test(vaultPath)) throw refuse('vault-path');
  return pbkdf2(wrappingKey, utf8ToBytes(vaultPath), ITERATIONS);
}

/** {@link sealKekBlob} with a given nonce: for test vectors only, not part of the public face. */
export async function sealKekBlobWithNonce(
  wrappingKey: Uint8Array,
  vaultPath: string,
  kek: Uint8Array,
  nonce: Uint8Array,
): Promise<string> {
  checkKeyLength('survey key', kek);
  const key = await blobKey(wrappingKey, vaultPath);
  try {
    return bytesToHex(await sealGcm(key, nonce, kek));
  } finally {
    key.fill(0);
  }
}

/**
 * Seals a survey's KEK for Vault.
 *
 * @param wrappingKey 32 bytes: a user recovery key, organisation key or team key.
 * @param vaultPath Where it will lie, without mount: `users/1/surveys/555/recovery-kek`.
 * @param kek 32 bytes.
 * @returns 120 lower-case hex digits, the field `encrypted_kek`.
 */
export async function sealKekBlob(
  wrappingKey: Uint8Array,
  vaultPath: string,
  kek: Uint8Array,
): Promise<string> {
  return sealKekBlobWithNonce(wrappingKey, vaultPath, kek, randomBytes(NONCE_BYTES));
}

/**
 * The bytes of a stored KEK: whether it has the form that something could open.
 *
 * @throws Refusal `hex-text`, `blob-length`.
 */
export function readKekBlob(hexText: string): Uint8Array {
  const blob = bytesFromPythonHex(BLOB, hexText);
  if (blob.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) {
    throw refuse('blob-length', BLOB, blob.length);
  }
  return blob;
}

/**
 * Opens a survey's KEK from Vault.
 *
 * @param hexText The field `encrypted_kek` as stored.
 * @returns 32 bytes; the caller wipes them.
 * @throws Refusal `hex-text`, `blob-length`, `not-opened`, `vault-path`, `key-length`.
 */
export async function openKekBlob(
  wrappingKey: Uint8Array,
  vaultPath: string,
  hexText: string,
): Promise<Uint8Array> {
  const blob = readKekBlob(hexText);
  const key = await blobKey(wrappingKey, vaultPath);
  try {
    return await openGcm(key, blob);
  } catch {
    throw refuse('not-opened', BLOB);
  } finally {
    key.fill(0);
  }
}

/** {@link sealEscrowEmail} with a given nonce: for test vectors only. */
export async function sealEscrowEmailWithNonce(
  pmk: Uint8Array,
  userId: number,
  email: string,
  nonce: Uint8Array,
): Promise<string> {
  const key = await emailVerificationKey(pmk, userId);
  try {
    return bytesToHex(await sealGcm(key, nonce, utf8ToBytes(email)));
  } finally {
    key.fill(0);
  }
}

/** The field `encrypted_email` of an escrow: hex(nonce ‖ ciphertext ‖ tag) of the address. */
export async function sealEscrowEmail(
  pmk: Uint8Array,
  userId: number,
  email: string,
): Promise<string> {
  return sealEscrowEmailWithNonce(pmk, userId, email, randomBytes(NONCE_BYTES));
}

/**
 * The address in the field `encrypted_email`.
 * @returns UTF-8, checked; the caller wipes it.
 * @throws Refusal `hex-text`, `blob-length`, `not-opened`.
 */
export async function openEscrowEmail(
  pmk: Uint8Array,
  userId: number,
  hexText: string,
): Promise<Uint8Array> {
  const blob = bytesFromPythonHex(EMAIL, hexText);
  if (blob.length < NONCE_BYTES + TAG_BYTES) throw refuse('blob-length', EMAIL, blob.length);
  const key = await emailVerificationKey(pmk, userId);
  let address: Uint8Array | undefined;
  try {
    address = await openGcm(key, blob);
    new TextDecoder('utf-8', { fatal: true }).decode(address);
    return address;
  } catch {
    address?.fill(0);
    throw refuse('not-opened', EMAIL);
  } finally {
    key.fill(0);
  }
}
