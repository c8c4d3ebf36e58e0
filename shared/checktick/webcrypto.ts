/**
 * PBKDF2, AES-256-GCM and, for old files, AES-256-CBC as CheckTick uses them, through WebCrypto:
 * the speed of OpenSSL, and no cipher of our own.
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const KEY_BYTES = 32;

// WebCrypto refuses bytes in shared memory, its types already do.
function isPlain(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return Object.prototype.toString.call(bytes.buffer) === '[object ArrayBuffer]';
}

function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!isPlain(bytes)) throw new TypeError('keys must not lie in shared memory');
  return bytes;
}

/** `length` bytes of PBKDF2-HMAC-SHA256. The caller wipes both `secret` and the result. */
export async function pbkdf2(
  secret: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length = KEY_BYTES,
): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', plain(secret), 'PBKDF2', false, ['deriveBits']);
  const bits = await subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt: plain(salt), iterations },
    key,
    length * 8,
  );
  return new Uint8Array(bits);
}

async function aesKey(raw: Uint8Array, use: 'encrypt' | 'decrypt', mode = 'AES-GCM') {
  return globalThis.crypto.subtle.importKey('raw', plain(raw), mode, false, [use]);
}

/** nonce ‖ ciphertext ‖ tag, AES-256-GCM without additional data. */
export async function sealGcm(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const sealed = await globalThis.crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: plain(nonce) },
    await aesKey(key, 'encrypt'),
    plain(plaintext),
  );
  return concatBytes(nonce, new Uint8Array(sealed));
}

/** Opens what {@link sealGcm} made. Rejects with WebCrypto's OperationError if it is not so. */
export async function openGcm(key: Uint8Array, blob: Uint8Array): Promise<Uint8Array> {
  const opened = await globalThis.crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: plain(blob.slice(0, NONCE_BYTES)) },
    await aesKey(key, 'decrypt'),
    plain(blob.subarray(NONCE_BYTES)),
  );
  return new Uint8Array(opened);
}

/** AES-256-CBC with PKCS#7 padding. Rejects with WebCrypto's OperationError if it is not so. */
export async function openCbc(
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  const opened = await globalThis.crypto.subtle.decrypt(
    { name: 'AES-CBC', iv: plain(iv) },
    await aesKey(key, 'decrypt', 'AES-CBC'),
    plain(ciphertext),
  );
  return new Uint8Array(opened);
}
