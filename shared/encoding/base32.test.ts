import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALPHABET, decodeBase32, encodeBase32 } from './base32.ts';

test('bytes survive, in symbols that a QR code packs and nobody confuses', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const text = encodeBase32(bytes);
      expect(text).toMatch(/^[02-9AC-HJ-NP-Z]*$/);
      expect(decodeBase32(text)).toEqual(bytes);
    }),
  );
});

test('the symbols of BIP-173, in its order', () => {
  expect(ALPHABET).toBe('qpzry9x8gf2tvdw0s3jn54khce6mua7l'.toUpperCase());
  expect(encodeBase32(Uint8Array.of(0x00, 0x44, 0x32, 0x14, 0xc7))).toBe('QPZRY9X8');
});

test('every value has one text: of all texts of up to three symbols those that decode encode back', () => {
  const symbols = Array.from(ALPHABET);
  const texts = symbols.flatMap((a) =>
    symbols.flatMap((b) => [a + b, ...symbols.map((c) => a + b + c)]),
  );
  let read = 0;
  for (const text of [...symbols, ...texts]) {
    let bytes: Uint8Array;
    try {
      bytes = decodeBase32(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'code-damaged' });
      continue;
    }
    read += 1;
    expect(encodeBase32(bytes)).toBe(text);
  }
  // One byte is two symbols; one or three symbols are no whole number of bytes.
  expect(read).toBe(256);
});

test.each(['qp', 'QB', 'Q1', 'QI', 'QO', 'Q Q', 'QQ=', 'QÉ'])('%s is refused', (text) => {
  expect(() => decodeBase32(text)).toThrow(expect.objectContaining({ code: 'code-damaged' }));
});
