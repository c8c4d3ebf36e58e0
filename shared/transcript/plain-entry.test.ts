import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entrySchema, LEAF_TYPES, makeEntry, withholdLeaf } from './entry.ts';
import { isPlainEntry } from './plain-entry.ts';

const chain = { mode: 'rehearsal' as const, ceremonyId: '0f'.repeat(16) };
const good = makeEntry(chain, undefined, { kind: 'paused', count: 3, isLast: true });
const [leaf] = good.leaves;

/** What stands in a log, as JSON gives it back: also with fields that no entry has. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    'a'.repeat(64),
    'A'.repeat(64),
    `${'a'.repeat(64)}\n`,
    'a'.repeat(32),
    'kind',
    'kind.1',
    'Kind',
    'kind.',
    'p'.repeat(80),
    'p'.repeat(81),
    'v'.repeat(4000),
    'v'.repeat(4001),
    0,
    -1,
    1.5,
    2 ** 53 - 1,
    2 ** 53,
    true,
    ...LEAF_TYPES,
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const changed = (base: object) =>
  fc
    .dictionary(fc.constantFrom(...Object.keys(base), 'more', '__proto__'), odd, { maxKeys: 2 })
    .map((changes) => ({ ...base, ...changes }));
const anyLeaf = fc.oneof(
  changed(leaf ?? {}),
  changed({ path: 'kind', withheld: 'a'.repeat(64) }),
  changed({ path: 'kind' }),
  odd,
);
const anyEntry = fc.oneof(
  changed(good),
  fc.array(anyLeaf, { maxLength: 4 }).map((leaves) => ({ ...good, leaves })),
  fc.array(anyLeaf, { maxLength: 4 }).chain((leaves) => changed({ ...good, leaves })),
  odd,
);

describe('a plain entry', () => {
  test('is one that the schema takes, and leaves as it is', () => {
    const seen = { plain: 0, other: 0 };
    fc.assert(
      fc.property(anyEntry, (any) => {
        const value: unknown = JSON.parse(JSON.stringify(any));
        if (!isPlainEntry(value)) {
          seen.other += 1;
          return;
        }
        seen.plain += 1;
        expect(entrySchema.parse(value)).toEqual(value);
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(seen.plain, seen.other)).toBeGreaterThan(100);
  });

  test('is every one that the app writes; one with a withheld leaf is left to the schema', () => {
    expect(isPlainEntry(good)).toBe(true);
    const withheld = withholdLeaf(good, 'count');
    expect(isPlainEntry(withheld)).toBe(false);
    expect(entrySchema.parse(withheld)).toEqual(withheld);
  });

  const leaves = (many: number) => Array.from({ length: many }, () => leaf);
  test.each([
    ['the fewest leaves', { ...good, leaves: leaves(2) }, true],
    ['too few', { ...good, leaves: leaves(1) }, false],
    ['the most', { ...good, leaves: leaves(400) }, true],
    ['too many', { ...good, leaves: leaves(401) }, false],
    ['the longest text', { ...good, leaves: [leaf, { ...leaf, value: 'v'.repeat(4000) }] }, true],
    ['too long a text', { ...good, leaves: [leaf, { ...leaf, value: 'v'.repeat(4001) }] }, false],
    ['the longest path', { ...good, leaves: [leaf, { ...leaf, path: 'p'.repeat(80) }] }, true],
    ['too long a path', { ...good, leaves: [leaf, { ...leaf, path: 'p'.repeat(81) }] }, false],
    ['no whole number', { ...good, n: 0.5 }, false],
    ['a number below 0', { ...good, n: -1 }, false],
    ['a number that JavaScript does not hold', { ...good, n: 2 ** 53 }, false],
    ['a field more', { ...good, more: 1 }, false],
    ['a field __proto__', JSON.parse(`{"__proto__":1,${JSON.stringify(good).slice(1)}`), false],
    ['a line end in its hash', { ...good, hash: `${good.hash}\n` }, false],
    ['an unknown type', { ...good, leaves: [leaf, { ...leaf, type: 'float' }] }, false],
  ])('and the schema agree on %s', (_, value, isOne) => {
    expect(isPlainEntry(value)).toBe(isOne);
    expect(entrySchema.safeParse(value).success).toBe(isOne);
  });
});
