import { beforeAll, describe, expect, test } from 'vitest';
import {
  FIRST,
  SECOND,
  chosen,
  d,
  digest,
  given,
  gone,
  known,
  log,
  printing,
  read,
  renewed,
  whose,
  type Line,
} from '../../test/support/envelope-lines.ts';
import { LogWriter, makeRecoverLog, makeSplitLog, type TestLog } from '../../test/support/logs.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import type { ReceiptDocument } from '../bundle/receipt.ts';
import { ENVELOPE_ON } from '../sharing/key-carriers.ts';
import type { Facts } from '../transcript/entry.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { foldLedger } from './fold.ts';
import { standingOf } from './known-envelopes.ts';

describe('new shares, where two sets have sheets of the same numbers in one log', () => {
  const medium = 'yubikey-otp';
  const description = 'YubiKey 5C NFC 23456789, envelope on A4 sheet';
  const made = (sheet: number): Line => [
    'share-written',
    { ...whose, medium, description: `${description} ${sheet}` },
  ];
  const lines: readonly Line[] = [
    given(1, 1),
    printing(2),
    printing(3),
    renewed(1, 7, [1, 3]),
    made(1),
    made(2),
    made(3),
    ['share-read-back', { ...whose, medium, description: `${description} 3`, envelope: digest(8) }],
  ];
  const ended = (outcome: string): Line => ['receipt-imported', { outcome }];

  test('a print that never counted is told what counts of the set that is in use since', () => {
    const after = (...more: readonly Line[]) =>
      standingOf(read(5, { sheet: 2 }), known([log(FIRST, 0, ...lines, ...more)]));
    expect(after(ended('committed'))).toMatchObject({ among: { live: d(8), good: 3 } });
    for (const more of [[ended('refused')], [ended('objected')], []]) {
      expect(after(...more)).toMatchObject({
        standing: 'not-counted',
        among: { live: d(7), good: 3 },
      });
    }
  });

  test('and chosen after new shares that came to nothing, it takes the place of that one alone', () => {
    const use = chosen(5, 'not-counted', { sheet: 2, liveSheet: 3, live: digest(7) });
    const found = known([
      log(FIRST, 0, ...lines, ended('refused')),
      log(SECOND, 9000, use, given(5, 2)),
    ]);
    expect(standingOf(read(7, { sheet: 3 }), found)).toMatchObject({ by: { live: d(5) } });
    expect(standingOf(read(8, { sheet: 3 }), found).standing).toBe('newest');
  });
});

describe('carriers of the ceremony that made the set', () => {
  const medium = 'yubikey-otp';
  const on = (carrier: string) => `YubiKey 5C NFC 23456789, envelope on ${carrier}`;
  const written = (carrier: string): Line => [
    'share-written',
    { ...whose, medium, description: on(carrier) },
  ];
  const readBack = (carrier: string, envelope?: number): Line => [
    'share-read-back',
    {
      ...whose,
      medium,
      description: on(carrier),
      ...(envelope === undefined ? {} : { envelope: digest(envelope) }),
    },
  ];
  const sheets = (envelope?: number) =>
    log(FIRST, 0, written('A4 sheet 1'), written('A4 sheet 2'), readBack('A4 sheet 2', envelope));

  test('a print that was not read back never counted, in logs of before by its number', () => {
    for (const first of [sheets(), sheets(6)]) {
      expect(standingOf(read(5, { sheet: 1 }), known([first]))).toMatchObject({
        standing: 'not-counted',
        among: { good: 2 },
      });
    }
    expect(standingOf(read(6, { sheet: 2 }), known([sheets(6)])).standing).toBe('newest');
    expect(standingOf(read(6, { sheet: 2 }), known([sheets()])).standing).toBe('not-known');
  });

  test('of sticks only the one whose envelope a log names is known', () => {
    const found = known([log(FIRST, 0, written('stick A'), readBack('stick B', 6))]);
    expect(standingOf(read(6), found).standing).toBe('newest');
    expect(standingOf(read(5), found).standing).toBe('not-known');
  });

  test('a print that is chosen takes the place of the good sheet', () => {
    const use = (live: Facts) => chosen(5, 'not-counted', { sheet: 1, liveSheet: 2, ...live });
    const named = log(SECOND, 9000, use({ live: digest(6) }), given(5, 1));
    expect(standingOf(read(6, { sheet: 2 }), known([sheets(6), named]))).toMatchObject({
      by: { live: d(5), liveSheet: 1, saidLost: true },
    });
    const made = FIRST;
    const byNumber = known([sheets(), log(SECOND, 9000, use({ madeIn: made }), given(5, 1))]);
    expect(standingOf(read(6, { sheet: 2 }), byNumber)).toMatchObject({
      standing: 'not-counted',
      among: { live: d(5), good: 1 },
    });
    expect(standingOf(read(5, { sheet: 1 }), byNumber).standing).toBe('newest');
  });
});

test('a laptop without the log of the ceremony cannot know', () => {
  expect(standingOf(read(1), known([])).standing).toBe('not-known');
  expect(known([log(FIRST, 0)]).ceremonies).toEqual([[FIRST, '2026-05-03T09:30:00Z']]);
});

describe('a laptop that was not at every ceremony', () => {
  let set: TestShareSet;
  let split: CeremonyLog;
  let recovery: TestLog;
  beforeAll(async () => {
    set = await makeShareSet({ mode: 'rehearsal' });
    split = (await makeSplitLog(set)).log;
    recovery = await makeRecoverLog(set, { random: seededRandom('two laptops') });
  });
  const envelopes = (
    logs: readonly CeremonyLog[],
    receipts: readonly ReceiptDocument[],
    running: string | null = null,
  ) =>
    foldLedger({ logs, receipts, manifests: [], running, now: '2026-06-01T00:00:00Z' }).envelopes;
  const withKey = () =>
    LogWriter.after(split)
      .entry('share-read-back', {
        ...whose,
        medium: 'yubikey-otp',
        description: 'YubiKey 5C NFC 23456789, envelope on stick A',
        envelope: digest(6),
      })
      .log();

  test('knows of a set whose making it saw, and of each recovery since', () => {
    const { setId } = set.manifest.body;
    const { receipt, log: recovered } = recovery;
    if (receipt === null) throw new Error('The receipt of the recovery.');
    expect(envelopes([split], []).sets).toEqual([setId]);
    expect(envelopes([split, recovered], [receipt]).sets).toEqual([setId]);
    // Committed elsewhere: there an envelope may have been made anew.
    expect(envelopes([split], [receipt]).sets).toEqual([]);
    // An abandoned recovery tells nothing of what the set was made with.
    expect(envelopes([recovered], [receipt]).sets).toEqual([]);
  });

  test('also of one that sync did not commit, of every kind in which shares are given, since the set', () => {
    const { setId } = set.manifest.body;
    const { receipt, log: recovered } = recovery;
    if (receipt === null) throw new Error('The receipt of the recovery.');
    const like = (change: Partial<ReceiptDocument['body']>): ReceiptDocument => ({
      ...receipt,
      body: { ...receipt.body, ...change },
    });
    const sets = (...receipts: readonly ReceiptDocument[]) => envelopes([split], receipts).sets;
    expect(sets(like({ outcome: 'objected' }))).toEqual([]);
    for (const kind of [
      'roster',
      'recover-member',
      'migrate-organisation',
      'rotate-shares',
    ] as const) {
      expect(sets(like({ kind }))).toEqual([]);
    }
    for (const kind of ['setup', 'adopt'] as const) expect(sets(like({ kind }))).toEqual([setId]);
    // A package that expired unused; another key; before there was this set.
    expect(sets(like({ ceremonyId: null, outcome: 'expired' }))).toEqual([setId]);
    expect(sets(like({ keyVersion: 'v9' }))).toEqual([setId]);
    const { ceremonyId } = split.header;
    const made = like({ kind: 'setup', ceremonyId, sequence: 5 });
    expect(sets(made, like({ sequence: 4 }))).toEqual([setId]);
    expect(sets(made, like({ sequence: 6 }))).toEqual([]);
    // Another sync counts on its own.
    expect(sets(made, like({ sequence: 4, audience: 'ee'.repeat(16) }))).toEqual([]);
    expect(envelopes([split, recovered], [made, like({ sequence: 6 })]).sets).toEqual([setId]);
  });

  test('does not say newest where a receipt tells of a recovery elsewhere', () => {
    const locked = { ceremonyId: split.header.ceremonyId };
    const { receipt } = recovery;
    if (receipt === null) throw new Error('The receipt of the recovery.');
    expect(standingOf(read(6, locked), envelopes([withKey()], [])).standing).toBe('newest');
    expect(standingOf(read(6, locked), envelopes([withKey()], [receipt])).standing).toBe(
      'not-known',
    );
  });

  test('gives no number of a sheet again that any log of the set names, of this share alone', () => {
    const printed = LogWriter.after(recovery.log)
      .entry('envelope-printing', { ...whose, sheet: 2 })
      .entry('envelope-renewed', {
        ...whose,
        before: digest(1),
        after: digest(2),
        oldSheet: 1,
        sheet: 3,
      })
      .log();
    const { setId } = set.manifest.body;
    expect(envelopes([printed, split], []).sheets).toEqual([
      { setId, index: 3, sheets: [2, 1, 3] },
    ]);
    expect(envelopes([split, recovery.log], []).sheets).toEqual([]);
  });
});

describe('new shares are two sets in one log', () => {
  const before = 'a0'.repeat(16);
  const split: Line = [
    'component-split',
    { setId: 'b0'.repeat(16), generation: 1, threshold: 2, count: 4 },
  ];
  /** Share 3 of either set, on sheets with the same numbers. */
  const lines: readonly Line[] = [
    ['share-accepted', { ...whose, medium: 'yubikey-otp', sheet: 1, envelope: digest(1) }],
    ['envelope-printing', { ...whose, sheet: 2 }],
    ['envelope-printing', { ...whose, sheet: 3 }],
    renewed(1, 7, [1, 3]),
    gone('1, 2', 3),
    split,
    [
      'share-written',
      { ...whose, medium: 'yubikey-otp', description: `YubiKey 5 1${ENVELOPE_ON}A4 sheet 2` },
    ],
    [
      'share-read-back',
      {
        ...whose,
        medium: 'yubikey-otp',
        description: `YubiKey 5 1${ENVELOPE_ON}A4 sheet 2`,
        envelope: digest(8),
        publicKey: 'ab'.repeat(32),
      },
    ],
    [
      'share-written',
      { ...whose, medium: 'yubikey-otp', description: `YubiKey 5 1${ENVELOPE_ON}A4 sheet 3` },
    ],
  ];
  const found = known(
    [log(FIRST, 0, ...lines)].map((one) => ({
      ...one,
      header: { ...one.header, kind: 'rotate' as const },
    })),
  );
  const madeSet = 'b0'.repeat(16);

  test('and a sheet of the one is not taken for that of the other', () => {
    const of = (n: number, sheet: number, setId: string) =>
      standingOf(read(n, { sheet, setId }), found);
    // Sheet 2 counts of the new share, and was a spoilt print of the old one; sheet 3 the other way round.
    expect(of(8, 2, madeSet).standing).toBe('newest');
    expect(of(9, 3, madeSet)).toMatchObject({ standing: 'not-counted', among: { good: 2 } });
    expect(of(7, 3, before).standing).toBe('newest');
    expect(of(5, 2, before)).toMatchObject({ standing: 'not-counted', among: { good: 3 } });
  });
});
