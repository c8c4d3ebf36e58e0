/**
 * The field of CheckTick's legacy shares: integers modulo the 2048-bit prime of RFC 3526, group 14
 * (CheckTick's own comment wrongly says the 1024-bit group 2).
 *
 * SECURITY: here shares and secrets become bigints, the only big integers that JavaScript has. They
 * cannot be wiped, and their arithmetic takes a time that depends on the values. Outside this folder
 * they are bytes; the process that computes with them ends with its ceremony (docs/security.md).
 * @module
 */

/** Bytes of a field element, and of its prime. */
export const FIELD_BYTES = 256;

export const PRIME = BigInt(
  `0x${[
    'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74',
    '020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437',
    '4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed',
    'ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05',
    '98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb',
    '9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b',
    'e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718',
    '3995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff',
  ].join('')}`,
);

const WORD_BYTES = 8;

/** Big-endian bytes, a multiple of 8 of them, as a number. */
export function toNumber(bytes: Uint8Array): bigint {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let value = 0n;
  for (let at = 0; at < bytes.length; at += WORD_BYTES) {
    value = (value << 64n) | words.getBigUint64(at);
  }
  return value;
}

/** Whether `value` has at most `length` bytes. */
export function fits(value: bigint, length: number): boolean {
  return value >> BigInt(8 * length) === 0n;
}

/** `value` in `length` bytes (a multiple of 8), big-endian. Throws a RangeError if it is longer. */
export function toBytes(value: bigint, length: number): Uint8Array {
  if (!fits(value, length)) throw new RangeError(`longer than ${length} bytes`);
  const bytes = new Uint8Array(length);
  const words = new DataView(bytes.buffer);
  let rest = value;
  for (let at = length - WORD_BYTES; at >= 0; at -= WORD_BYTES) {
    words.setBigUint64(at, BigInt.asUintN(64, rest));
    rest >>= 64n;
  }
  return bytes;
}

const PRIME_BYTES = toBytes(PRIME, FIELD_BYTES);

/** Whether 256 bytes are a number below the prime. */
export function isInField(bytes: Uint8Array): boolean {
  const at = bytes.findIndex((byte, i) => byte !== PRIME_BYTES[i]);
  return at >= 0 && (bytes[at] ?? 0) < (PRIME_BYTES[at] ?? 0);
}

/** A share in the field: the value `y` of its polynomial at `x`. */
export interface Point {
  readonly x: number;
  readonly y: bigint;
}

/** The value at `at` of the one polynomial of degree < n through n points with different x. */
export function valueAt(points: readonly Point[], at: number): bigint {
  // All weights of Lagrange over one denominator, which is small: one exact division in the end
  // instead of an inverse of 2048 bits for each share.
  let denominator = 1n;
  for (const [i, { x }] of points.entries()) {
    for (const other of points.slice(i + 1)) denominator *= BigInt(x - other.x);
  }
  let sum = 0n;
  for (const { x, y } of points) {
    let weight = denominator;
    let below = 1n;
    for (const other of points) {
      if (other.x === x) continue;
      weight *= BigInt(at - other.x);
      below *= BigInt(x - other.x);
    }
    sum += (weight / below) * y;
  }
  return quotient(sum, denominator);
}

/** `sum / divisor` in the field, for a divisor far below the prime. */
function quotient(sum: bigint, divisor: bigint): bigint {
  const size = divisor < 0n ? -divisor : divisor;
  const signed = divisor < 0n ? -sum : sum;
  // The multiple of the prime that makes the division come out even.
  const multiple = modulo(-signed * inverse(PRIME % size, size), size);
  return modulo((signed + multiple * PRIME) / size, PRIME);
}

/** 0 to `modulus` - 1, of negative values too. */
export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** Extended Euclid; `value` and `modulus` have no common divisor. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [last, rest] = [modulus, value];
  let [before, factor] = [0n, 1n];
  while (rest !== 0n) {
    const times = last / rest;
    [last, rest] = [rest, last - times * rest];
    [before, factor] = [factor, before - times * factor];
  }
  return before;
}
