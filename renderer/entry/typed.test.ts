import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inGroups, symbolCount } from './typed.ts';

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
