import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CborItem, decodeCtap, decodeCtapFirst, encodeCtap } from './cbor.ts';
import { fidoCode } from './index.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

function code(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return fidoCode(error);
  }
}

const leaf: fc.Arbitrary<CborItem> = fc.oneof(
  fc.integer({ min: -0xffffffff, max: 0xffffffff }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.boolean(),
  fc.uint8Array({ maxLength: 300 }),
);
const keys = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.string({ maxLength: 30 }));

function nested(depth: number): fc.Arbitrary<CborItem> {
  if (depth === 0) return leaf;
  const inner = nested(depth - 1);
  const map = fc
    .uniqueArray(fc.tuple(keys, inner), { selector: ([key]) => key, maxLength: 6 })
    .map((entries): CborItem => new Map(entries));
  return fc.oneof(leaf, fc.array(inner, { maxLength: 5 }), map);
}

test('every value of up to four levels comes back, and has one encoding', () => {
  fc.assert(
    fc.property(nested(4), (value) => {
      const encoded = encodeCtap(value);
      expect(decodeCtap(encoded, 'it')).toEqual(value);
      expect(encodeCtap(decodeCtap(encoded, 'it'))).toEqual(encoded);
    }),
    { numRuns: 200 },
  );
});

test('keys in CTAP2’s order: major type, then length, then bytes', () => {
  const order = (a: Uint8Array, b: Uint8Array): number =>
    (a[0] ?? 0) >> 5 !== (b[0] ?? 0) >> 5
      ? ((a[0] ?? 0) >> 5) - ((b[0] ?? 0) >> 5)
      : a.length - b.length || Buffer.compare(a, b);
  fc.assert(
    fc.property(fc.uniqueArray(keys, { maxLength: 20 }), (all) => {
      const sorted = all.map((key) => encodeCtap(key)).sort(order);
      const expected = hex(encodeCtap(new Map(all.map((key) => [key, 0]))));
      const head = all.length > 23 ? 2 : 1;
      const body = sorted.map((key) => `${hex(key)}00`).join('');
      expect(expected.slice(head * 2)).toBe(body);
    }),
  );
  const map = new Map<number | string, CborItem>([
    ['type', 1],
    ['id', 1],
    ['alg', 1],
    [-3, 1],
    [-1, 1],
    [24, 1],
    [3, 1],
  ]);
  expect(hex(encodeCtap(map))).toBe('a70301181801200122016269640163616c6701647479706501');
});

test.each([
  ['a longer integer than needed', '1800'],
  ['a longer length than needed', '580101'],
  ['keys out of order', 'a202000100'],
  ['a key twice', 'a201000100'],
  ['an array without length', '9fff'],
  ['text without length', '7f6161ff'],
  ['a tag', 'c101'],
  ['a float', 'f93c00'],
  ['a float that is no integer', 'fb3ff8000000000000'],
  ['null', 'f6'],
  ['undefined', 'f7'],
  ['more after it', '0000'],
  ['nothing', ''],
  ['cut short', '4401'],
  ['a length that lies', '5a7fffffff00'],
  ['a list that lies', '9a7fffffff00'],
  ['text that is not UTF-8', '61ff'],
  ['an integer of 64 bits', '1bffffffffffffffff'],
  ['five levels', '818181818100'],
  ['a thousand levels', '81'.repeat(1000) + '00'],
  ['seven thousand levels', '81'.repeat(7000) + '00'],
  ['bytes as a key', 'a1410000'],
])('%s is refused', (_name, text) => {
  expect(code(() => decodeCtap(bytes(text), 'it'))).toBe('fido-nonsense');
});

test('four levels are allowed, and what follows is handed back', () => {
  expect(decodeCtap(bytes('8181818100'), 'it')).toEqual([[[[0]]]]);
  const [item, rest] = decodeCtapFirst(bytes('a10102ffee'), 'it');
  expect(item).toEqual(new Map([[1, 2]]));
  expect(hex(rest)).toBe('ffee');
});

test('random bytes are refused or canonical, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
      let item: CborItem;
      try {
        item = decodeCtap(random, 'it');
      } catch (error) {
        expect(fidoCode(error)).toBe('fido-nonsense');
        return;
      }
      expect(encodeCtap(item)).toEqual(random);
    }),
    { numRuns: 1000 },
  );
});
