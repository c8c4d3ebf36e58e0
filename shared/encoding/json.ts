/**
 * Canonical JSON (RFC 8785): what a person or an auditor may open, with one encoding per value.
 * @module
 */
import canonicalize from 'canonicalize';
import { equalBytes, utf8ToBytes } from './bytes.ts';

/** UTF-8 bytes of the canonical form. Throws on NaN, Infinity and undefined at the top. */
export function encodeJson(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('There is nothing to encode.');
  return utf8ToBytes(text);
}

/**
 * Parses and demands the canonical form, so that two different files never mean the same and
 * a duplicate key cannot hide. Throws a plain Error; each wire type words its own refusal.
 */
export function decodeJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const value: unknown = JSON.parse(text);
  if (!equalBytes(encodeJson(value), bytes)) throw new Error('This JSON is not in canonical form.');
  return value;
}
