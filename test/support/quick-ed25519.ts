/**
 * Ed25519 for tests that look at one document thousands of times, changed or not. A test takes it with
 * `vi.mock('@noble/curves/ed25519.js', () => import('…/test/support/quick-ed25519.ts'))`.
 *
 * Noble, which the product has, takes 2 ms for a signature, and OpenSSL takes a tenth of one. So a
 * signature that noble has found good for one message is not computed again for the same message,
 * and is OpenSSL's to refuse for another one. Everything else stays noble's: each changed signature,
 * each changed key, and whatever is accepted. That noble and OpenSSL agree, and what noble refuses
 * beyond OpenSSL, are tests beside shared/encoding/dsse.ts, which have noble alone.
 * @module
 */
import { createPublicKey, type KeyObject, verify as opensslVerify } from 'node:crypto';
import { vi } from 'vitest';
import { bytesToHex, concatBytes, hexToBytes } from '../../shared/encoding/bytes.ts';

type Module = typeof import('@noble/curves/ed25519.js');
const noble = await vi.importActual<Module>('@noble/curves/ed25519.js');

/** DER of a SubjectPublicKeyInfo of Ed25519, up to the key (RFC 8410). */
const SPKI = hexToBytes('302a300506032b6570032100');
/** The message for which noble has found a signature good, by key and signature in hex. */
const good = new Map<string, Buffer>();

/** OpenSSL's own form of a public key, by the key in hex. */
const keys = new Map<string, KeyObject>();

function openssl(sig: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const name = bytesToHex(publicKey);
  const der = Buffer.from(concatBytes(SPKI, publicKey));
  const key = keys.get(name) ?? createPublicKey({ key: der, format: 'der', type: 'spki' });
  keys.set(name, key);
  return opensslVerify(null, message, key, sig);
}

const verify: Module['ed25519']['verify'] = (sig, message, publicKey, options) => {
  const name = `${bytesToHex(publicKey)} ${bytesToHex(sig)} ${options?.zip215}`;
  const known = good.get(name);
  if (known?.equals(message)) return true;
  if (known && !openssl(sig, message, publicKey)) return false;
  const isGood = noble.ed25519.verify(sig, message, publicKey, options);
  if (isGood) good.set(name, Buffer.from(message));
  return isGood;
};

export const ed25519: Module['ed25519'] = { ...noble.ed25519, verify };
