import { describe, expect, test } from 'vitest';
import type { MediumKind } from '../../shared/sharing/media-kinds.ts';
import {
  isEnough,
  notEnough,
  otherWays,
  stillToCome,
  whatIsLost,
  whatStillWorks,
  whatToDo,
  whyOf,
  whysOf,
  writingFacts,
  type Giving,
} from './key-lost-words.ts';

const OTP: readonly MediumKind[] = ['yubikey-otp'];
const FIDO: readonly MediumKind[] = ['yubikey-fido2'];
const WHYS = ['blocked', 'reset', 'dead', 'lost'] as const;

/** Any 3 of 4, one given. */
const giving = (change: Partial<Giving> = {}): Giving => ({
  media: FIDO,
  keyOn: ['stick'],
  spare: { backup: false, copy: false },
  count: 4,
  progress: { done: 1, of: 3 },
  gotUp: 0,
  ...change,
});

describe('the OTP interface has no PIN', () => {
  test('so none of it is said to be blocked or asked for', () => {
    expect(whysOf(OTP).map(({ id }) => id)).toEqual(['erased', 'changed', 'dead', 'lost']);
    expect(whysOf(FIDO).map(({ id }) => id)).toEqual([...WHYS]);
    const all = [
      ...whysOf(OTP).map(({ id }) => whatIsLost(id, giving({ media: OTP }))),
      whatStillWorks(giving({ media: OTP })),
      whatToDo(giving({ media: OTP })),
      notEnough(giving({ media: OTP, gotUp: 2 })),
      ...Object.values(
        writingFacts({ medium: 'yubikey-otp', what: 'share 2', step: 'write', onSheet: false }),
      ),
    ].join(' ');
    expect(all).not.toMatch(/PIN|backup|sheet/);
  });

  test('and its secret may exist elsewhere, when the slot was used as it was found', () => {
    expect(whatIsLost('dead', giving({ media: OTP }))).toContain('may have kept the secret');
    expect(whatIsLost('dead', giving({ media: OTP }))).not.toContain('exists anywhere');
    expect(whatIsLost('dead', giving({ media: FIDO }))).toContain('no copy exists anywhere');
    expect(whatIsLost('dead', giving({ media: FIDO }))).not.toContain('slot');
    const both = whatIsLost('dead', giving({ media: [...OTP, ...FIDO] }));
    expect(both).toContain('may have kept the secret');
    expect(both).toContain('FIDO2');
  });
});

test.each([
  [OTP, ['stick'], 'without the stick and the words.', 'keep the stick until then'],
  [OTP, ['sheet'], 'without the sheet and the words.', 'keep the sheet until then'],
  [FIDO, ['sheet'], 'without the sheet and the PIN.', 'keep the sheet until then'],
  [FIDO, [], 'without the stick or the sheet and the PIN.', 'keep the stick or the sheet until'],
  [
    [...OTP, ...FIDO],
    ['stick', 'sheet'],
    'without the stick or the sheet and the PIN or the words.',
    'keep the stick or the sheet until then',
  ],
] as const)(
  '%s, envelope on %s: what a finder would need, and what to keep',
  (media, keyOn, needs, keep) => {
    const lies = giving({ media, keyOn });
    expect(whatIsLost('lost', lies)).toContain(needs);
    expect(whatToDo(lies)).toContain(keep);
  },
);

test.each([
  [false, false, null, /^Get up: another custodian/],
  [true, false, 'the backup key', /^Use the backup key if it is here\. Otherwise get up:/],
  [false, true, 'the copy', /^Use the copy if it is here\./],
  [true, true, 'the backup key or the copy', /^Use the backup key or the copy if it is here\./],
])(
  'backup %s, copy %s: what to try before getting up, and to look for',
  (backup, copy, ways, words) => {
    const spare = { backup, copy };
    expect(otherWays(spare)).toBe(ways);
    expect(whatToDo(giving({ spare }))).toMatch(words);
    const search = notEnough(giving({ spare, gotUp: 2 }));
    expect(search.includes('Look for')).toBe(ways !== null);
    expect(search).toContain(ways ?? 'still come');
    expect(whatStillWorks(giving({ spare })).includes('The backup key opens')).toBe(backup);
    expect(whatStillWorks(giving({ spare })).includes('no other medium')).toBe(ways === null);
  },
);

test('another envelope is a copy, also where no paper and no stick with words is', () => {
  const works = whatStillWorks(giving({ media: OTP, spare: { backup: false, copy: true } }));
  expect(works).toMatch(/^There is another envelope of the share/);
});

test('what a key says of itself has its own page; everything else asks what is wrong', () => {
  expect(whyOf('fido-pin-blocked')).toBe('blocked');
  expect(whyOf('key-credential-gone')).toBe('reset');
  expect(whyOf('key-slot-erased')).toBe('erased');
  expect(whyOf('key-slot-changed')).toBe('changed');
  expect(whyOf('key-response-differs')).toBeNull();
  expect(whyOf(undefined)).toBeNull();
});

test('a key that was changed works, but never for this share', () => {
  for (const why of ['erased', 'changed'] as const) {
    const lost = whatIsLost(why, giving({ media: OTP }));
    expect(lost).toContain('The key itself works.');
    expect(lost).toContain('may have kept the secret');
  }
  expect(whatIsLost('reset', giving())).toContain('never for this share');
});

describe('who can still come', () => {
  test('is neither who gave, nor who sits here, nor who got up without giving', () => {
    expect(stillToCome(giving())).toBe(2);
    expect(stillToCome(giving({ gotUp: 1 }))).toBe(1);
    expect(stillToCome(giving({ gotUp: 2 }))).toBe(0);
  });

  test('nobody got up: nothing is said of it', () => {
    expect(isEnough(giving())).toBe(true);
    expect(whatStillWorks(giving())).toMatch(
      /any 3 of the 4 open the key\. 1 is given, and 2 other custodians can still come\.$/,
    );
  });

  test('one got up: two are needed, and one is left', () => {
    const left = giving({ gotUp: 1 });
    expect(isEnough(left)).toBe(false);
    expect(whatStillWorks(left)).toContain(
      'and 1 other custodian can still come. 1 other got up without giving, and is not counted.',
    );
    expect(notEnough(left)).toContain(
      '2 shares more are needed, and only 1 custodian can still come, unless one who got up can',
    );
    expect(whatToDo(left)).toContain('only when the key and every copy have been looked for');
  });

  test('nobody is left', () => {
    expect(notEnough(giving({ gotUp: 2 }))).toContain('and nobody else can still come, unless');
    expect(notEnough(giving({ count: 3, progress: { done: 2, of: 3 } }))).toContain(
      '1 share more is needed, and nobody else can still come.',
    );
  });
});

describe('a share that is being written', () => {
  const facts = (step: 'write' | 'read-back', onSheet: boolean) =>
    writingFacts({ medium: 'yubikey-fido2', what: 'share 2', step, onSheet });

  test('no stick is said to be written over, because none is', () => {
    expect(facts('write', false).next).toContain('never written over: take another one');
    expect(facts('read-back', false).next).toMatch(/^Have another stick ready/);
    expect(facts('read-back', false).next).toContain('never written over');
  });

  test('a sheet is no stick', () => {
    expect(facts('read-back', true).next).toContain('The sheet for this key stays closed');
    expect(facts('read-back', true).next).not.toContain('stick');
  });
});
