import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../test/support/people.ts';
import { randomBelow, randomBytes, randomChoice } from './random.ts';
import { Secret, wipingAfter } from './secret.ts';

const canary = () => new TextEncoder().encode('canary-canary-canary');

test('a secret shows itself nowhere', () => {
  const secret = new Secret(canary());
  const shown = [String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ secret })];
  for (const text of shown) {
    expect(text).toContain('[redacted]');
    expect(text).not.toContain('canary');
    expect(text).not.toContain('99, 97');
  }
  expect(Object.keys(secret)).toEqual([]);
});

test('a wiped secret is zero and cannot be used', () => {
  const bytes = canary();
  const secret = new Secret(bytes);
  expect(secret.use((lent) => lent.length)).toBe(20);
  expect(secret.length).toBe(20);
  secret.wipe();
  expect(bytes.every((byte) => byte === 0)).toBe(true);
  expect(secret.wiped).toBe(true);
  expect(secret.length).toBe(0);
  expect(() => secret.use(() => 0)).toThrow('wiped');
  secret.wipe();
});

test('work that fails wipes too', async () => {
  const bytes = canary();
  const failing = wipingAfter([bytes], () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(bytes.every((byte) => byte === 0)).toBe(true);
  const more = canary();
  expect(await wipingAfter([more], () => more[0])).toBe(99);
  expect(more[0]).toBe(0);
});

test('randomBelow stays below, reaches everything, and rejects the biased end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 0x10000 }), fc.string(), (limit, name) => {
      const value = randomBelow(limit, seededRandom(name));
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(limit);
    }),
  );
  const draws = [Uint8Array.of(0xff, 0xff), Uint8Array.of(0, 5)];
  // 65,535 is in the unfair rest for 1,000: it is drawn again.
  expect(randomBelow(1000, () => draws.shift() ?? new Uint8Array(2))).toBe(5);
  expect(draws).toHaveLength(0);
  for (const limit of [0, -1, 1.5, 0x10001]) expect(() => randomBelow(limit)).toThrow(RangeError);
});

test('randomChoice takes different items and every one about equally often', () => {
  const items = ['a', 'b', 'c', 'd', 'e'];
  const counts = new Map(items.map((item) => [item, 0]));
  const random = seededRandom('choice');
  for (let run = 0; run < 5000; run++) {
    const chosen = randomChoice(items, 2, random);
    expect(new Set(chosen).size).toBe(2);
    for (const item of chosen) counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  for (const count of counts.values()) {
    // 2,000 expected, standard deviation 35; the seed is fixed, so this never flickers.
    expect(Math.abs(count - 2000)).toBeLessThan(150);
  }
  expect(randomBytes(16)).not.toEqual(randomBytes(16));
});
