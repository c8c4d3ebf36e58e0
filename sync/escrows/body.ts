/**
 * A request with survey keys in it, read as bytes: no key ever becomes a string here.
 *
 * In the body each key is 44 characters of base64 after `"surveyKey":`. They are decoded where they
 * stand and written over with a number before the rest is read as JSON.
 * @module
 */
import { refuseRequest } from '../http/refusals.ts';

const NAME = new TextEncoder().encode('"surveyKey"');
const ALPHABET = new TextEncoder().encode(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
);
const [QUOTE, COLON, PAD] = [0x22, 0x3a, 0x3d];
const SPACES: readonly (number | undefined)[] = [0x20, 0x09, 0x0a, 0x0d];
const DIGITS = 43;

export interface ReadBody {
  /** JSON in which each key is its number: 43 digits and `=`, which has the form of a key. */
  readonly json: unknown;
  /** SECURITY: 32 bytes each; the caller wipes them. */
  readonly keys: readonly Uint8Array[];
}

/**
 * @param body wiped
 * @throws Refusal `request-invalid`; then no key is left
 */
export function readKeysIn(body: Uint8Array): ReadBody {
  const keys: Uint8Array[] = [];
  try {
    for (let at = indexOf(body, 0); at !== -1; at = indexOf(body, at + NAME.length)) {
      const start = valueAfter(body, at + NAME.length);
      keys.push(take(body, start, keys.length));
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return { json: JSON.parse(text) as unknown, keys };
  } catch {
    for (const key of keys) key.fill(0);
    throw refuseRequest('request-invalid', 'body');
  } finally {
    body.fill(0);
  }
}

/** Which key stands there; undefined where it is none of this request's. */
export function keyNumber(text: string): number | undefined {
  return /^0[0-9]{42}=$/.test(text) ? Number(text.slice(0, DIGITS)) : undefined;
}

function indexOf(body: Uint8Array, from: number): number {
  for (let at = body.indexOf(QUOTE, from); at !== -1; at = body.indexOf(QUOTE, at + 1)) {
    if (NAME.every((byte, i) => body[at + i] === byte)) return at;
  }
  return -1;
}

/** Where the characters of the string value begin. */
function valueAfter(body: Uint8Array, from: number): number {
  const afterSpaces = (start: number): number => {
    let at = start;
    while (SPACES.includes(body[at])) at += 1;
    return at;
  };
  const colon = afterSpaces(from);
  const quote = afterSpaces(colon + 1);
  if (body[colon] !== COLON || body[quote] !== QUOTE) throw new Error('no key');
  return quote + 1;
}

/** Decodes the 44 characters at `start` and puts `number` in their place. */
function take(body: Uint8Array, start: number, number: number): Uint8Array {
  const end = start + DIGITS;
  if (body[end] !== PAD || body[end + 1] !== QUOTE) throw new Error('no key');
  const key = new Uint8Array(32);
  let bits = 0;
  let held = 0;
  let length = 0;
  for (let at = start; at < end; at += 1) {
    const value = ALPHABET.indexOf(body[at] ?? 0);
    if (value === -1) throw new Error('no key');
    bits = ((bits << 6) | value) & 0x3fff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    key[length++] = bits >> held;
  }
  // One key has one spelling.
  if ((bits & 3) !== 0) throw new Error('no key');
  body.set(new TextEncoder().encode(String(number).padStart(DIGITS, '0')), start);
  return key;
}
