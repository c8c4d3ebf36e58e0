/** Canonical JSON and canonical CBOR: one value, one encoding. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes, lengthPrefixed, u16, u32, utf8ToBytes } from './bytes.ts';
import { decodeCbor, encodeCbor, type CborValue } from './cbor.ts';
import { decodeJson, encodeJson } from './json.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const { cborValue } = fc.letrec<{ cborValue: CborValue }>((tie) => ({
  cborValue: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: -(2 ** 32), max: 2 ** 32 }),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 70 }),
    fc.array(tie('cborValue'), { maxLength: 5 }),
  ),
}));

describe('canonical CBOR', () => {
  test('any value comes back', () => {
    fc.assert(
      fc.property(cborValue, (value) => {
        expect(decodeCbor(encodeCbor(value))).toEqual(value);
      }),
    );
  });

  test('whatever decodes encodes back to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        let value: unknown;
        try {
          value = decodeCbor(bytes);
        } catch {
          return;
        }
        expect(encodeCbor(value as CborValue)).toEqual(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['1 in two bytes', '1801'],
    ['1 in nine bytes', '1b0000000000000001'],
    ['a length that is too long', '580101'],
    ['an indefinite array', '9f01ff'],
    ['an indefinite byte string', '5f4101ff'],
    ['undefined', 'f7'],
    ['NaN', 'f97e00'],
    ['infinity', 'f97c00'],
    ['a float that is an integer', 'fb3ff0000000000000'],
    ['a tag', 'c001'],
    ['two values', '0101'],
    ['nothing', ''],
    ['keys out of order', 'a2616201616101'],
    ['a doubled key', 'a2616101616102'],
    ['a cut string', '6261'],
    ['text that is not UTF-8', '61ff'],
  ])('%s is refused', (_, hex) => {
    expect(() => decodeCbor(hexToBytes(hex))).toThrow();
  });
});

describe('canonical JSON', () => {
  test('any value comes back, in one spelling', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = encodeJson(value);
        const again = decodeJson(bytes);
        expect(encodeJson(again)).toEqual(bytes);
        // -0 is 0 in RFC 8785; JSON text is the measure.
        expect(JSON.stringify(again)).toBe(JSON.stringify(JSON.parse(text(bytes))));
      }),
    );
  });

  test('sorts keys by UTF-16 code units and writes numbers as ECMAScript does (RFC 8785, 3.2)', () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "€$\u000f\u000aA'\u0042\u0022\u005c\\\u0022\u002f",
      literals: [null, true, false],
    };
    expect(text(encodeJson(value))).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    expect(text(encodeJson({ '\u{1f600}': 1, '\ufb33': 2, a: 3 }))).toBe(
      '{"a":3,"\u{1f600}":1,"\ufb33":2}',
    );
  });

  test('is what the library writes, and nothing else, whatever the keys look like', () => {
    const keys = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.integer({ min: -2, max: 120 }).map(String),
      fc.constantFrom('__proto__', 'toJSON', 'constructor', '1', '10', '2'),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 4 }),
          fc.double({ noNaN: true }),
          fc.constant(null),
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const isTaken = (json: string) => {
      try {
        decodeJson(utf8ToBytes(json));
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(value, (any) => {
        const json = JSON.stringify(any);
        expect(isTaken(json)).toBe(json === text(encodeJson(JSON.parse(json))));
        expect(isTaken(text(encodeJson(JSON.parse(json))))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['white space', '{"a": 1}'],
    ['a newline at the end', '{"a":1}\n'],
    ['keys out of order', '{"b":1,"a":2}'],
    ['a doubled key', '{"a":1,"a":1}'],
    ['an escape that is not needed', '"\\u0041"'],
    ['1.0', '1.0'],
    ['-0', '-0'],
    ['1e1', '1e1'],
    ['a byte order mark', '\ufeff{}'],
    ['nothing', ''],
    ['a comment', '{}//'],
  ])('%s is refused', (_, json) => {
    expect(() => decodeJson(utf8ToBytes(json))).toThrow();
  });

  test('bytes that are not UTF-8 are refused', () => {
    expect(() => decodeJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow();
  });

  test('undefined, NaN and infinity cannot be encoded', () => {
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => encodeJson(value)).toThrow();
    }
  });
});

describe('bytes', () => {
  test('big-endian numbers refuse what does not fit', () => {
    expect(bytesToHex(u16(0x0102))).toBe('0102');
    expect(bytesToHex(u32(0xfffefdfc))).toBe('fffefdfc');
    for (const wrong of [-1, 1.5, 0x10000]) expect(() => u16(wrong)).toThrow(RangeError);
    for (const wrong of [-1, 1.5, 0x100000000]) expect(() => u32(wrong)).toThrow(RangeError);
  });

  test('text of any length and letters is UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (any) => {
        expect(utf8ToBytes(any)).toEqual(new Uint8Array(new TextEncoder().encode(any)));
      }),
    );
    expect(bytesToHex(utf8ToBytes('a\ud800'))).toBe('61efbfbd');
  });

  test('two different lists of fields never have the same length-prefixed bytes', () => {
    const fields = fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(fields, fields, (one, other) => {
        const isSame = bytesToHex(lengthPrefixed(...one)) === bytesToHex(lengthPrefixed(...other));
        expect(isSame).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 500 },
    );
  });
});
