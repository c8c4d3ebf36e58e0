import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { seededRandom } from '../../test/support/people.ts';
import { hexToBytes } from './bytes.ts';
import {
  digestWords,
  eightWords,
  fourWords,
  generatePassphrase,
  normaliseWords,
  unknownWords,
} from './words.ts';

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('the words of a digest are BIP-39’s words of the same bits', () => {
  fc.assert(
    fc.property(digest, (bytes) => {
      // BIP-39 appends its checksum after the entropy, so the first 23 words are the digest's own.
      const words = entropyToMnemonic(bytes, wordlist).split(' ').slice(0, 23).join(' ');
      expect(digestWords(bytes, 23)).toBe(words);
      expect(words.startsWith(`${eightWords(bytes)} `)).toBe(true);
      expect(eightWords(bytes).startsWith(`${fourWords(bytes)} `)).toBe(true);
    }),
  );
  expect(eightWords(hexToBytes('00'.repeat(32)))).toBe('abandon '.repeat(8).trim());
  expect(eightWords(hexToBytes('ff'.repeat(32)))).toBe('zoo '.repeat(8).trim());
  expect(() => eightWords(new Uint8Array(10))).toThrow(RangeError);
});

test('each of the first 88 bits changes the eight words, no later one does', () => {
  const zero = eightWords(new Uint8Array(32));
  for (let bit = 0; bit < 256; bit++) {
    const bytes = new Uint8Array(32);
    bytes[bit >> 3] = 0x80 >> (bit & 7);
    expect(eightWords(bytes) !== zero).toBe(bit < 88);
  }
});

test('typed words are compared without case, commas and spaces', () => {
  fc.assert(
    fc.property(digest, (bytes) => {
      const words = eightWords(bytes);
      expect(normaliseWords(`  ${words.toUpperCase().replaceAll(' ', ' , \t')}\n`)).toBe(words);
      expect(unknownWords(words)).toEqual([]);
    }),
  );
  expect(unknownWords('abandon zzz  zoo')).toEqual(['zzz']);
});

test('a passphrase has as many known words as asked for, from the random source alone', () => {
  const text = new TextDecoder().decode(generatePassphrase());
  expect(text.split(' ')).toHaveLength(6);
  expect(unknownWords(text)).toEqual([]);
  const twice = [seededRandom('a'), seededRandom('a')].map((random) =>
    new TextDecoder().decode(generatePassphrase(7, random)),
  );
  expect(twice[0]).toBe(twice[1]);
  expect(twice[0]?.split(' ')).toHaveLength(7);
  expect(new TextDecoder().decode(generatePassphrase(6, seededRandom('b')))).not.toBe(
    new TextDecoder().decode(generatePassphrase(6, seededRandom('c'))),
  );
});
