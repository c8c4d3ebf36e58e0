import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inGroups, passphraseBytes, symbolCount } from './typed.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('a passphrase', () => {
  it('of six plain words is spelt as it was generated', () => {
    expect(text(passphraseBytes('  Anchor velvet\tCOPPER  morning orbit lizard '))).toBe(
      'anchor velvet copper morning orbit lizard',
    );
  });

  it('of a person’s own goes as it was typed', () => {
    for (const own of ['Correct  Horse 9!', 'five words are not six', ' ü ']) {
      expect(text(passphraseBytes(own))).toBe(own);
    }
  });
});

describe('a typed line', () => {
  it('stands in groups of four, and grouping it again changes nothing', () => {
    expect(inGroups('abcd-efgh ij')).toBe('ABCD EFGH IJ');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '7', ' ', '-', 'Q') }), (typed) => {
        const once = inGroups(typed);
        return inGroups(once) === once && symbolCount(once) === symbolCount(typed);
      }),
    );
  });
});
