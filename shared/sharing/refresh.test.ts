import * as fc from 'fast-check';
import { combine } from 'shamir-secret-sharing';
import { describe, expect, test } from 'vitest';
import { randomBytes } from '../secret/random.ts';
import { checkValue } from './check-value.ts';
import { MAX_CUSTODIANS, type Share } from './envelope.ts';
import { assertRefreshes, drawRefresh, refreshShare, type RefreshValue } from './refresh.ts';
import { combineShares, splitComponent, type Expected } from './split.ts';

const componentId = '0f'.repeat(16);
const what = 'custodian-component' as const;
const refused = (code: string) => expect.objectContaining({ code }) as Error;
const expected = (component: Uint8Array): Expected => ({
  what,
  componentId,
  checkValue: checkValue(what, component, componentId),
});

async function made(threshold: number, count: number, bytes = 32) {
  const component = randomBytes(bytes);
  const plan = { mode: 'production' as const, setId: 'ab'.repeat(16), generation: 1 };
  const shares = await splitComponent(component, { ...plan, threshold, count });
  return { component, shares, wanted: expected(component) };
}

const draw = (shares: readonly Share[], threshold: number, bytes: number) =>
  drawRefresh(
    shares.map(({ x }) => x),
    threshold,
    bytes,
  );

const copy = (share: Share): Share => ({ ...share, y: share.y.slice() });
const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index];
  if (found === undefined) throw new Error('there is such a one');
  return found;
};

/** Every choice of `size` of them. */
function choices<T>(list: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return list.flatMap((one, index) =>
    choices(list.slice(index + 1), size - 1).map((rest) => [one, ...rest]),
  );
}

const arbitrary = fc.integer({ min: 2, max: MAX_CUSTODIANS }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    threshold: fc.integer({ min: 2, max: count }),
    bytes: fc.integer({ min: 16, max: 64 }),
    order: fc.shuffledSubarray(
      Array.from({ length: count }, (_, index) => index),
      { minLength: count, maxLength: count },
    ),
  }),
);

describe('shares that become others of the same component', () => {
  test('any k of the new ones give it; old and new ones together never do', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ count, threshold, bytes, order }) => {
        const { component, shares, wanted } = await made(threshold, count, bytes);
        const values = await draw(shares, threshold, bytes);
        const before = shares.map(copy);
        const after = shares.map((share, index) => refreshShare(share, at(values, index), 7));
        const chosen = order.map((index) => at(after, index));
        expect(await combineShares(chosen.slice(0, threshold), wanted)).toEqual(component);
        expect(await combineShares(chosen, wanted)).toEqual(component);
        for (const [index, share] of after.entries()) {
          const old = at(before, index);
          expect(share.generation).toBe(7);
          expect(share.y).not.toEqual(old.y);
          expect({ ...share, y: null, generation: 1 }).toEqual({ ...old, y: null });
        }
        // The guard refuses two generations; the arithmetic itself gives nothing, either.
        const mixed = [at(before, at(order, 0)), ...chosen.slice(1, threshold)];
        await expect(combineShares(mixed, wanted)).rejects.toThrow(refused('share-of-another-set'));
        const points = mixed.map(({ x, y }) => Uint8Array.of(...y, x));
        expect(await combine(points)).not.toEqual(component);
      }),
      { numRuns: 60 },
    );
  });

  test('a generation after a generation still gives it', async () => {
    const { component, shares, wanted } = await made(3, 5);
    let now = shares;
    for (const generation of [2, 3, 4]) {
      const values = await draw(now, 3, 32);
      now = now.map((share, index) => refreshShare(share, at(values, index), generation));
      expect(now.map((share) => share.generation)).toEqual(Array(5).fill(generation));
    }
    expect(await combineShares(now.slice(2), wanted)).toEqual(component);
  });

  test('every k of 16 values, all 12,870 of them for k = 8, combine to zero', async () => {
    const values = await drawRefresh(
      Array.from({ length: MAX_CUSTODIANS }, (_, index) => index * 15 + 1),
      8,
      16,
    );
    const points = values.map(({ x, value }) => Uint8Array.of(...value, x));
    let tried = 0;
    for (const choice of choices(points, 8)) {
      if ((await combine(choice)).some((byte) => byte !== 0)) throw new Error('not zero');
      tried += 1;
    }
    expect(tried).toBe(12_870);
    // One fewer says nothing of it.
    expect(await combine(points.slice(0, 7))).not.toEqual(new Uint8Array(16));
  });

  test('the old share is gone when the new one is there, and no value is left of a refusal', async () => {
    const { shares } = await made(2, 3);
    const values = await draw(shares, 2, 32);
    const share = at(shares, 0);
    const { y } = share;
    const old = y.slice();
    const next = refreshShare(share, at(values, 0), 2);
    expect(next.y).toBe(y);
    expect(y).not.toEqual(old);
    expect(() => refreshShare(at(shares, 1), at(values, 2), 2)).toThrow(
      refused('shares-do-not-fit'),
    );
  });
});

describe('what is added is checked', () => {
  const flipped = (values: readonly RefreshValue[], index: number, byte: number) =>
    values.map((one, which) => {
      const value = one.value.slice();
      if (which === index) value[byte] = (value[byte] ?? 0) ^ 1;
      return { ...one, value };
    });

  test('one bit in any one of them, and it is refused', async () => {
    for (const threshold of [2, 3, 5]) {
      const values = await drawRefresh([7, 9, 200, 31, 255], threshold, 16);
      await assertRefreshes(values, threshold);
      for (const [index] of values.entries()) {
        for (const byte of [0, 7, 15]) {
          await expect(
            assertRefreshes(flipped(values, index, byte), threshold),
          ).rejects.toMatchObject({ code: 'shares-do-not-fit' });
        }
      }
    }
  });

  test('polynomials with another constant, of a higher degree, or that add nothing are refused', async () => {
    const { shares } = await made(3, 5, 16);
    const another = shares.map(({ x, y }) => ({ x, value: y }));
    await expect(assertRefreshes(another, 3)).rejects.toMatchObject({ code: 'shares-do-not-fit' });
    const higher = await drawRefresh([1, 2, 3, 4, 5], 4, 16);
    await expect(assertRefreshes(higher, 3)).rejects.toMatchObject({ code: 'shares-do-not-fit' });
    const nothing = higher.map(({ x }) => ({ x, value: new Uint8Array(16) }));
    await expect(assertRefreshes(nothing, 3)).rejects.toMatchObject({ code: 'refresh-refused' });
    await expect(assertRefreshes(higher.slice(0, 2), 3)).rejects.toMatchObject({
      code: 'refresh-refused',
    });
  });
});
