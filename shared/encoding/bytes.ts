/**
 * Bytes: joining, comparing, lengths on the wire.
 * @module
 */
import { utf8ToBytes as encodeUtf8 } from '@noble/hashes/utils.js';

export { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/** Longer texts are left to the platform, whose encoder costs more to call than to run. */
const SHORT = 128;

/** A lone surrogate becomes U+FFFD, as everywhere. */
export function utf8ToBytes(text: string): ReturnType<typeof encodeUtf8> {
  if (text.length > SHORT) return encodeUtf8(text);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return encodeUtf8(text);
    bytes[at] = code;
  }
  return bytes;
}

/** Two bytes, big-endian. Throws a RangeError outside 0..65535. */
export function u16(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new RangeError('u16');
  return Uint8Array.of(value >>> 8, value & 0xff);
}

/** Four bytes, big-endian. Throws a RangeError outside 0..2^32-1. */
export function u32(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new RangeError('u32');
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** Each field with its length in two bytes before it, so that no two lists of fields collide. */
export function lengthPrefixed(...fields: (Uint8Array | string)[]): Uint8Array {
  const all = fields.map((field) => (typeof field === 'string' ? utf8ToBytes(field) : field));
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const field of all) {
    bytes.set(u16(field.length), at);
    bytes.set(field, at + 2);
    at += 2 + field.length;
  }
  return bytes;
}

/** Compares without an early exit. SECURITY: a comparison's time must not tell where it failed. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** A plain Uint8Array: Node's Buffer is refused by shamir-secret-sharing and structured clone. */
export function plainBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}
