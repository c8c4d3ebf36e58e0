import * as fc from 'fast-check';
import { combine } from 'shamir-secret-sharing';
import { describe, expect, test, vi } from 'vitest';
import { randomBytes } from '../secret/random.ts';
import { checkValue } from './check-value.ts';
import { MAX_CUSTODIANS, type Share } from './envelope.ts';
import { combineShares, splitComponent, type Expected } from './split.ts';

const componentId = '0f'.repeat(16);
const what = 'custodian-component' as const;
const expected = (component: Uint8Array): Expected => ({
  what,
  componentId,
  checkValue: checkValue(what, component, componentId),
});
const plan = (threshold: number, count: number) => ({
  mode: 'production' as const,
  setId: 'ab'.repeat(16),
  generation: 1,
  threshold,
  count,
});
const refused = (code: string) => expect.objectContaining({ code }) as Error;

async function made(threshold = 3, count = 5, bytes = 32) {
  const component = randomBytes(bytes);
  const shares = await splitComponent(component, plan(threshold, count));
  return { component, shares, expected: expected(component) };
}

describe('split and combine', () => {
  test('any k of n shares, in any order, give the component back; k-1 never do', async () => {
    const arbitrary = fc.integer({ min: 2, max: MAX_CUSTODIANS }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        threshold: fc.integer({ min: 2, max: count }),
        bytes: fc.integer({ min: 16, max: 64 }),
        order: fc.shuffledSubarray(
          Array.from({ length: count }, (_, at) => at),
          { minLength: count, maxLength: count },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ threshold, count, bytes, order }) => {
        const { component, shares, expected: wanted } = await made(threshold, count, bytes);
        expect(new Set(shares.map(({ x }) => x)).size).toBe(count);
        expect(shares.map(({ index }) => index)).toEqual(shares.map((_, at) => at + 1));
        const shuffled = order.map((at) => shares[at] as Share);
        expect(await combineShares(shuffled.slice(0, threshold), wanted)).toEqual(component);
        expect(await combineShares(shuffled, wanted)).toEqual(component);
        await expect(combineShares(shuffled.slice(1, threshold), wanted)).rejects.toThrow(
          refused('too-few-shares'),
        );
        // The library would answer with a wrong secret in silence; that is what the guard is for.
        if (threshold > 2) {
          const points = shuffled.slice(1, threshold).map(({ x, y }) => Uint8Array.of(...y, x));
          expect(await combine(points)).not.toEqual(component);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['15 bytes', 15, 2, 3],
    ['65 bytes', 65, 2, 3],
    ['threshold 1', 32, 1, 3],
    ['threshold over count', 32, 4, 3],
    ['1 custodian', 32, 2, 1],
    ['17 custodians', 32, 2, 17],
    ['a broken threshold', 32, 2.5, 3],
    ['a broken count', 32, 2, 3.5],
  ])('%s is refused', async (_, bytes, threshold, count) => {
    await expect(splitComponent(randomBytes(bytes), plan(threshold, count))).rejects.toThrow(
      refused('split-refused'),
    );
  });

  test('a doubled share, a foreign set, a foreign generation are refused by name', async () => {
    const { shares, expected: wanted } = await made();
    const [a, b, c] = shares as [Share, Share, Share];
    await expect(combineShares([a, b, a], wanted)).rejects.toThrow(refused('share-duplicate'));
    await expect(combineShares([], wanted)).rejects.toThrow(refused('too-few-shares'));
    await expect(combineShares([a, b, { ...c, setId: 'cd'.repeat(16) }], wanted)).rejects.toThrow(
      refused('share-of-another-set'),
    );
    await expect(combineShares([a, b, { ...c, generation: 2 }], wanted)).rejects.toThrow(
      refused('share-of-another-set'),
    );
  });

  test('any changed byte of y, any other x, any other check value gives nothing out', async () => {
    const { component, shares, expected: wanted } = await made(3, 4, 16);
    const [a, b, c] = shares as [Share, Share, Share];
    for (let at = 0; at < a.y.length; at++) {
      const y = a.y.slice();
      y[at] = (y[at] ?? 0) ^ 0x40;
      await expect(combineShares([{ ...a, y }, b, c], wanted)).rejects.toThrow(
        refused('shares-do-not-fit'),
      );
    }
    const free = Array.from({ length: 255 }, (_, at) => at + 1).filter(
      (x) => ![a.x, b.x, c.x].includes(x),
    );
    for (const x of free.slice(0, 40)) {
      await expect(combineShares([{ ...a, x }, b, c], wanted)).rejects.toThrow(
        refused('shares-do-not-fit'),
      );
    }
    const vault = { ...wanted, what: 'vault-component' as const };
    await expect(combineShares([a, b, c], vault)).rejects.toThrow(refused('shares-do-not-fit'));
    const foreign = { ...wanted, componentId: '00'.repeat(16) };
    await expect(combineShares([a, b, c], foreign)).rejects.toThrow(refused('shares-do-not-fit'));
    expect(await combineShares([a, b, c], wanted)).toEqual(component);
  });

  test('shares of different lengths give nothing out', async () => {
    const { shares, expected: wanted } = await made();
    const [a, b, c] = shares as [Share, Share, Share];
    const cut = { ...c, y: c.y.slice(1) };
    await expect(combineShares([a, b, cut], wanted)).rejects.toThrow(refused('shares-do-not-fit'));
    const zero = { ...c, x: 0 };
    await expect(combineShares([a, b, zero], wanted)).rejects.toThrow(refused('shares-do-not-fit'));
  });

  test('a zero leading coefficient happens as often as chance says: it is not excluded', async () => {
    // With k = 2 the leading coefficient is (y ^ secret) / x: zero exactly where y equals the secret.
    let zero = 0;
    let all = 0;
    for (let run = 0; run < 400; run++) {
      const { component, shares } = await made(2, 2, 64);
      const { y } = shares[0] as Share;
      zero += y.filter((byte, at) => byte === component[at]).length;
      all += y.length;
    }
    // 25,600 coefficients, 100 zeros expected, standard deviation 10; a library that excludes zero has none.
    expect(zero).toBeGreaterThan(all / 256 / 2);
    expect(zero).toBeLessThan((all / 256) * 2);
  });

  test('points that do not lie on one polynomial never leave the split', async () => {
    vi.resetModules();
    vi.doMock('shamir-secret-sharing', async (original) => {
      const real = await original<typeof import('shamir-secret-sharing')>();
      return {
        ...real,
        split: async (...args: Parameters<typeof real.split>) => {
          const points = await real.split(...args);
          const last = points[points.length - 1];
          if (last !== undefined) last[0] = (last[0] ?? 0) ^ 1;
          return points;
        },
      };
    });
    const guarded = await import('./split.ts');
    vi.doUnmock('shamir-secret-sharing');
    for (const [threshold, count] of [
      [2, 2],
      [2, 5],
      [3, 4],
      [5, 5],
    ] as const) {
      await expect(guarded.splitComponent(randomBytes(32), plan(threshold, count))).rejects.toThrow(
        refused('shares-do-not-fit'),
      );
    }
  });
});
