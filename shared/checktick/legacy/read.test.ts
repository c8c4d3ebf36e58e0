import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { bytesOf, checktickVectors, codeOf, textOf } from '../../../test/support/legacy.ts';
import { bytesToHex } from '../../encoding/bytes.ts';
import { randomBytes } from '../../secret/random.ts';
import {
  formatLegacyShare,
  readLegacyCode,
  readLegacyComponent,
  readLegacyFile,
  readTypedComponent,
} from '../index.ts';

const good: string[] = checktickVectors('shamir_negative').good_shares;
const [first = '', second = ''] = good;
const texts = (file: Uint8Array) =>
  readLegacyFile(file).map((share) => textOf(formatLegacyShare(share)));
const refusedFile = (text: string) => codeOf(() => readLegacyFile(bytesOf(text)));

function utf16(text: string, little: boolean): Uint8Array {
  const units = Array.from(`\u{feff}${text}`, (character) => character.charCodeAt(0));
  return Uint8Array.from(units.flatMap((u) => (little ? [u & 255, u >> 8] : [u >> 8, u & 255])));
}

describe('a text file', () => {
  const printed = good.map((share, i) => `Share ${i + 1}: ${share}`);
  const same: [string, Uint8Array, string[]][] = [
    ['one line', bytesOf(first), [first]],
    ['with a line end', bytesOf(`${first}\n`), [first]],
    ['with the line end of Windows', bytesOf(`${first}\r\n`), [first]],
    ['with spaces and empty lines around it', bytesOf(`\n \t${first}  \r\n\r\n`), [first]],
    ['in capitals', bytesOf(first.toUpperCase()), [first]],
    ['with a byte order mark', bytesOf(`\u{feff}${first}\r\n`), [first]],
    ['in UTF-16 as Windows writes it', utf16(`${first}\r\n`, true), [first]],
    ['in UTF-16, high byte first', utf16(first, false), [first]],
    ['as the command prints it', bytesOf(printed[0] ?? ''), [first]],
    ['the whole output', bytesOf(printed.join('\r\n')), good],
    ['lines ended as of old', bytesOf(good.join('\r')), good],
  ];
  for (const [name, file, shares] of same) {
    test(name, () => expect(texts(file)).toEqual(shares));
  }

  const refused: [string, string, string][] = [
    ['empty', '', 'legacy-file'],
    ['white space only', ' \r\n\n', 'legacy-file'],
    ['a heading', `Shares of 2024\n${first}`, 'legacy-not-a-share'],
    ['two shares in one line', `${first} ${second}`, 'legacy-foreign-character'],
    ['a share over two lines', `${first.slice(0, 300)}\n${first.slice(300)}`, 'legacy-not-a-share'],
    ['the label of another share', `Share 2: ${first}`, 'legacy-number-differs'],
    ['another label', `share 1: ${first}`, 'legacy-not-a-share'],
    ['a label without its space', `Share 1:${first}`, 'legacy-not-a-share'],
    ['a label with a zero', `Share 01: ${first}`, 'legacy-not-a-share'],
    ['a comment sign', `# Share 1: ${first}`, 'legacy-not-a-share'],
    ['quotes', `"${first}"`, 'legacy-not-a-share'],
    ['a byte order mark in the middle', `${first}\n\u{feff}${second}`, 'legacy-not-a-share'],
    ['the form of the documentation', 'Share 1: 801-abc123def456', 'legacy-documented-form'],
  ];
  for (const [name, text, code] of refused) {
    test(`is refused: ${name}`, async () => expect(await refusedFile(text)).toBe(code));
  }

  test('names the line', () => {
    const file = bytesOf(`${first}\r\n\r\n${second.slice(0, -1)}g`);
    expect(() => readLegacyFile(file)).toThrow('of line 3 is no digit');
  });

  test('UTF-16 that is no plain text, and a file that is too long', async () => {
    expect(await codeOf(() => readLegacyFile(utf16(`${first}ש`, true)))).toBe('legacy-file');
    expect(await codeOf(() => readLegacyFile(utf16(first, true).slice(0, -1)))).toBe('legacy-file');
    expect(await codeOf(() => readLegacyFile(new Uint8Array(600_000)))).toBe('legacy-file');
  });

  test('whatever bytes come, shares or a refusal, and the bytes stay as they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (file) => {
        const before = file.slice();
        expect(await codeOf(() => readLegacyFile(file))).toMatch(/^legacy-/);
        expect(await codeOf(() => readLegacyComponent(file))).toMatch(/^(legacy-|accepted$)/);
        expect(file).toEqual(before);
      }),
    );
  });
});

test('a code holds one share and nothing else', async () => {
  expect(readLegacyCode(bytesOf(first)).number).toBe(1);
  expect(await codeOf(() => readLegacyCode(bytesOf(`${first}\n${second}`)))).toBe(
    'legacy-foreign-character',
  );
  expect(await codeOf(() => readLegacyCode(bytesOf('CONCLAVE/1/SHARE/QPZRY9X8')))).toBe(
    'legacy-not-a-share',
  );
});

describe('an unsplit component', () => {
  test('leaves no copy of its digits behind', () => {
    const copies = vi.spyOn(Uint8Array.prototype, 'filter');
    try {
      const hex = bytesToHex(randomBytes(64));
      for (const read of [readLegacyComponent, readTypedComponent]) read(bytesOf(`${hex}\n`));
      expect(copies).toHaveBeenCalled();
      for (const { value } of copies.mock.results) {
        expect(value).toEqual(new Uint8Array(hex.length));
      }
    } finally {
      copies.mockRestore();
    }
  });

  const read = (file: Uint8Array, length: number) =>
    bytesToHex(readLegacyComponent(file).unprovedBytes(length));

  test('of 32 or 64 bytes, raw or in hexadecimal digits of either case', () => {
    fc.assert(
      fc.property(fc.constantFrom(32, 64), (length) => {
        const component = randomBytes(length);
        const hex = bytesToHex(component);
        for (const file of [
          component,
          bytesOf(hex),
          bytesOf(`${hex.toUpperCase()}\r\n`),
          bytesOf(`\u{feff} ${hex.replaceAll(/(.{8})/g, '$1 ')}\n`),
          utf16(hex, true),
        ]) {
          expect(read(file, length)).toBe(hex);
        }
        expect(readLegacyComponent(component)).toMatchObject({ proved: false, standing: 'alone' });
      }),
      { numRuns: 20 },
    );
  });

  test('raw bytes that begin or end like a text file are left alone', () => {
    for (const [begin, end] of [
      [0xff, 0xfe],
      [0xef, 0x0a],
      [0x20, 0x0d],
    ]) {
      const component = randomBytes(64);
      component.set([begin ?? 0, end === 0xfe ? end : 0xbb, 0xbf]);
      component[63] = end ?? 0;
      expect(read(component, 64)).toBe(bytesToHex(component));
    }
  });

  test('is refused in any other length, as other text, and when it is zero', async () => {
    const refused: [Uint8Array, string][] = [
      [new Uint8Array(0), 'legacy-file'],
      [randomBytes(31).fill(0xa5), 'legacy-file'],
      [randomBytes(65).fill(0xa5), 'legacy-file'],
      [bytesOf('ab'.repeat(33)), 'legacy-file'],
      [bytesOf('ab'.repeat(16)), 'legacy-file'],
      [bytesOf(`${'ab'.repeat(63)}a`), 'legacy-file'],
      [bytesOf(`0x${'ab'.repeat(64)}`), 'legacy-file'],
      [bytesOf('g'.repeat(64)), 'legacy-file'],
      [bytesOf(first), 'legacy-file'],
      [new Uint8Array(64), 'legacy-zero'],
      [bytesOf('0'.repeat(128)), 'legacy-zero'],
    ];
    for (const [file, code] of refused) {
      expect(await codeOf(() => readLegacyComponent(file))).toBe(code);
    }
  });
});
