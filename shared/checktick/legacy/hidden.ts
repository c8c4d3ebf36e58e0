/**
 * Slips that hide: a wrong digit among the last of a share can leave what the shares give as short
 * as a component is, and makes another share, itself with one slip, look like a stranger.
 * @module
 */
import { FIELD_BYTES, modulo, PRIME, toBytes, valueAt, type Point } from './field.ts';
import { legacyDigits } from './share.ts';
import { isSingleSlip, slipBetween } from './slip.ts';

/** Whether one other digit among the last of another share leaves one slip in this one. */
export function twoSlips({ x, y }: Point, others: readonly Point[], secretBytes: number): boolean {
  const typed = legacyDigits(toBytes(y, FIELD_BYTES));
  const fitting = valueAt(others, x);
  const leavesOneSlip = (value: bigint): boolean => {
    if (!sameAtAnEnd(y, value)) return false;
    const digits = legacyDigits(toBytes(value, FIELD_BYTES));
    const single = isSingleSlip(slipBetween(typed, digits));
    digits.fill(0);
    return single;
  };
  try {
    return others.some((other) => {
      const weight = valueAt(
        others.map((point) => ({ x: point.x, y: point === other ? 1n : 0n })),
        x,
      );
      return changes(other.y, 2 * secretBytes).some((change) =>
        leavesOneSlip(modulo(fitting + weight * change, PRIME)),
      );
    });
  } finally {
    typed.fill(0);
  }
}

/** What every other digit at each of the last `digits` places would add to `y`. */
function changes(y: bigint, digits: number): bigint[] {
  return Array.from({ length: digits }, (_, place) => BigInt(4 * place)).flatMap((shift) => {
    const now = (y >> shift) & 15n;
    return Array.from({ length: 16 }, (_, digit) => (BigInt(digit) - now) << shift).filter(
      (change) => change !== 0n,
    );
  });
}

const END_BITS = 64n;
const HEAD = BigInt(8 * FIELD_BYTES) - END_BITS;

/**
 * Two numbers with one slip between them begin or end alike; where a digit is missing or too many,
 * they begin alike one digit apart. Rules out nearly everything before digits are compared.
 */
function sameAtAnEnd(a: bigint, b: bigint): boolean {
  if (BigInt.asUintN(Number(END_BITS), a ^ b) === 0n) return true;
  const head = a >> HEAD;
  return head === b >> HEAD || head === b >> (HEAD + 4n) || head === b >> (HEAD - 4n);
}
