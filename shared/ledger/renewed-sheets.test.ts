import { beforeAll, describe, expect, test } from 'vitest';
import { LogWriter, makeRecoverLog, makeSplitLog } from '../../test/support/logs.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import { withholdLeaf, type Facts } from '../transcript/entry.ts';
import { entries as entriesOf, type CeremonyLog } from '../transcript/log.ts';
import { verifyLog } from '../transcript/verify.ts';
import { foldLedger } from './fold.ts';
import { remnantInWords } from './remnants.ts';

const random = seededRandom('renewed sheets');
const WHOSE = { index: 3, custodian: 'custodian 3' };
const KEY = 'YubiKey 5C NFC 23456789';
let set: TestShareSet;
/** Custodian 3 has an OTP key with its envelope on sheet 1, and a plain sheet 1. */
let split: CeremonyLog;
let recovery: CeremonyLog;

beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal' });
  const medium = 'yubikey-otp';
  const description = `${KEY}, envelope on A4 sheet 1`;
  split = LogWriter.after((await makeSplitLog(set)).log)
    .entry('share-written', { ...WHOSE, medium, description })
    .log();
  recovery = (await makeRecoverLog(set, { random })).log;
});

/** Of the envelope on a sheet; each sheet has its own. */
const digestOf = (sheet: number) =>
  ({ type: 'digest', value: (0xb0 + sheet).toString(16).repeat(32) }) as const;
const renewal = (oldSheet: number, sheet: number): Facts => ({
  ...WHOSE,
  before: digestOf(oldSheet),
  after: digestOf(sheet),
  oldSheet,
  sheet,
});
const later = (entries: readonly (readonly [string, Facts])[]) =>
  entries
    .reduce((writer, [kind, facts]) => writer.entry(kind, facts), LogWriter.after(recovery))
    .log();

function left(logs: readonly CeremonyLog[]): string[] {
  const now = '2026-06-01T00:00:00Z';
  const { sets } = foldLedger({ logs, receipts: [], manifests: [], running: null, now });
  return (sets[0]?.remnants ?? [])
    .filter(({ index, gone }) => index === 3 && !gone)
    .map(remnantInWords);
}

/** The envelopes among it that are not gone. */
const envelopesLeft = (logs: readonly CeremonyLog[]) =>
  left(logs).filter((words) => words.startsWith('envelope'));

describe('what is left of an envelope on a sheet', () => {
  test('is the sheet that counts, after each reveal; a plain sheet of the same number is not touched', () => {
    const first = `envelope on A4 sheet 1, for ${KEY}`;
    expect(left([split, recovery])).toContain(first);
    const twice = later([
      ['envelope-renewed', renewal(1, 2)],
      ['envelope-renewed', renewal(2, 3)],
    ]);
    const now = left([twice, split]);
    expect(now).toContain(`envelope on A4 sheet 3, for ${KEY}`);
    expect(now).not.toContain(first);
    expect(now.filter((words) => words.startsWith('A4 sheet'))).toEqual(
      left([split, recovery]).filter((words) => words.startsWith('A4 sheet')),
    );
  });

  test('is the old sheet where no new one was read back', () => {
    const kept = later([
      ['envelope-printing', { ...WHOSE, sheet: 2 }],
      ['envelope-kept', { ...WHOSE, sheet: 1, envelope: 'b0', reason: 'no printer' }],
    ]);
    expect(left([split, kept])).toContain(`envelope on A4 sheet 1, for ${KEY}`);
  });

  test('is the live one after an old sheet was used, and every one that nobody saw destroyed', () => {
    const lines: readonly (readonly [string, Facts])[] = [
      ['envelope-renewed', renewal(1, 2)],
      ['sheets-destroyed', { ...WHOSE, sheets: '1', good: 2, witness: 'witness' }],
      ['envelope-renewed', renewal(2, 3)],
      ['share-accepted', { index: 3, medium: 'yubikey-otp', sheet: 2, envelope: digestOf(2) }],
      ['envelope-renewed', renewal(2, 4)],
    ];
    expect(envelopesLeft([split, later(lines)])).toEqual([
      `envelope on A4 sheet 4, for ${KEY}`,
      `envelope on A4 sheet 2, which nobody saw destroyed, for ${KEY}`,
      `envelope on A4 sheet 3, which nobody saw destroyed, for ${KEY}`,
    ]);
    const gone = { ...WHOSE, sheets: '2, 3', good: 4, witness: 'witness' };
    const clean = later([...lines, ['sheets-destroyed', gone]]);
    expect(envelopesLeft([split, clean])).toEqual([`envelope on A4 sheet 4, for ${KEY}`]);
  });

  test('is also a print of a sitting that was cut off, until somebody saw it destroyed', () => {
    const cut = later([['envelope-printing', { ...WHOSE, sheet: 2 }]]);
    expect(envelopesLeft([split, cut])).toEqual([
      `envelope on A4 sheet 1, for ${KEY}`,
      `envelope on A4 sheet 2, which nobody saw destroyed, for ${KEY}`,
    ]);
    const description = `${KEY}, envelope on A4 sheet 2, which nobody saw destroyed`;
    const medium = 'yubikey-otp';
    const { setId, generation, label } = set.manifest.body;
    const destroyed = new LogWriter(
      { mode: 'rehearsal', kind: 'destroy', ceremonyId: 'd5'.repeat(16) },
      random,
    )
      .entry('destruction-agreed', { setId, generation, label, standing: 'superseded' })
      .entry('medium-destroyed', { ...WHOSE, medium, description })
      .log();
    expect(envelopesLeft([split, cut, destroyed])).toEqual([`envelope on A4 sheet 1, for ${KEY}`]);
  });

  test('is a chosen sheet that was not made anew, and the lost one until it is found', () => {
    const use = { ...WHOSE, envelope: digestOf(1), standing: 'replaced', sheet: 1 };
    const lost = { live: digestOf(2), liveSheet: 2, reason: 'lost', witness: 'witness' };
    const kept = later([
      ['envelope-renewed', renewal(1, 2)],
      ['replaced-envelope-used', { ...use, ...lost }],
      ['share-accepted', { index: 3, medium: 'yubikey-otp', sheet: 1, envelope: digestOf(1) }],
      ['envelope-kept', { ...WHOSE, sheet: 1, envelope: digestOf(1), reason: 'no printer' }],
    ]);
    expect(envelopesLeft([split, kept])).toEqual([
      `envelope on A4 sheet 1, for ${KEY}`,
      `envelope on A4 sheet 2, which nobody saw destroyed, for ${KEY}`,
    ]);
  });
});

describe('an auditor is told', () => {
  const given = ['share-accepted', { index: 3, medium: 'yubikey-otp', sheet: 1 }] as const;
  const missing = (...entries: (readonly [string, Facts])[]) =>
    verifyLog(later(entries)).missing.filter((line) => /sheet/.test(line));

  test('that nothing says what became of a sheet that was given', () => {
    expect(missing(given)).toEqual([
      'Share 3 was given from sheet 1, and no entry says whether a new sheet took its place; the challenge of its envelope has been answered once.',
    ]);
    expect(missing(given, ['envelope-printing', { ...WHOSE, sheet: 2 }])).toHaveLength(1);
  });

  test('that nobody saw the old sheet destroyed', () => {
    expect(missing(given, ['envelope-renewed', renewal(1, 2)])).toEqual([
      'No entry says that sheet 1 of share 3 was destroyed.',
    ]);
  });

  test('nothing, where the log says all of it, or that the old sheet stays', () => {
    const gone = { ...WHOSE, sheets: '1', good: 2, witness: 'witness' };
    const renewed = ['envelope-renewed', renewal(1, 2)] as const;
    expect(missing(given, renewed, ['sheets-destroyed', gone])).toEqual([]);
    const kept = { ...WHOSE, sheet: 1, envelope: 'b0', reason: 'no printer' };
    expect(missing(given, ['envelope-kept', kept])).toEqual([]);
    expect(missing()).toEqual([]);
  });

  test('that the witness did not sign, and nothing where the one of the roster did', async () => {
    const gone = { ...WHOSE, sheets: '1', good: 2, witness: 'witness' };
    const told = (log: CeremonyLog) =>
      verifyLog(log).missing.filter((line) => /^Witness not signed|is withheld/.test(line));
    const writer = LogWriter.after(recovery).entry('sheets-destroyed', gone);
    const { n } = entriesOf(writer.log()).at(-1) ?? { n: 0 };
    const line = `Witness not signed: witness, whom entry ${n} names as the witness, did not sign it.`;
    expect(told(writer.log())).toEqual([line]);
    // A custodian of the roster is no witness, whatever name the entry has.
    const [custodian] = set.cast.custodians;
    if (custodian === undefined) throw new Error('a custodian');
    expect(told((await writer.seal(custodian.signer)).log())).toEqual([line]);
    expect(told((await writer.seal(set.cast.witness.signer)).log())).toEqual([]);
    const nameless = writer.log();
    const items = nameless.items.map((item) =>
      'entry' in item && item.entry.n === n ? { entry: withholdLeaf(item.entry, 'witness') } : item,
    );
    expect(told({ ...nameless, items })).toEqual([
      `Who was the witness of entry ${n} is withheld, so nobody can see who signed.`,
    ]);
  });

  test('that nothing says what a stick holds whose share was given', () => {
    const onStick = ['share-accepted', { index: 3, medium: 'yubikey-otp' }] as const;
    const told = (...entries: (readonly [string, Facts])[]) =>
      verifyLog(later(entries)).missing.filter((line) => /stick/.test(line));
    expect(told(onStick)).toEqual([
      'Share 3 was given from the stick of an OTP key, and no entry says whether its envelope was made anew; its challenge has been answered once.',
    ]);
    const digests = { before: 'b0', after: 'b1' };
    const outcomes: readonly (readonly [string, Facts])[] = [
      ['envelope-renewed', { ...WHOSE, ...digests }],
      ['envelope-kept', { ...WHOSE, envelope: 'b0', reason: 'write-protected' }],
      ['envelope-unknown', { ...WHOSE, ...digests, reason: 'taken out' }],
    ];
    for (const outcome of outcomes) {
      expect(told(onStick, outcome)).toEqual([]);
      // Before the share was given it says nothing of it.
      expect(told(outcome, onStick)).toHaveLength(1);
    }
    expect(told(['share-accepted', { index: 3, medium: 'yubikey-fido2' }])).toEqual([]);
  });
});
