import { describe, expect, test } from 'vitest';
import { bytesOf, checktickVectors, codeOf, textOf } from '../../../test/support/legacy.ts';
import { Refusal } from '../../refusal.ts';
import { bytesToHex } from '../../encoding/bytes.ts';
import { randomBytes } from '../../secret/random.ts';
import { formatLegacyShare, readTypedComponent, readTypedShare, viewTypedShare } from '../index.ts';

const good: string = checktickVectors('shamir_negative').good_shares[0];
const digits = good.slice('801-1-'.length);
const inGroups = (text: string, size = 4) =>
  text.replaceAll(new RegExp(`(.{${size}})`, 'g'), '$1 ').trim();
const view = (text: string) => viewTypedShare(bytesOf(text));
const states = (text: string) => view(text).groups.map(({ state }) => state);

describe('what is seen while it is typed', () => {
  test('groups of four, eight to a line, wherever the digits come from', () => {
    const lines = (inGroups(digits).match(/.{1,40}/g) ?? []).join('\n');
    for (const text of [digits, inGroups(digits), inGroups(digits, 8), good, ` ${good}\n`, lines]) {
      const seen = view(text);
      expect(seen.digits).toBe(digits.length);
      expect(seen.verdict).toBe('usual');
      expect(
        seen.groups.map(({ from, to }) => text.slice(from, to).replaceAll('\n', '')).join(''),
      ).toBe(digits);
      expect(seen.groups.map(({ line }) => line)).toEqual(
        seen.groups.map((_, i) => Math.floor(i / 8) + 1),
      );
    }
  });

  test('a group that ends early is named, and the last may be short', () => {
    expect(states('1234 567 89ab c')).toEqual(['complete', 'incomplete', 'complete', 'last']);
    expect(view('1234 567 89ab c').verdict).toBe('incomplete');
    const missing = inGroups(digits).split(' ');
    missing[41] = (missing[41] ?? '').slice(1);
    const seen = view(missing.join(' '));
    expect(seen.verdict).toBe('incomplete');
    expect(seen.groups.filter(({ state }) => state === 'incomplete')).toMatchObject([
      { group: 42, line: 6 },
    ]);
  });

  test('a foreign character spoils its own group and no other', () => {
    const text = inGroups(digits).replace(/^(.{7})./, '$1O');
    expect(view(text).verdict).toBe('foreign');
    expect(view(text).groups.filter(({ state }) => state === 'foreign')).toMatchObject([
      { group: 2 },
    ]);
    expect(states('12-4 5678')).toEqual(['foreign', 'complete']);
    expect(states('Ä234')).toEqual(['foreign', 'last']);
  });

  test('how many digits there are is judged', () => {
    const verdict = (count: number) => view('7'.repeat(count)).verdict;
    expect(view('').verdict).toBe('empty');
    expect(view('801-1-').verdict).toBe('empty');
    expect([1, 255, 256, 508, 509, 512, 513].map(verdict)).toEqual([
      'short',
      'short',
      'unusual',
      'unusual',
      'usual',
      'usual',
      'long',
    ]);
  });

  test('a place in the text and no digit of it', () => {
    expect(JSON.stringify(view(digits))).not.toContain(digits.slice(0, 8));
  });
});

describe('what was typed', () => {
  test('is the share, with or without its head, in groups and lines', () => {
    for (const text of [digits, inGroups(digits), good, ` ${inGroups(good.toUpperCase(), 7)}\n`]) {
      expect(textOf(formatLegacyShare(readTypedShare(bytesOf(text), 1)))).toBe(good);
    }
  });

  test('is refused as any share, and where the head is of another one', async () => {
    const read = (text: string, number = 1) => codeOf(() => readTypedShare(bytesOf(text), number));
    expect(await read(good, 2)).toBe('legacy-number-differs');
    expect(await read(good.replace('801-1', '801-2'))).toBe('legacy-number-differs');
    expect(await read(digits.slice(0, 200))).toBe('legacy-length');
    expect(await read(`${digits}0000`)).toBe('legacy-length');
    expect(await read(digits.replace(/.$/, 'O'))).toBe('legacy-foreign-character');
    expect(await read(digits, 0)).toBe('legacy-number');
    expect(await read('')).toBe('legacy-length');
  });
});

describe('a component that was typed', () => {
  test.each([32, 64])('of %d bytes is those bytes, in capitals, groups and lines', (length) => {
    const bytes = randomBytes(length);
    const text = bytesToHex(bytes);
    for (const typed of [text, inGroups(text), ` ${inGroups(text.toUpperCase(), 7)}\n`]) {
      expect(readTypedComponent(bytesOf(typed)).unprovedBytes(length)).toEqual(bytes);
    }
  });

  test('is refused with its place or its number of digits, and not as a file', () => {
    const said = (typed: string) => {
      try {
        readTypedComponent(bytesOf(typed));
      } catch (error) {
        if (error instanceof Refusal) return [error.code, error.note().happened];
        throw error;
      }
      return [];
    };
    const text = 'a5'.repeat(32);
    expect(said(inGroups(text).replace('a5a5 a5a5', 'a5a5 a5O5'))).toEqual([
      'legacy-foreign-character',
      'Character 7 of the long number of the component is no digit from 0 to 9 or a to f.',
    ]);
    for (const wrong of [text.slice(1), `${text}a`, text.slice(2), '']) {
      expect(said(wrong)).toEqual([
        'component-digits',
        `The component that was typed has ${wrong.length} digits.`,
      ]);
    }
    expect(said('0'.repeat(128))[0]).toBe('legacy-zero');
  });
});
