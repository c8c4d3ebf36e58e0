/**
 * Whether the shares themselves contradict how many of them are said to be needed.
 * @module
 */
import {
  legacyPoints,
  LEGACY_SECRET_BYTES,
  onOnePolynomial,
  type LegacyThreshold,
} from './combine.ts';
import { fits, valueAt } from './field.ts';
import type { LegacyShare } from './share.ts';

/**
 * The fewest shares with which all that are here give one component, where that is another number
 * than was said. Fewer than said is certain, because more than are needed were compared; more than
 * said is likely where nothing else explains the shares, because a wrong digit seldom gives something
 * as short as a component.
 *
 * @returns Null: they fit what was said, or no number.
 * @throws Refusal as `combineLegacy`, but for `legacy-disagree`.
 */
export function likelyThreshold(
  shares: readonly LegacyShare[],
  { threshold, secretBytes = LEGACY_SECRET_BYTES }: LegacyThreshold & { secretBytes?: number },
): number | null {
  const points = legacyPoints(shares, { threshold });
  for (let needed = 2; needed <= points.length; needed += 1) {
    if (!onOnePolynomial(points, needed)) continue;
    const secret = valueAt(points.slice(0, needed), 0);
    return needed !== threshold && secret !== 0n && fits(secret, secretBytes) ? needed : null;
  }
  return null;
}
