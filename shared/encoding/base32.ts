/**
 * Bytes as text that survives a QR code's alphanumeric mode and a person's pen: the bech32
 * alphabet (BIP-173) in upper case. It has no 1, B, I or O. No padding, one spelling only.
 * @module
 */
import { bech32m } from '@scure/base';
import { refuse } from './refusals.ts';

/** The 32 symbols; a symbol's place is its five-bit value. */
export const ALPHABET = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L';

/**
 * Bytes to text, eight symbols for every five bytes.
 * The string cannot be wiped: callers keep it short-lived.
 */
export function encodeBase32(bytes: Uint8Array): string {
  return bech32m
    .toWords(bytes)
    .map((word) => ALPHABET.charAt(word))
    .join('');
}

/**
 * Text back to bytes. Strict: upper case only, no padding, no left-over bits that are not zero,
 * so that one value has exactly one text.
 * @throws {Refusal} `code-damaged`
 */
export function decodeBase32(text: string): Uint8Array {
  const words = Array.from(text, (symbol) => ALPHABET.indexOf(symbol));
  // SECURITY: the Unsafe form says nothing; the other's message would quote parts of a secret.
  const bytes = words.includes(-1) ? undefined : bech32m.fromWordsUnsafe(words);
  words.fill(0);
  if (!bytes) throw refuse('code-damaged');
  return bytes;
}
