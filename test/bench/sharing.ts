/**
 * Shares of 16 custodians, any 8 of whom open the component: combining them, and making others of them,
 * against the bare library.
 * @module
 */
import { combine, split } from 'shamir-secret-sharing';
import { randomBytes } from '../../shared/secret/random.ts';
import { checkValue } from '../../shared/sharing/check-value.ts';
import type { Share } from '../../shared/sharing/envelope.ts';
import { assertRefreshes, drawRefresh, refreshShare } from '../../shared/sharing/refresh.ts';
import { combineShares, splitComponent } from '../../shared/sharing/split.ts';
import { interleave, megabytes, ownPeak, timed, type Finding } from './measure.ts';

const COUNT = 16;
const THRESHOLD = 8;
const BYTES = 64;
const ROUNDS = 21;
/** In one round: one alone is over before a clock sees it. */
const TIMES = 100;

const plan = {
  mode: 'rehearsal',
  setId: 'ab'.repeat(16),
  generation: 1,
  threshold: THRESHOLD,
  count: COUNT,
} as const;
const componentId = '0f'.repeat(16);
const what = 'custodian-component' as const;

const pointOf = ({ x, y }: Share) => Uint8Array.of(...y, x);

/** Milliseconds of one. */
async function each(work: () => Promise<unknown>): Promise<number> {
  const took = await timed(async () => {
    for (let time = 0; time < TIMES; time += 1) await work();
  });
  return took / TIMES;
}

async function madeShares(): Promise<{ component: Uint8Array; shares: Share[] }> {
  const component = randomBytes(BYTES);
  return { component, shares: await splitComponent(component, plan) };
}

export async function measureCombine(rounds = ROUNDS): Promise<Finding> {
  const { component, shares } = await madeShares();
  const given = shares.slice(0, THRESHOLD);
  const points = given.map(pointOf);
  const wanted = { what, componentId, checkValue: checkValue(what, component, componentId) };
  const before = ownPeak();
  const sides = await interleave(rounds, {
    ours: () => each(async () => (await combineShares(given, wanted)).fill(0)),
    bare: () => each(() => combine(points)),
  });
  const checking = await each(async () => checkValue(what, component, componentId));
  return {
    title: `Combining ${THRESHOLD} of ${COUNT} shares of ${BYTES} bytes`,
    ours: 'combineShares: set, generation and doubles looked at, check value compared, points wiped',
    bare: 'combine of shamir-secret-sharing',
    target: 2.5,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())} (${megabytes(before)} before)`],
    notes: [`the check value alone: ${checking.toFixed(3)} ms`],
  };
}

/**
 * The bare side draws the same polynomials with the library, gets their values at the 16 places with it,
 * and sees with it that 8 of them give zero: once when they are drawn, once before each custodian.
 */
export async function measureRefresh(rounds = ROUNDS): Promise<Finding> {
  const { shares } = await madeShares();
  const xs = shares.map(({ x }) => x);
  const own = (): Share[] => shares.map((share) => ({ ...share, y: share.y.slice() }));
  const library = async () => {
    const drawn = await split(new Uint8Array(BYTES), THRESHOLD, THRESHOLD);
    const values: Uint8Array[] = [];
    for (const x of xs) {
      const moved = drawn.map((point) => {
        const copy = point.slice();
        copy[BYTES] = (copy[BYTES] ?? 0) ^ x;
        return copy;
      });
      const there = moved.find((point) => point[BYTES] === 0);
      values.push(Uint8Array.of(...(there?.slice(0, BYTES) ?? (await combine(moved))), x));
    }
    const zero = async () => {
      for (const value of values.slice(THRESHOLD - 1)) {
        await combine([...values.slice(0, THRESHOLD - 1), value]);
      }
    };
    await zero();
    for (const [at, share] of own().entries()) {
      await zero();
      for (let byte = 0; byte < BYTES; byte += 1) {
        share.y[byte] = (share.y[byte] ?? 0) ^ (values[at]?.[byte] ?? 0);
      }
    }
  };
  const refreshed = async () => {
    const values = await drawRefresh(xs, THRESHOLD, BYTES);
    for (const [at, share] of own().entries()) {
      await assertRefreshes(values, THRESHOLD);
      const value = values[at];
      if (value === undefined) throw new Error('a share has no value');
      refreshShare(share, value, 2);
    }
    for (const { value } of values) value.fill(0);
  };
  const before = ownPeak();
  const sides = await interleave(rounds, {
    ours: () => timed(refreshed),
    bare: () => timed(library),
  });
  const splitting = await each(() => split(new Uint8Array(BYTES), COUNT, THRESHOLD));
  return {
    title: `Other shares of the same component for ${COUNT} custodians, any ${THRESHOLD} of whom open it`,
    ours: 'drawRefresh, assertRefreshes before each custodian, refreshShare; values wiped',
    bare: 'the same split and combine of shamir-secret-sharing, called directly',
    target: 1.5,
    sides,
    memory: [`this process at its peak: ${megabytes(ownPeak())} (${megabytes(before)} before)`],
    notes: [`the library's split of the same size: ${splitting.toFixed(2)} ms`],
  };
}
