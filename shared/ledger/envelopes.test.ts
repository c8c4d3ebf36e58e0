import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FIRST,
  SECOND,
  chosen,
  d,
  digest,
  given,
  gone,
  kept1,
  known,
  log,
  onStick,
  printing,
  read,
  renewed,
  whose,
  type Line,
} from '../../test/support/envelope-lines.ts';
import { standingOf } from './known-envelopes.ts';

describe('an envelope that another one replaced', () => {
  test('is known with the one that counts now, its sheet, and when it was said to be destroyed', () => {
    const logs = [
      log(SECOND, 9000, renewed(2, 3, [2, 3])),
      log(FIRST, 0, renewed(1, 2, [1, 2]), gone('1', 2)),
    ];
    const found = known(logs);
    expect(standingOf(read(1, { sheet: 1 }), found)).toEqual({
      standing: 'replaced',
      by: {
        envelope: d(1),
        index: 3,
        replacedAt: '2026-05-03T09:30:10Z',
        live: d(3),
        liveSince: '2026-05-03T12:00:10Z',
        liveSheet: 3,
        saidLost: false,
        destroyed: { at: '2026-05-03T09:30:20Z', witness: 'witness' },
      },
    });
    expect(standingOf(read(2, { sheet: 2 }), found)).toMatchObject({
      standing: 'replaced',
      by: { live: d(3), destroyed: null },
    });
    expect(standingOf(read(3, { sheet: 3, ceremonyId: SECOND }), found).standing).toBe('newest');
  });

  test('and was used because that one was lost: the lost one is over as well', () => {
    const found = known([
      log(FIRST, 0, renewed(1, 2, [1, 2]), gone('1', 2)),
      log(SECOND, 9000, renewed(1, 9, [1, 3]), gone('1', 3)),
    ]);
    expect(standingOf(read(1), found)).toMatchObject({ by: { live: d(9), liveSheet: 3 } });
    expect(standingOf(read(2), found)).toMatchObject({
      standing: 'replaced',
      by: { live: d(9), saidLost: true, destroyed: null },
    });
    expect(standingOf(read(9), found).standing).toBe('newest');
  });

  test('on a stick that nobody could read is over when the new one was given from it', () => {
    const unknown: Line = [
      'envelope-unknown',
      { ...whose, before: digest(1), after: digest(2), reason: 'taken out' },
    ];
    const first = log(FIRST, 0, unknown);
    expect(standingOf(read(1), known([first])).standing).toBe('not-known');
    const both = known([first, log(SECOND, 9000, renewed(2, 3))]);
    expect(standingOf(read(1), both)).toMatchObject({ by: { live: d(3), liveSheet: null } });
    const old = known([first, log(SECOND, 9000, renewed(1, 3))]);
    expect(standingOf(read(2), old).standing).toBe('not-known');
  });

  test('on a stick whose laptop lost its power at the rename is over when the new one was given', () => {
    const making: Line = ['envelope-making', { ...whose, before: digest(1), after: digest(2) }];
    const cut = log(FIRST, 0, onStick(1), making);
    // Either may be on it.
    expect(standingOf(read(1), known([cut])).standing).toBe('not-known');
    expect(standingOf(read(2), known([cut])).standing).toBe('not-known');
    const anew = known([cut, log(SECOND, 9000, onStick(2), renewed(2, 3))]);
    expect(standingOf(read(1), anew)).toMatchObject({ by: { live: d(3) } });
    expect(standingOf(read(2), anew)).toMatchObject({ by: { live: d(3) } });
    // That it was given is enough.
    expect(standingOf(read(1), known([cut, log(SECOND, 9000, onStick(2))]))).toMatchObject({
      by: { live: d(2) },
    });
    // Where its own log goes on, nothing is open.
    const done = known([log(FIRST, 0, onStick(1), making, renewed(1, 2))]);
    expect(standingOf(read(2), done).standing).toBe('newest');
    const kept: Line = ['envelope-kept', { ...whose, envelope: digest(1), reason: 'full' }];
    const old = known([log(FIRST, 0, onStick(1), making, kept)]);
    expect(standingOf(read(1), old).standing).toBe('newest');
  });

  test('whatever the logs say, there is an end, and what counts is over itself nowhere', () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 12 }), (pairs) => {
        // Every third is a choice, and what became of it.
        const lines = pairs.flatMap(([a, b], at): Line[] =>
          at % 3 === 2
            ? [chosen(a, 'replaced', { live: digest(b) }), given(a, a)]
            : [renewed(a, b)],
        );
        const { replaced } = known([log(FIRST, 0, ...lines)]);
        const over = new Set(replaced.map(({ envelope }) => envelope));
        expect(over.size).toBe(replaced.length);
        for (const { envelope, live } of replaced) {
          expect(live).not.toBe(envelope);
          expect(over.has(live)).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a print of a renewal that was not read back', () => {
  const lines: readonly Line[] = [
    ['envelope-printing', { ...whose, sheet: 2 }],
    ['envelope-printing', { ...whose, sheet: 3 }],
    renewed(1, 7, [1, 3]),
    gone('1, 2', 3),
  ];
  test('never counted; the one that was read back is the newest', () => {
    const found = known([log(FIRST, 0, ...lines)]);
    expect(standingOf(read(5, { sheet: 2 }), found)).toMatchObject({
      standing: 'not-counted',
      among: { good: 3, counted: [d(7)], destroyed: [{ sheets: [1, 2], witness: 'witness' }] },
    });
    expect(standingOf(read(7, { sheet: 3 }), found).standing).toBe('newest');
    // Of another share, of another ceremony, or on a stick: nothing is said of it.
    for (const other of [{ sheet: 2, index: 2 }, { sheet: 2, ceremonyId: SECOND }, {}]) {
      expect(standingOf(read(5, other), found).standing).toBe('not-known');
    }
  });

  test('is refused with the sheet that counts today, not the one of that day', () => {
    const found = known([log(FIRST, 0, ...lines), log(SECOND, 9000, renewed(7, 8, [3, 4]))]);
    expect(standingOf(read(5, { sheet: 2 }), found)).toMatchObject({
      among: { live: d(8), good: 4 },
    });
    // The same where the sheet that was given on that day stayed, and was made anew since.
    const kept = log(FIRST, 0, given(1, 1), printing(2), kept1);
    const since = known([kept, log(SECOND, 9000, renewed(1, 8, [1, 3]))]);
    expect(standingOf(read(5, { sheet: 2 }), since)).toMatchObject({
      standing: 'not-counted',
      among: { live: d(8), good: 3 },
    });
    expect(standingOf(read(5, { sheet: 2 }), known([kept]))).toMatchObject({
      among: { live: d(1), good: 1 },
    });
  });

  test('once it was chosen because the good one was lost, the lost one is over', () => {
    const first = log(FIRST, 0, ...lines);
    const use = chosen(5, 'not-counted', { sheet: 2, live: digest(7), liveSheet: 3 });
    const anew = log(SECOND, 9000, use, given(5, 2), renewed(5, 9, [2, 4]));
    const found = known([first, anew]);
    expect(standingOf(read(7, { sheet: 3 }), found)).toMatchObject({
      standing: 'replaced',
      by: { live: d(9), liveSheet: 4, saidLost: true },
    });
    expect(standingOf(read(5, { sheet: 2 }), found)).toMatchObject({ by: { live: d(9) } });
    expect(standingOf(read(9, { sheet: 4, ceremonyId: SECOND }), found).standing).toBe('newest');
    // A log of before says no digest of what counted: that of the ceremony which printed it.
    const silent = chosen(5, 'not-counted', { sheet: 2 });
    const old = known([first, log(SECOND, 9000, silent, given(5, 2), renewed(5, 9, [2, 4]))]);
    expect(standingOf(read(7, { sheet: 3 }), old)).toMatchObject({ by: { live: d(9) } });
    // Chosen, and then its key refused it: nothing is over.
    const refused = known([first, log(SECOND, 9000, use)]);
    expect(standingOf(read(7, { sheet: 3 }), refused).standing).toBe('newest');
    expect(standingOf(read(5, { sheet: 2 }), refused).standing).toBe('not-counted');
  });

  test('chosen and not made anew, it counts from then on', () => {
    const use = chosen(5, 'not-counted', { sheet: 2, live: digest(7), liveSheet: 3 });
    const found = known([log(FIRST, 0, ...lines), log(SECOND, 9000, use, given(5, 2))]);
    expect(standingOf(read(5, { sheet: 2 }), found).standing).toBe('newest');
    expect(standingOf(read(7, { sheet: 3 }), found)).toMatchObject({
      by: { live: d(5), liveSheet: 2, saidLost: true },
    });
  });
});

describe('an old sheet that was chosen, with no new one that day', () => {
  const first = log(FIRST, 0, given(1, 1), renewed(1, 2, [1, 2]), gone('1', 2));
  const use = chosen(1, 'replaced', { sheet: 1, live: digest(2), liveSheet: 2 });
  const second = log(SECOND, 9000, use, given(1, 1), kept1);

  test('counts from then on, and the one that was said to be lost is over', () => {
    const found = known([first, second]);
    expect(standingOf(read(1, { sheet: 1 }), found).standing).toBe('newest');
    expect(standingOf(read(2, { sheet: 2 }), found)).toMatchObject({
      by: { live: d(1), liveSheet: 1, saidLost: true, destroyed: null },
    });
  });

  test('and is made anew another time like any that counts', () => {
    const third = log('c3'.repeat(16), 18000, given(1, 1), renewed(1, 3, [1, 3]), gone('1', 3));
    const found = known([first, second, third]);
    expect(standingOf(read(1, { sheet: 1 }), found)).toMatchObject({
      by: { live: d(3), saidLost: false, destroyed: { witness: 'witness' } },
    });
    expect(standingOf(read(2, { sheet: 2 }), found)).toMatchObject({ by: { live: d(3) } });
  });
});
