import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createCode, createSpokenCode, spokenCodeHash, parseCode } from './codes.ts';

it('finds a code again by its hash, and takes none for another', () => {
  const { text, hash } = createCode('cce');
  expect(parseCode('cce', text)).toEqual(hash);
  expect(parseCode('ccn', text)).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
      if (text[at] === other) return;
      const changed = parseCode('cce', text.slice(0, at) + other + text.slice(at + 1));
      expect(changed === undefined || !Buffer.from(changed).equals(hash)).toBe(true);
    }),
  );
});

it('takes a spoken code as people hear and type it', () => {
  for (let round = 0; round < 200; round += 1) {
    const { text, hash } = createSpokenCode();
    expect(text).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    const typed = ` ${text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    expect(spokenCodeHash(typed)).toEqual(hash);
    expect(spokenCodeHash(text.slice(1))).not.toEqual(hash);
  }
});
