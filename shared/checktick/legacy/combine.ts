/**
 * Putting legacy shares together as CheckTick does, after refusing what it takes in silence.
 *
 * SECURITY: the shares have no checksum. With exactly as many as are needed nothing tells a right
 * result from a wrong one: a ceremony uses `judgeLegacyShares`, which says so.
 * @module
 */
import { equalBytes } from '../../encoding/bytes.ts';
import { checkComponentLength } from '../components.ts';
import { fits, toBytes, toNumber, valueAt, type Point } from './field.ts';
import { refuseLegacy } from './refusals.ts';
import type { LegacyShare } from './share.ts';

/** What CheckTick always gives back; a component of 32 bytes has 32 zeros in front. */
export const LEGACY_SECRET_BYTES = 64;

/** The most shares that are made or compared at once; CheckTick has no limit. */
export const MAX_SHARES = 16;

/** How many shares the split asked for; the shares do not say it. */
export interface LegacyThreshold {
  readonly threshold: number;
}

/**
 * The shares as points, when there are enough and each number is there once.
 * @throws Refusal `legacy-threshold`, `legacy-too-few`, `legacy-too-many`, `legacy-duplicate`,
 *   `legacy-contradicts`.
 */
export function legacyPoints(
  shares: readonly LegacyShare[],
  { threshold }: LegacyThreshold,
): Point[] {
  if (!Number.isInteger(threshold) || threshold < 2) throw refuseLegacy('legacy-threshold');
  const seen = new Map<number, LegacyShare>();
  for (const share of shares) {
    const before = seen.get(share.number);
    if (before !== undefined) {
      const same = equalBytes(before.y, share.y);
      throw refuseLegacy(same ? 'legacy-duplicate' : 'legacy-contradicts', share.number);
    }
    seen.set(share.number, share);
  }
  if (shares.length < threshold) throw refuseLegacy('legacy-too-few', shares.length, threshold);
  if (shares.length > MAX_SHARES) throw refuseLegacy('legacy-too-many', MAX_SHARES);
  return shares.map(({ number, y }) => ({ x: number, y: toNumber(y) }));
}

/** Whether all points lie on one polynomial of degree < threshold. */
export function onOnePolynomial(points: readonly Point[], threshold: number): boolean {
  const fixed = points.slice(0, threshold);
  return points.slice(threshold).every(({ x, y }) => valueAt(fixed, x) === y);
}

/** The secret of the first `threshold` points; undefined when it is longer than 64 bytes. */
export function secretOf(points: readonly Point[], threshold: number): Uint8Array | undefined {
  const secret = valueAt(points.slice(0, threshold), 0);
  return fits(secret, LEGACY_SECRET_BYTES) ? toBytes(secret, LEGACY_SECRET_BYTES) : undefined;
}

/**
 * The 64 bytes that CheckTick gives for these shares. All of them are used: each subset of
 * `threshold` gives the same, or they are refused.
 *
 * @returns 64 bytes, unproved; the caller wipes them.
 * @throws Refusal as {@link legacyPoints}; `legacy-disagree`, `legacy-do-not-fit`, `legacy-zero`.
 */
export function combineLegacy(
  shares: readonly LegacyShare[],
  { threshold }: LegacyThreshold,
): Uint8Array {
  const points = legacyPoints(shares, { threshold });
  if (!onOnePolynomial(points, threshold)) throw refuseLegacy('legacy-disagree');
  const secret = secretOf(points, threshold);
  if (secret === undefined) throw refuseLegacy('legacy-do-not-fit');
  checkNotZero(secret, 'component');
  return secret;
}

/** @throws Refusal `legacy-zero`. */
export function checkNotZero(secret: Uint8Array, what: string): void {
  if (secret.every((byte) => byte === 0)) throw refuseLegacy('legacy-zero', what);
}

/**
 * The last `length` bytes, when all before them are zero: what CheckTick put in front of a shorter
 * component. The length comes from outside, from the other half of the key: leading zeros of a
 * component survive, so the bytes themselves do not tell it.
 *
 * @returns `length` bytes, new; the caller wipes them.
 * @throws Refusal `legacy-padding`, `component-length`.
 */
export function trimLegacySecret(bytes: Uint8Array, length: number): Uint8Array {
  const cut = bytes.slice(Math.max(0, bytes.length - length));
  checkComponentLength('component', cut);
  if (cut.length === length && bytes.subarray(0, bytes.length - length).every((b) => b === 0)) {
    return cut;
  }
  cut.fill(0);
  throw refuseLegacy('legacy-padding', length);
}
