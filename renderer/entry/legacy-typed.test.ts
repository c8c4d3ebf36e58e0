import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewTypedShare } from '../../shared/checktick/legacy/typed.ts';
import { headNumber, inLine, placesOf, shareNumber, verdictOf } from './legacy-typed.ts';

const view = (text: string) => viewTypedShare(new TextEncoder().encode(text));
const share = (text: string) => verdictOf(view(text), false);
const whole = (text: string) => verdictOf(view(text), true);
const digits = (count: number) => '0123456789abcdef'.repeat(40).slice(0, count);

describe('what the checker says of a legacy share', () => {
  it.each([
    [0, 'plain', false],
    [1, 'plain', false],
    [255, 'plain', false],
    [256, 'plain', true],
    [508, 'plain', true],
    [509, 'good', true],
    [512, 'good', true],
    [513, 'bad', false],
  ] as const)('with %i digits', (count, tone, usable) => {
    expect(share(digits(count))).toMatchObject({ tone, usable });
  });

  it('says nothing before the first digit', () => {
    expect(share('').sentence).toBe('');
    expect(whole('').sentence).toBe('');
  });

  it('never says that the digits are right, only that there are as many', () => {
    expect(share(digits(512)).sentence).toContain('compare the groups with your paper once more');
    expect(whole(digits(64)).sentence).toContain('compare the groups with your paper once more');
  });

  it('names where something stands that is no digit, before anything else', () => {
    const text = `${digits(32)}\n${digits(8)} 01O3 ${digits(600)}`;
    expect(share(text)).toEqual({
      tone: 'bad',
      sentence: 'Only 0 to 9 and a to f can be in it. Look at line 2, group 3.',
      usable: false,
    });
    expect(whole(text)).toEqual(share(text));
  });

  it('asks for a digit that was left out of a group, but takes paper in other groups', () => {
    const text = `0123 456 ${digits(502)}`;
    expect(share(text)).toMatchObject({ tone: 'bad', usable: true });
    expect(share(text).sentence).toBe(
      'Fewer than four digits before a space: line 1, group 2. Was one left out?',
    );
    expect(share('0123 456 789a')).toMatchObject({ tone: 'bad', usable: false });
  });
});

describe('what it says of a whole component', () => {
  it.each([
    [63, 'plain', false],
    [64, 'good', true],
    [65, 'plain', false],
    [127, 'plain', false],
    [128, 'good', true],
    [129, 'bad', false],
  ] as const)('with %i digits', (count, tone, usable) => {
    expect(whole(digits(count))).toMatchObject({ tone, usable });
  });
});

describe('places', () => {
  it('of four at most, and how many more there are', () => {
    const groups = view('x '.repeat(7)).groups;
    expect(placesOf(groups)).toBe(
      'line 1, group 1; line 1, group 2; line 1, group 3; line 1, group 4; and 3 others',
    );
    expect(placesOf(groups.slice(0, 5))).toMatch(/; and 1 other$/);
  });

  it('count a group within its line', () => {
    expect([1, 8, 9, 16, 17].map(inLine)).toEqual([1, 8, 1, 8, 1]);
  });
});

describe('the number of a share', () => {
  it('is 1 to 255, as it was typed', () => {
    expect(['1', ' 7 ', '255'].map(shareNumber)).toEqual([1, 7, 255]);
    for (const typed of ['', '0', '01', '256', '-1', '1.5', '٣', '1e2', 'x']) {
      expect(shareNumber(typed), typed).toBeNull();
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), (one) => shareNumber(String(one)) === one),
    );
  });

  it('is found in the head of a share that was pasted', () => {
    expect(headNumber('803-3-00ab')).toBe('3');
    expect(headNumber('  80255-255-0')).toBe('255');
    expect(headNumber('803 3 00ab')).toBeNull();
    expect(headNumber('3-00ab')).toBeNull();
  });
});
