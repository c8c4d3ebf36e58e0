/**
 * The random source: the platform's own generator, through WebCrypto.
 * @module
 */
import { randomBytes as platformRandom } from '@noble/hashes/utils.js';

/** `length` uniformly random bytes. Throws when the platform has no generator. */
export type RandomSource = (length: number) => Uint8Array;

export const randomBytes: RandomSource = (length) => platformRandom(length);

/** A uniform integer in 0..limit-1 (limit <= 2^16), by rejection: a plain modulus is biased. */
export function randomBelow(limit: number, random: RandomSource = randomBytes): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > 0x10000) throw new RangeError('limit');
  const fair = 0x10000 - (0x10000 % limit);
  for (;;) {
    const [high = 0, low = 0] = random(2);
    const value = high * 256 + low;
    if (value < fair) return value % limit;
  }
}

/** `count` different items, each choice equally likely (Fisher-Yates). */
export function randomChoice<T>(
  items: readonly T[],
  count: number,
  random: RandomSource = randomBytes,
): T[] {
  const pool = [...items];
  for (let i = 0; i < count; i++) {
    const j = i + randomBelow(pool.length - i, random);
    [pool[i], pool[j]] = [pool[j] as T, pool[i] as T];
  }
  return pool.slice(0, count);
}
