import { describe, expect, it } from 'vitest';
import type { LegacyJudgement } from '../../shared/ceremony/types.ts';
import {
  givenInWords,
  judgedInWords,
  placesInWords,
  proofInWords,
  stillNeeded,
  suspectInWords,
} from './legacy-words.ts';

type Standing = LegacyJudgement['standing'];

const suspect = (number: number) => ({ number, slip: 'digit', positions: [217] }) as const;
const judged = (standing: Standing, agreed: boolean, numbers: readonly number[] = []) => ({
  standing,
  agreed,
  provable: true,
  suspects: numbers.map(suspect),
});

describe('how legacy shares compare', () => {
  it('is called good only where they agree', () => {
    const all: readonly Standing[] = ['whole', 'uncompared', 'wrong', 'one-of', 'several-wrong'];
    for (const standing of all) {
      for (const proves of [true, false, null]) {
        expect(judgedInWords(judged(standing, true, [3]), proves).tone, standing).not.toBe('good');
      }
    }
    expect(judgedInWords(judged('agree', true), true).tone).toBe('good');
  });

  it('says unproved wherever nothing was compared', () => {
    for (const standing of ['whole', 'uncompared'] as const) {
      expect(judgedInWords(judged(standing, false), false).text).toContain('stays unproved');
      expect(judgedInWords(judged(standing, false), true).text).toContain('until it opens');
    }
    const wrong = judgedInWords(judged('wrong', false, [3]), false);
    expect(wrong.title).toBe('Legacy share 3 is wrong.');
    expect(wrong.text).toContain('compared with nothing');
    expect(wrong.text).toContain('stays unproved');
  });

  it('says that the others agree only where they were compared', () => {
    expect(judgedInWords(judged('wrong', true, [3]), true).title).toBe(
      'Legacy share 3 is wrong. The others agree.',
    );
    expect(judgedInWords(judged('wrong', true, [4, 2]), true).title).toBe(
      'Legacy shares 2 and 4 are wrong. The others agree.',
    );
  });

  it('promises that a stored survey key tells which only where there is one', () => {
    const { text } = judgedInWords(judged('one-of', false, [1, 4]), true);
    expect(text).toContain('the stored survey key tells which');
    for (const proves of [false, null]) {
      const without = judgedInWords(judged('one-of', false, [1, 4]), proves).text;
      expect(without).not.toContain('stored survey key');
      expect(without).toContain('Bring one more');
    }
  });
});

describe('a suspect', () => {
  it('is accused only where it alone can be meant, and its digit is found on paper', () => {
    expect(suspectInWords(suspect(3), true)).toBe(
      'Legacy share 3: digit 217 (line 7, group 7) does not fit.',
    );
    expect(suspectInWords(suspect(3), false)).toMatch(/^Legacy share 3, if it is this one: /);
  });

  it.each([
    [1, 'line 1, group 1'],
    [4, 'line 1, group 1'],
    [5, 'line 1, group 2'],
    [32, 'line 1, group 8'],
    [33, 'line 2, group 1'],
    [512, 'line 16, group 8'],
  ])('digit %i is in %s, as the checker shows it', (position, place) => {
    const words = suspectInWords({ number: 1, slip: 'swapped', positions: [position] }, true);
    expect(words).toContain(`digit ${position} (${place}) and the one after it are exchanged`);
  });
});

describe('what sync found', () => {
  it('never says that the key can be proved where no stored survey key came along', () => {
    const found = {
      version: 'v1',
      state: 'active',
      compared: 'same',
      escrows: 12,
      proof: null,
    } as const;
    expect(proofInWords(found)).toContain('Nothing here can prove the key');
    expect(proofInWords({ ...found, escrows: 0 })).toContain('Nothing exists');
  });

  it('tells an entry of Vault that is missing from one that cannot be read', () => {
    expect(placesInWords({ compared: 'row-only' }, 'missing')).toContain('has no entry');
    expect(placesInWords({ compared: 'row-only' }, 'unreadable')).toContain('cannot be read');
  });
});

describe('what is still needed', () => {
  it('is counted from none to more than enough', () => {
    const split = { threshold: 3, count: 4 };
    expect(stillNeeded(split, 0)).toBe('None is here yet, and 3 are needed.');
    expect(stillNeeded(split, 2)).toBe('2 of the 3 that are needed are here.');
    expect(stillNeeded(split, 3)).toContain('As many as are needed are here.');
    expect(stillNeeded(split, 4)).toBe('1 more than needed: a wrong digit can be found.');
  });

  it('what was given is in order', () => {
    expect(givenInWords({ numbers: [] })).toBe('The whole component');
    expect(givenInWords({ numbers: [3, 1] })).toBe('Legacy shares 1 and 3');
    expect(givenInWords({ numbers: [4] })).toBe('Legacy share 4');
  });
});
