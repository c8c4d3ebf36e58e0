/**
 * A refresh: every share of a set becomes another one, and the component stays what it is. To each share
 * is added the value, at its own x, of polynomials whose constant is zero, one for each byte.
 *
 * All arithmetic is the audited library's: its `split` of zeros draws the polynomials (uniform
 * coefficients, a zero leading one included), and its `combine`, which gives the value at zero, gives the
 * value at x when every coordinate is moved by x (in GF(256) a sum is an XOR, so each stays different
 * from zero and from the others).
 *
 * SECURITY: a value and the share of before give the new share, and the other way round. Values are
 * secrets of their ceremony, and never on a medium.
 * @module
 */
import { combine, split } from 'shamir-secret-sharing';
import type { Share } from './envelope.ts';
import { refuseShare } from './refusals.ts';
import { assertOnePolynomial } from './split.ts';

/** What is added to the share at `x`. SECURITY: wipe `value`. */
export interface RefreshValue {
  readonly x: number;
  readonly value: Uint8Array;
}

/**
 * Draws the polynomials, at most of degree k-1, and checks them before it returns.
 * @param xs coordinates of all shares of the set, k of them at least
 * @param bytes how long a component is
 * @throws Refusal `refresh-refused`, `shares-do-not-fit`. The caller wipes every value.
 */
export async function drawRefresh(
  xs: readonly number[],
  threshold: number,
  bytes: number,
): Promise<RefreshValue[]> {
  const drawn = await split(new Uint8Array(bytes), threshold, threshold);
  const values: RefreshValue[] = [];
  try {
    for (const x of xs) values.push({ x, value: await valueAt(drawn, x) });
    await assertRefreshes(values, threshold);
    return values;
  } catch (error) {
    for (const { value } of values) value.fill(0);
    throw error;
  } finally {
    for (const point of drawn) point.fill(0);
  }
}

/** The value at x of the polynomials through these points. */
async function valueAt(points: readonly Uint8Array[], x: number): Promise<Uint8Array> {
  const moved = points.map((point) => {
    const copy = point.slice();
    copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ x;
    return copy;
  });
  try {
    const there = moved.find((point) => point.at(-1) === 0);
    return there === undefined ? await combine(moved) : there.slice(0, -1);
  } finally {
    for (const point of moved) point.fill(0);
  }
}

/**
 * Every k of the values combine to zero, so every k of the new shares give what they gave before. Not
 * tried one by one (of 16 and k = 8 there are 12,870): the first k-1 values and zero at 0 fix one
 * polynomial of degree < k, and each other value is on it if it gives zero together with them.
 * @throws Refusal `refresh-refused` where a share would stay what it is, `shares-do-not-fit`
 */
export async function assertRefreshes(
  values: readonly RefreshValue[],
  threshold: number,
): Promise<void> {
  const bytes = values[0]?.value.length ?? 0;
  if (values.length < threshold) throw refuseShare('refresh-refused', 'there are too few of them');
  // By chance never (2^-128 for the shortest component): a generator that is broken.
  if (values.some(({ value }) => value.every((byte) => byte === 0))) {
    throw refuseShare('refresh-refused', 'a share would stay what it is');
  }
  const points = values.map(({ x, value }) => {
    const point = new Uint8Array(bytes + 1);
    point.set(value);
    point[bytes] = x;
    return point;
  });
  try {
    await assertOnePolynomial(points, threshold, new Uint8Array(bytes));
  } finally {
    for (const point of points) point.fill(0);
  }
}

/**
 * Makes the new share in the place of the old one: of what was given nothing is left in `share`.
 * @param generation of the new shares
 * @returns the share of that generation, in the same bytes
 */
export function refreshShare(share: Share, { x, value }: RefreshValue, generation: number): Share {
  if (x !== share.x || value.length !== share.y.length) throw refuseShare('shares-do-not-fit');
  for (const [at, byte] of value.entries()) share.y[at] = (share.y[at] ?? 0) ^ byte;
  return { ...share, generation };
}
