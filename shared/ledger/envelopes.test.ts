import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogWriter } from '../../test/support/logs.ts';
import type { Facts } from '../transcript/entry.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { foldLedger } from './fold.ts';
import { standingOf, type EnvelopeRead } from './known-envelopes.ts';

const d = (n: number) => n.toString(16).padStart(2, '0').repeat(32);
const digest = (n: number) => ({ type: 'digest' as const, value: d(n) });
const [FIRST, SECOND] = ['c1'.repeat(16), 'c2'.repeat(16)];
const whose = { index: 3, custodian: 'custodian 3' };

type Line = readonly [kind: string, facts: Facts];
const renewed = (before: number, after: number, sheets?: readonly [number, number]): Line => [
  'envelope-renewed',
  {
    ...whose,
    before: digest(before),
    after: digest(after),
    ...(sheets === undefined ? {} : { oldSheet: sheets[0], sheet: sheets[1] }),
  },
];
const gone = (sheets: string, good: number): Line => [
  'sheets-destroyed',
  { ...whose, sheets, good, witness: 'witness' },
];

function log(ceremonyId: string, begin: number, ...lines: readonly Line[]): CeremonyLog {
  const writer = new LogWriter(
    { mode: 'rehearsal', kind: 'recover', ceremonyId },
    undefined,
    begin,
  );
  writer.entry('ceremony-opened', { ceremony: 'recover', application: 'test' });
  for (const [kind, facts] of lines) writer.entry(kind, facts);
  return writer.log();
}

function known(logs: readonly CeremonyLog[], running: string | null = null) {
  const now = '2026-06-01T00:00:00Z';
  return foldLedger({ logs, receipts: [], manifests: [], running, now }).envelopes;
}

const read = (n: number, more: Partial<EnvelopeRead> = {}): EnvelopeRead => ({
  digest: d(n),
  ceremonyId: FIRST,
  index: 3,
  sheet: null,
  ...more,
});

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
    expect(standingOf(read(1), known([first])).standing).toBe('newest');
    const both = known([first, log(SECOND, 9000, renewed(2, 3))]);
    expect(standingOf(read(1), both)).toMatchObject({ by: { live: d(3), liveSheet: null } });
    const old = known([first, log(SECOND, 9000, renewed(1, 3))]);
    expect(standingOf(read(2), old).standing).toBe('newest');
  });

  test('whatever the logs say, there is an end, and what counts is over itself nowhere', () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 12 }), (pairs) => {
        const { replaced } = known([log(FIRST, 0, ...pairs.map(([a, b]) => renewed(a, b)))]);
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
    expect(standingOf(read(5, { sheet: 2, index: 2 }), found).standing).toBe('newest');
    expect(standingOf(read(5, { sheet: 2, ceremonyId: SECOND }), found).standing).toBe('not-known');
    expect(standingOf(read(5), found).standing).toBe('newest');
  });
});

test('a laptop without the log of the ceremony cannot know', () => {
  expect(standingOf(read(1), known([])).standing).toBe('not-known');
  expect(known([log(FIRST, 0)]).ceremonies).toEqual([[FIRST, '2026-05-03T09:30:00Z']]);
});
