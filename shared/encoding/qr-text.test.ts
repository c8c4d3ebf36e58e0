import { sha256 } from '@noble/hashes/sha2.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { encodeBase32 } from './base32.ts';
import { fromQrText, toQrText } from './qr-text.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const kinds = fc.constantFrom('share' as const, 'identity' as const, 'key-share' as const);
const sheets = fc.integer({ min: 1, max: 99 });

function codeOf(text: Uint8Array): string {
  try {
    fromQrText(text);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'read';
}

test('bytes, kind and sheet survive', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 1024 });
  fc.assert(
    fc.property(kinds, bytes, sheets, (kind, payload, sheet) => {
      const text = toQrText(kind, payload, sheet);
      expect(text).toMatch(/^[0-9A-Z $%*+\-./:]+$/);
      expect(fromQrText(ascii(text))).toEqual({ kind, sheet, bytes: payload });
    }),
  );
});

test('a sheet that nobody printed is the caller’s mistake, and refused when it is read', () => {
  for (const sheet of [0, 100, 1.5, -1]) {
    expect(() => toQrText('share', Uint8Array.of(1), sheet)).toThrow(RangeError);
  }
  for (const sheet of [0, 100, 255]) {
    const label = new TextEncoder().encode('conclave/v1/qr-text/share\0');
    const content = Uint8Array.of(sheet, 1, 2, 3);
    const check = sha256(Uint8Array.of(...label, ...content)).subarray(0, 4);
    const text = `CONCLAVE/1/SHARE/${encodeBase32(Uint8Array.of(...content, ...check))}`;
    expect(codeOf(ascii(text))).toBe('code-damaged');
  }
});

test('the format does not move', () => {
  expect(toQrText('share', Uint8Array.of(1, 2, 3, 4, 5))).toBe('CONCLAVE/1/SHARE/QYQSYQCYQK4HYDG2');
  expect(toQrText('identity', Uint8Array.of(1, 2, 3, 4, 5))).toBe(
    'CONCLAVE/1/IDENTITY/QYQSYQCYQHMNQPPP',
  );
  expect(toQrText('key-share', Uint8Array.of(1, 2, 3, 4, 5))).toBe(
    'CONCLAVE/1/KEYSHARE/QYQSYQCYQKLAZ39R',
  );
});

test('a share of the usual length: every position with every other byte is refused', () => {
  const text = ascii(toQrText('share', new Uint8Array(102).fill(7), 2));
  for (let at = 0; at < text.length; at += 1) {
    for (let other = 1; other < 256; other += 1) {
      const changed = text.slice();
      changed[at] = (changed[at] ?? 0) ^ other;
      if (codeOf(changed) === 'read') throw new Error(`read at ${at} ^ ${other}`);
    }
  }
});

test('every change of one byte, and every cut, is refused', () => {
  const payloads = fc.uint8Array({ minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(kinds, payloads, sheets, (kind, bytes, sheet) => {
      const text = ascii(toQrText(kind, bytes, sheet));
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
