import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { fromQrText, toQrText } from './qr-text.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const kinds = fc.constantFrom('share', 'identity');

function codeOf(text: Uint8Array): string {
  try {
    fromQrText(text);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'read';
}

test('bytes and kind survive', () => {
  fc.assert(
    fc.property(kinds, fc.uint8Array({ minLength: 1, maxLength: 450 }), (kind, bytes) => {
      const text = toQrText(kind, bytes);
      expect(text).toMatch(/^[0-9A-Z $%*+\-./:]+$/);
      expect(fromQrText(ascii(text))).toEqual({ kind, bytes });
    }),
  );
});

test('the format does not move', () => {
  expect(toQrText('share', Uint8Array.of(1, 2, 3, 4, 5))).toBe('CONCLAVE/1/SHARE/QYPQXPQ9GZGY0YQ');
  expect(toQrText('identity', Uint8Array.of(1, 2, 3, 4, 5))).toBe(
    'CONCLAVE/1/IDENTITY/QYPQXPQ9A7E760C',
  );
});

test('every change of one byte, and every cut, is refused', () => {
  fc.assert(
    fc.property(kinds, fc.uint8Array({ minLength: 1, maxLength: 120 }), (kind, bytes) => {
      const text = ascii(toQrText(kind, bytes));
      for (let at = 0; at < text.length; at += 1) {
        expect(codeOf(text.subarray(0, at))).not.toBe('read');
        for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
          const changed = text.slice();
          changed[at] = (changed[at] ?? 0) ^ bit;
          expect(codeOf(changed)).not.toBe('read');
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('a share is not read as an identity, whatever its prefix says', () => {
  const text = toQrText('share', Uint8Array.of(1, 2, 3)).replace('SHARE', 'IDENTITY');
  expect(codeOf(ascii(text))).toBe('code-damaged');
});

test.each([
  ['https://example.org/', 'code-foreign'],
  ['', 'code-foreign'],
  ['conclave/1/SHARE/QQQQ', 'code-foreign'],
  ['CONCLAVE/2/SOMETHING-ELSE/QQ', 'code-newer'],
  ['CONCLAVE/2/SHARE/QQ/MORE', 'code-damaged'],
  ['CONCLAVE/0/SHARE/QQ', 'code-damaged'],
  ['CONCLAVE/1/SHARE/', 'code-damaged'],
  ['CONCLAVE/1/SHARE', 'code-damaged'],
  ['CONCLAVE/1/TICKET/QQQQQQQQ', 'code-damaged'],
  ['CONCLAVE/01/SHARE/QQQQQQQQ', 'code-damaged'],
])('%j is %s', (text, code) => {
  expect(codeOf(ascii(text))).toBe(code);
});

test('a text longer than any QR code is not looked at', () => {
  expect(codeOf(new Uint8Array(10_000_000).fill(0x51))).toBe('code-foreign');
});
