/**
 * Splitting and combining over GF(256) by the audited library `shamir-secret-sharing`, guarded.
 *
 * SECURITY: the library's `combine` accepts wrong, too few, doubled and x = 0 shares in silence
 * and gives a wrong secret. Nothing here hands its result on before a check value fits.
 * The library draws x from 1..255 at random and every coefficient uniformly, a zero leading one
 * included: that is right, and never to be "fixed".
 * @module
 */
import { combine, split } from 'shamir-secret-sharing';
import { equalBytes, plainBytes } from '../encoding/bytes.ts';
import type { Mode } from '../mode.ts';
import { checkValueFits, type Checked } from './check-value.ts';
import { MAX_CUSTODIANS, type Share } from './envelope.ts';
import { refuseShare } from './refusals.ts';

export interface SplitPlan {
  readonly mode: Mode;
  /** 16 bytes in hex. */
  readonly setId: string;
  readonly generation: number;
  readonly threshold: number;
  readonly count: number;
}

/**
 * Splits a uniformly random key of 16 to 64 bytes into `count` shares, any `threshold` of which
 * give it back, and checks that all of them lie on one polynomial before it returns.
 * Refuses `split-refused`. The caller wipes every y.
 */
export async function splitComponent(component: Uint8Array, plan: SplitPlan): Promise<Share[]> {
  const { threshold, count } = plan;
  if (component.length < 16 || component.length > 64) {
    throw refuseShare('split-refused', 'it must have 16 to 64 bytes');
  }
  if (!Number.isInteger(count) || count < 2 || count > MAX_CUSTODIANS) {
    throw refuseShare('split-refused', `there must be 2 to ${MAX_CUSTODIANS} custodians`);
  }
  if (!Number.isInteger(threshold) || threshold < 2 || threshold > count) {
    throw refuseShare('split-refused', `the threshold must be between 2 and ${count}`);
  }
  const points = await split(plainBytes(component), count, threshold);
  await assertOnePolynomial(points, threshold, component);
  const shares = points.map((point, at) => ({
    ...plan,
    index: at + 1,
    x: point[point.length - 1] ?? 0,
    y: plainBytes(point.subarray(0, -1)),
  }));
  for (const point of points) point.fill(0);
  return shares;
}

/**
 * All n points on one polynomial of degree < k with the component at 0: the first k give it, and
 * so do the first k-1 with each other one; k agreeing places (k-1 points and 0) fix the polynomial.
 * @param points the library's: y, then x in the last byte
 * @throws Refusal `shares-do-not-fit`
 */
export async function assertOnePolynomial(
  points: readonly Uint8Array[],
  threshold: number,
  component: Uint8Array,
): Promise<void> {
  const fixed = points.slice(0, threshold - 1);
  for (const point of points.slice(threshold - 1)) {
    const result = await combine([...fixed, point]);
    const fits = equalBytes(result, component);
    result.fill(0);
    if (!fits) throw refuseShare('shares-do-not-fit');
  }
}

/** By what a combined component is recognised: its manifest's check value. */
export interface Expected {
  readonly what: Checked;
  readonly componentId: string;
  readonly checkValue: string;
}

/**
 * Combines shares of one set that were each checked alone before, and releases the component
 * only when its check value fits. Refuses `too-few-shares`, `share-duplicate`,
 * `share-of-another-set`, `shares-do-not-fit`. The caller wipes the result.
 */
export async function combineShares(
  shares: readonly Share[],
  expected: Expected,
): Promise<Uint8Array> {
  const [first] = shares;
  if (first === undefined || shares.length < first.threshold) {
    throw refuseShare('too-few-shares', shares.length, first?.threshold ?? 2);
  }
  const seen = new Set<number>();
  for (const share of shares) {
    if (share.setId !== first.setId || share.generation !== first.generation) {
      throw refuseShare('share-of-another-set', share.index, share.count, share.setId, first.setId);
    }
    if (seen.has(share.x)) throw refuseShare('share-duplicate', share.index, share.count);
    seen.add(share.x);
  }
  const points = shares.map(({ x, y }) => {
    const point = new Uint8Array(y.length + 1);
    point.set(y);
    point[y.length] = x;
    return point;
  });
  try {
    const component = await combine(points).catch(() => {
      // The library itself refuses points of different lengths.
      throw refuseShare('shares-do-not-fit');
    });
    if (!checkValueFits(expected.what, component, expected.componentId, expected.checkValue)) {
      component.fill(0);
      throw refuseShare('shares-do-not-fit');
    }
    return component;
  } finally {
    for (const point of points) point.fill(0);
  }
}
