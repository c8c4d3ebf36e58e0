/**
 * Whether legacy shares agree, and if not, which one is to blame.
 *
 * With more shares than are needed every subset must give the same. If not:
 * - leaving out some of them makes the others agree, more than are needed: those left out are wrong.
 * - one more than needed, so that each subset gives something else: a subset with a wrong share
 *   nearly always gives more than 64 bytes. Only a wrong digit among the last 128 can hide behind
 *   another share, whose digit at the same place would explain it as well.
 * Whatever two people could explain in two ways is given as two candidates, never decided here.
 * @module
 */
import { FIELD_BYTES, fits, toBytes, valueAt, type Point } from './field.ts';
import {
  checkNotZero,
  LEGACY_SECRET_BYTES,
  legacyPoints,
  onOnePolynomial,
  secretOf,
  type LegacyThreshold,
} from './combine.ts';
import { UnprovedComponent, type Standing } from './component.ts';
import { twoSlips } from './hidden.ts';
import { refuseLegacy } from './refusals.ts';
import { legacyDigits, type LegacyShare } from './share.ts';
import { isSingleSlip, slipBetween, type Slip } from './slip.ts';

/** A share that would be wrong, and how it differs from what would fit the others. */
export interface Suspect {
  readonly number: number;
  /** How many digits its long number has; positions count from its left. */
  readonly digits: number;
  readonly slip: Slip;
}

export interface Candidate extends Suspect {
  /** What the other shares give; the caller wipes it. */
  readonly component: UnprovedComponent;
}

export type Agreement =
  /** Exactly as many as needed: nothing was compared. */
  | { readonly kind: 'uncompared'; readonly component: UnprovedComponent }
  | { readonly kind: 'agree'; readonly component: UnprovedComponent }
  /**
   * These shares are wrong, and what the others give. Where its standing is `alone` (one share more
   * than needed) the others were compared with nothing: whoever gives one of them may have made it
   * look so. `others` is then what else may be the component, for a proof to decide.
   */
  | {
      readonly kind: 'wrong';
      readonly wrong: readonly Suspect[];
      readonly component: UnprovedComponent;
      readonly others: readonly Candidate[];
    }
  /** One slip in any of these would explain it: compare them with their originals, or prove one. */
  | {
      readonly kind: 'one-of';
      readonly candidates: readonly Candidate[];
      readonly others: readonly Candidate[];
    }
  /**
   * More than one slip, and nothing says where; or more shares are needed than was said.
   * `candidates`: with one more than needed what is left without each one, where it is as short as a
   * component; only a proof may decide.
   */
  | { readonly kind: 'several-wrong'; readonly candidates: readonly Candidate[] };

/**
 * Compares all shares with each other.
 *
 * @param secretBytes The length of the component, where it is known from the other half of the
 *   key: the shorter, the more slips can be told apart.
 * @throws Refusal as `combineLegacy`, but for `legacy-disagree`.
 */
export function judgeLegacyShares(
  shares: readonly LegacyShare[],
  { threshold, secretBytes = LEGACY_SECRET_BYTES }: LegacyThreshold & { secretBytes?: number },
): Agreement {
  const points = legacyPoints(shares, { threshold });
  if (onOnePolynomial(points, threshold)) {
    const compared = points.length > threshold;
    const component = componentOf(points, threshold, compared ? 'agreed' : 'alone');
    return { kind: compared ? 'agree' : 'uncompared', component };
  }
  const outvoted = wrongAgainstMajority(points, threshold);
  if (outvoted !== undefined) {
    const others = points.filter((point) => !outvoted.includes(point));
    const wrong = outvoted.map((point) => suspect(point, others, threshold));
    const component = componentOf(others, threshold, 'agreed');
    return { kind: 'wrong', wrong, component, others: [] };
  }
  if (points.length > threshold + 1) return { kind: 'several-wrong', candidates: [] };
  return oneWrongOf(points, threshold, secretBytes);
}

/** The fewest points without which the others, more than are needed, lie on one polynomial. */
function wrongAgainstMajority(points: readonly Point[], threshold: number): Point[] | undefined {
  for (let wrong = 1; points.length - wrong > threshold; wrong += 1) {
    for (const left of subsets(points, wrong)) {
      const others = points.filter((point) => !left.includes(point));
      if (onOnePolynomial(others, threshold)) return left;
    }
  }
  return undefined;
}

function* subsets<T>(items: readonly T[], size: number): Generator<T[]> {
  if (size === 0) yield [];
  for (const [i, item] of items.entries()) {
    if (size > 0) for (const rest of subsets(items.slice(i + 1), size - 1)) yield [item, ...rest];
  }
}

/** One share more than is needed, so that without each of them the others give something. */
function oneWrongOf(points: readonly Point[], threshold: number, secretBytes: number): Agreement {
  const possible = points
    .map((point) => ({ point, others: points.filter((other) => other !== point) }))
    .filter(({ others }) => {
      const secret = valueAt(others, 0);
      return secret !== 0n && fits(secret, secretBytes);
    })
    .map((without) => ({ ...without, of: suspect(without.point, without.others, threshold) }));
  const slips = possible.filter(({ of }) => isSingleSlip(of.slip));
  const candidate = ({ of, others }: (typeof possible)[number]): Candidate => ({
    ...of,
    component: componentOf(others, threshold, 'alone'),
  });
  if (slips.length > 1) {
    const rest = possible.filter((one) => !slips.includes(one));
    return { kind: 'one-of', candidates: slips.map(candidate), others: rest.map(candidate) };
  }
  const [only, ...more] = slips.length > 0 ? slips : possible;
  if (only === undefined || more.length > 0 || !explains(only, secretBytes)) {
    return { kind: 'several-wrong', candidates: possible.map(candidate) };
  }
  const { component, ...wrong } = candidate(only);
  const others = possible.filter((one) => one !== only).map(candidate);
  return { kind: 'wrong', wrong: [wrong], component, others };
}

interface Without {
  readonly point: Point;
  readonly others: readonly Point[];
  readonly of: Suspect;
}

/**
 * Whether this share alone explains what was found: by one slip; by a few digits, all before those
 * where a slip in another share would stay hidden; or because nothing is alike, as of another
 * split, unless a hidden slip in another share would leave one slip here.
 */
function explains({ point, others, of: { slip, digits } }: Without, secretBytes: number): boolean {
  if (slip.kind === 'digits') {
    return slip.positions.every((position) => digits - position >= 2 * secretBytes);
  }
  return isSingleSlip(slip) || (slip.kind === 'unlike' && !twoSlips(point, others, secretBytes));
}

function suspect({ x, y }: Point, others: readonly Point[], threshold: number): Suspect {
  const typed = legacyDigits(toBytes(y, FIELD_BYTES));
  const fitting = legacyDigits(toBytes(valueAt(others.slice(0, threshold), x), FIELD_BYTES));
  try {
    return { number: x, digits: typed.length, slip: slipBetween(typed, fitting) };
  } finally {
    typed.fill(0);
    fitting.fill(0);
  }
}

function componentOf(points: readonly Point[], threshold: number, standing: Standing) {
  const secret = secretOf(points, threshold);
  if (secret === undefined) throw refuseLegacy('legacy-do-not-fit');
  checkNotZero(secret, 'component');
  return new UnprovedComponent(secret, standing);
}
