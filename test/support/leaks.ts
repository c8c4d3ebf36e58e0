/**
 * Whether a secret is in what came out of somewhere, however it is spelt there.
 * @module
 */
import { bytesToHex } from '../../shared/encoding/bytes.ts';

/**
 * A secret as it would stand in a text: as letters, in hex, in base64, as the numbers of an array,
 * and as JSON spells a `Uint8Array` and a `Buffer`.
 */
function spellings(secret: Uint8Array): string[] {
  if (secret.length === 0) throw new RangeError('Nothing is found everywhere.');
  const numbers = [...secret];
  return [
    Buffer.from(secret).toString('latin1'),
    new TextDecoder().decode(secret),
    bytesToHex(secret),
    // Without the end, which depends on what follows.
    Buffer.from(secret.subarray(0, secret.length - (secret.length % 3))).toString('base64'),
    JSON.stringify(numbers).slice(1, -1),
    JSON.stringify(new Uint8Array(numbers)).slice(1, -1),
  ].filter((text) => text !== '');
}

/** Whether a text has the secret in it, also as JSON inside of JSON. */
export function textHolds(text: string, secret: Uint8Array): boolean {
  const unescaped = text.replaceAll('\\', '');
  return spellings(secret).some(
    (spelling) => text.includes(spelling) || unescaped.includes(spelling),
  );
}

/** Whether messages have it: in a text, in bytes, or in what JSON makes of them. */
export function holds(messages: readonly unknown[], secret: Uint8Array): boolean {
  return (
    textHolds(JSON.stringify(messages), secret) ||
    bytesIn(messages).some((bytes) => Buffer.from(bytes).includes(Buffer.from(secret)))
  );
}

/** Every byte string inside a message. */
function bytesIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(bytesIn);
}
