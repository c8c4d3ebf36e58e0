import { describe, expect, test } from 'vitest';
import type { MediumKind } from '../../shared/sharing/media-kinds.ts';
import {
  isEnough,
  notEnough,
  stillToCome,
  whatIsLost,
  whatStillWorks,
  whatToDo,
  whysOf,
  writingFacts,
  type Giving,
} from './key-lost-words.ts';

const OTP: readonly MediumKind[] = ['yubikey-otp'];
const FIDO: readonly MediumKind[] = ['yubikey-fido2'];
const WHYS = ['blocked', 'dead', 'lost'] as const;

/** Any 3 of 4, one given. */
const giving = (change: Partial<Giving> = {}): Giving => ({
  media: FIDO,
  keyOn: ['stick'],
  count: 4,
  progress: { done: 1, of: 3 },
  gotUp: 0,
  ...change,
});

describe('the OTP interface has no PIN', () => {
  test('so none of it is said to be blocked or asked for', () => {
    expect(whysOf(OTP).map(({ id }) => id)).toEqual(['dead', 'lost']);
    expect(whysOf(FIDO).map(({ id }) => id)).toEqual([...WHYS]);
    const all = [
      ...(['dead', 'lost'] as const).map((why) => whatIsLost(why, giving({ media: OTP }))),
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
  [OTP, /^Get up: another custodian/],
  [FIDO, /^Use the backup key if it is here\. Otherwise get up:/],
  [[...OTP, 'paper'] as const, /^Use the copy if it is here\./],
  [[...FIDO, 'usb'] as const, /^Use the backup key or the copy if it is here\./],
])('%s: what to try before getting up', (media, words) => {
  expect(whatToDo(giving({ media }))).toMatch(words);
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
