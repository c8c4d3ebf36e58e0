/**
 * Splitting a component into legacy shares, for a deployment that still runs CheckTick's own
 * commands.
 * @module
 */
import { randomBytes, type RandomSource } from '../../secret/random.ts';
import { FIELD_BYTES, PRIME, toBytes, toNumber } from './field.ts';
import { checkNotZero, LEGACY_SECRET_BYTES, MAX_SHARES, onOnePolynomial } from './combine.ts';
import { refuseLegacy } from './refusals.ts';
import type { LegacyShare } from './share.ts';

const LEAST_BYTES = 16;

export interface LegacyPlan {
  readonly threshold: number;
  readonly count: number;
}

/**
 * Splits `secret` (16 to 64 bytes) into `count` shares, numbered from 1, any `threshold` of which
 * give it back, and checks that all lie on one polynomial before it returns.
 *
 * @returns The caller wipes every y.
 * @throws Refusal `legacy-split`, `legacy-zero`.
 */
export function splitLegacy(
  secret: Uint8Array,
  { threshold, count }: LegacyPlan,
  random: RandomSource = randomBytes,
): LegacyShare[] {
  if (secret.length < LEAST_BYTES || secret.length > LEGACY_SECRET_BYTES) {
    throw refuseLegacy('legacy-split', 'it must have 16 to 64 bytes');
  }
  if (!Number.isInteger(count) || count < 2 || count > MAX_SHARES) {
    throw refuseLegacy('legacy-split', `there must be 2 to ${MAX_SHARES} shares`);
  }
  if (!Number.isInteger(threshold) || threshold < 2 || threshold > count) {
    throw refuseLegacy('legacy-split', `the threshold must be between 2 and ${count}`);
  }
  checkNotZero(secret, 'component');
  const coefficients = [padded(secret)];
  for (let degree = 1; degree < threshold; degree += 1) coefficients.push(fieldElement(random));
  const points = Array.from({ length: count }, (_, i) => i + 1).map((x) => ({
    x,
    // Horner's rule, from the highest coefficient down.
    y: coefficients.reduceRight((value, coefficient) => (value * BigInt(x) + coefficient) % PRIME),
  }));
  if (!onOnePolynomial([{ x: 0, y: padded(secret) }, ...points], threshold)) {
    throw refuseLegacy('legacy-disagree');
  }
  return points.map(({ x, y }) => ({ number: x, y: toBytes(y, FIELD_BYTES) }));
}

function padded(secret: Uint8Array): bigint {
  const bytes = new Uint8Array(LEGACY_SECRET_BYTES);
  bytes.set(secret, LEGACY_SECRET_BYTES - secret.length);
  const value = toNumber(bytes);
  bytes.fill(0);
  return value;
}

/** Uniform below the prime, zero included, by rejection. */
function fieldElement(random: RandomSource): bigint {
  for (;;) {
    const bytes = random(FIELD_BYTES);
    const value = toNumber(bytes);
    bytes.fill(0);
    if (value < PRIME) return value;
  }
}
