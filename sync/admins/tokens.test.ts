import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createToken, parseToken, sameHash } from './tokens.ts';

it('finds a token again by its prefix and hash', () => {
  const { text, stored } = createToken();
  const parsed = parseToken(text);
  expect(parsed?.prefix).toBe(stored.prefix);
  expect(sameHash(parsed?.hash ?? new Uint8Array(), stored.hash)).toBe(true);
  expect(createToken().text).not.toBe(text);
});

it('takes no other text for it: every change of one character', () => {
  const { text, stored } = createToken();
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ .='.split('');
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...alphabet), (at, character) => {
      if (text[at] === character) return;
      const parsed = parseToken(text.slice(0, at) + character + text.slice(at + 1));
      const same =
        parsed !== undefined &&
        parsed.prefix === stored.prefix &&
        sameHash(parsed.hash, stored.hash);
      expect(same).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

it('never throws on foreign text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseToken(text)).toBeUndefined();
    }),
  );
});
