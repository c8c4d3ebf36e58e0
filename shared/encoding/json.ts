/**
 * Canonical JSON (RFC 8785): what a person or an auditor may open, with one encoding per value.
 * @module
 */
import canonicalize from 'canonicalize';
import { utf8ToBytes } from './bytes.ts';

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
  const text = utf8.decode(bytes);
  const value: unknown = JSON.parse(text);
  if (!isCanonical(value, text)) throw new Error('This JSON is not in canonical form.');
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Where every object has its keys in order, what `JSON.stringify` writes is the canonical form, for a
 * fraction of the time. Keys that look like numbers it sorts otherwise.
 */
function isCanonical(value: unknown, text: string): boolean {
  return (JSON.stringify(value) === text && isInOrder(value)) || canonicalize(value) === text;
}

function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  const own = value as Readonly<Record<string, unknown>>;
  let before: string | null = null;
  for (const key of Object.keys(own)) {
    if ((before !== null && before >= key) || !isInOrder(own[key])) return false;
    before = key;
  }
  return true;
}
