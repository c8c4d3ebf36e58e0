import { describe, expect, test } from 'vitest';
import { LogWriter } from '../../test/support/logs.ts';
import type { Facts } from '../transcript/entry.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { withholdLeaf } from '../transcript/entry.ts';
import { envelopesUsed } from './used-envelopes.ts';

const d = (n: number) => n.toString(16).padStart(2, '0').repeat(32);
const digest = (n: number) => ({ type: 'digest' as const, value: d(n) });
const whose = { index: 3, custodian: 'custodian 3' };
type Line = readonly [kind: string, facts: Facts];

function log(id: string, begin: number, ...lines: readonly Line[]): CeremonyLog {
  const ceremonyId = id.repeat(16);
  const writer = new LogWriter(
    { mode: 'rehearsal', kind: 'recover', ceremonyId },
    undefined,
    begin,
  );
  writer.entry('ceremony-opened', { ceremony: 'recover', application: 'test' });
  for (const [kind, facts] of lines) writer.entry(kind, facts);
  return writer.log();
}

const given = (n: number, sheet?: number): Line => [
  'share-accepted',
  {
    index: 3,
    medium: 'yubikey-otp',
    envelope: digest(n),
    ...(sheet === undefined ? {} : { sheet }),
  },
];
const made = (id: string, [kind, facts]: Line): Line => [kind, { ...facts, madeIn: id.repeat(16) }];
const renewed = (before: number, after: number, oldSheet: number, sheet: number): Line => [
  'envelope-renewed',
  { ...whose, before: digest(before), after: digest(after), oldSheet, sheet },
];
const gone: Line = ['sheets-destroyed', { ...whose, sheets: '1, 2', good: 3, witness: 'witness' }];
const first = {
  log: log('c1', 0, given(1, 1), renewed(1, 7, 1, 3), gone),
  authenticated: true,
};

describe('an auditor who has the logs of before is told of an envelope', () => {
  test('that was replaced, and whose sheet was said to be destroyed', () => {
    const [said, ...others] = envelopesUsed(log('c2', 9000, given(1, 1)), [first]);
    expect(said).toBe(
      'Entry 1: share 3 was given with the envelope 0101010101010101… on sheet 1, although it was replaced on 3 May 2026, 09:30:20 UTC; 0707070707070707… on sheet 3 counted. Its sheet was said to be destroyed on 3 May 2026, 09:30:30 UTC before witness. No entry says that the custodian knew that and chose it before a witness.',
    );
    expect(others).toEqual([]);
  });

  test('that the custodian chose before a witness', () => {
    const chosen: Line = [
      'replaced-envelope-used',
      { ...whose, envelope: digest(1), standing: 'replaced', reason: 'lost', witness: 'witness' },
    ];
    const [said] = envelopesUsed(log('c2', 9000, chosen, given(1, 1)), [first]);
    expect(said).toContain('The custodian chose that before witness (entry 1).');
    // Chosen afterwards, or of another one, is not chosen.
    for (const lines of [
      [given(1, 1), chosen],
      [[chosen[0], { ...chosen[1], envelope: digest(2) }] as const, given(1, 1)],
    ]) {
      expect(envelopesUsed(log('c2', 9000, ...lines), [first])[0]).toContain('No entry says');
    }
  });

  test('that was printed, not read back, and said to be destroyed', () => {
    const printed = {
      log: log(
        'c1',
        0,
        given(1, 1),
        ['envelope-printing', { ...whose, sheet: 2 }],
        ['envelope-printing', { ...whose, sheet: 3 }],
        renewed(1, 7, 1, 3),
        gone,
      ),
      authenticated: true,
    };
    const [said] = envelopesUsed(log('c2', 9000, made('c1', given(5, 2))), [printed]);
    expect(said).toContain(
      `although the log of ceremony ${'c1'.repeat(16)}, which printed it, does not say that it was read back; sheet 3 counted. It was said to be destroyed on 3 May 2026`,
    );
    // Where nobody said so, it is named all the same.
    const silent = { ...printed, log: { ...printed.log, items: printed.log.items.slice(0, -1) } };
    const [also] = envelopesUsed(log('c2', 9000, made('c1', given(5, 2))), [silent]);
    expect(also).toMatch(/does not say that it was read back; sheet 3 counted\. No entry says/);
    // Locked in a ceremony whose log is not here: its number accuses nobody.
    expect(envelopesUsed(log('c2', 9000, made('c9', given(5, 2))), [printed])).toEqual([]);
  });

  test('and nobody is accused where a log withholds which print was read back', () => {
    const lines = [
      ['envelope-printing', { ...whose, sheet: 2 }],
      ['envelope-printing', { ...whose, sheet: 3 }],
      renewed(1, 7, 1, 3),
    ] as const;
    const printed = log('c1', 0, ...lines);
    const told = (earlier: CeremonyLog, n: number, sheet: number) =>
      envelopesUsed(log('c2', 9000, made('c1', given(n, sheet))), [
        { log: earlier, authenticated: true },
      ]);
    const without = (path: string): CeremonyLog => ({
      ...printed,
      items: printed.items.map((item) =>
        'entry' in item ? { entry: withholdLeaf(item.entry, path) } : item,
      ),
    });
    expect(told(without('custodian'), 7, 3)).toEqual([]);
    expect(told(without('custodian'), 5, 2)).toHaveLength(1);
    for (const path of ['after', 'sheet', 'index']) expect(told(without(path), 7, 3)).toEqual([]);
  });

  test('that has the number of a sheet that was said to be destroyed, in a log of before', () => {
    const [said] = envelopesUsed(log('c2', 9000, given(5, 2)), [first]);
    expect(said).toContain('and a sheet 2 of this share was said to be destroyed on 3 May 2026');
    expect(said).toContain('so it may be another sheet of that number.');
    // Numbers begin anew behind 99: the one that was read back is another sheet of that number.
    const later = { log: log('c3', 5000, renewed(7, 9, 3, 2)), authenticated: true };
    expect(envelopesUsed(log('c2', 9000, given(9, 2)), [first, later])).toEqual([]);
  });

  test('also in logs that name it only when they say what became of it', () => {
    const old: Line = ['share-accepted', { index: 3, medium: 'yubikey-otp', sheet: 1 }];
    const [said] = envelopesUsed(log('c2', 9000, old, renewed(1, 8, 1, 4)), [first]);
    expect(said).toMatch(
      /^Entry 2: share 3 was given with the envelope 0101.* on sheet 1, although/,
    );
  });
});

describe('nothing is said', () => {
  test('of the one that counts, of other shares’ sheets, and where no OTP key was used', () => {
    expect(envelopesUsed(log('c2', 9000, given(7, 3)), [first])).toEqual([]);
    expect(envelopesUsed(log('c2', 9000), [first])).toEqual([]);
    expect(envelopesUsed(first.log, [{ log: log('c0', -9000), authenticated: true }])).toEqual([]);
  });

  test('of what is not known: without logs of before that is said, and a later one is none', () => {
    const none = expect.stringMatching(/only the logs of earlier ceremonies tell/) as string;
    expect(envelopesUsed(log('c2', 9000, given(1, 1)), [])).toEqual([none]);
    expect(envelopesUsed(log('c2', -9000, given(1, 1)), [first])).toEqual([
      expect.stringContaining('does not begin before this one'),
      none,
    ]);
  });
});

test('a log that the anchor does not vouch for is no more than a claim', () => {
  const claim = { ...first, authenticated: false };
  expect(envelopesUsed(log('c2', 9000, given(1, 1)), [claim])[0]).toContain(
    'Not every earlier log is vouched for by the anchor.',
  );
});
