import { beforeAll, describe, expect, test } from 'vitest';
import { makeDestroyLog } from '../../test/support/destroy-log.ts';
import { LogWriter, makeRecoverLog, makeSplitLog } from '../../test/support/logs.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeManifest, makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { foldLedger, type LedgerSources } from './fold.ts';
import { remnantInWords, serialsIn, slotsInUse } from './remnants.ts';
import { homeCeremonies, homeSets } from './views.ts';

const random = seededRandom('remnants');
const SERIAL = 23_456_789;
let set: TestShareSet;
/** Void, with an OTP key of custodian 3 that was registered twice. */
let withKey: CeremonyLog;

beforeAll(async () => {
  set = await makeShareSet({ mode: 'rehearsal' });
  const { log } = await makeSplitLog(set, { until: 'bundle' });
  const at = log.items.findIndex(
    (item) => 'document' in item && /bundle/.test(item.document.payloadType),
  );
  const writer = LogWriter.after({ ...log, items: log.items.slice(0, at) });
  const whose = { index: 3, custodian: 'custodian 3', serial: SERIAL };
  const medium = 'yubikey-otp';
  for (const kind of ['slot-used', 'slot-programmed'] as const) {
    const model = 'YubiKey 5C NFC';
    writer.entry('key-registered', { ...whose, medium, model, firmware: '5.7.1', backup: false });
    writer.entry(kind, { ...whose, slot: 2, touch: true });
  }
  const description = `YubiKey 5C NFC ${SERIAL}, envelope on stick HOME-3 (16 GB)`;
  writer.entry('share-written', { index: 3, custodian: 'custodian 3', medium, description });
  withKey = writer.entry('declared-void', { reason: 'a fire alarm', 'medium.1': 'all' }).log();
});

function fold(change: Partial<LedgerSources>) {
  const now = '2026-06-01T00:00:00Z';
  return foldLedger({ logs: [], receipts: [], manifests: [], running: null, now, ...change });
}

const facts = () => {
  const { setId, generation } = set.manifest.body;
  return { setId, generation, label: '2026 A' };
};

describe('what is left of a set', () => {
  test('is everything that its log wrote, and each slot once', () => {
    const [only] = fold({ logs: [withKey] }).sets;
    expect(only?.remnants.map((one) => `${one.id}: ${remnantInWords(one)}`)).toEqual([
      '1 medium 1: A4 sheet',
      '2 medium 1: stick 2, 16 GB',
      `3 slot 1: slot 2 of the YubiKey 5C NFC ${SERIAL}`,
      '3 medium 1: A4 sheet',
      `3 medium 2: envelope on stick HOME-3 (16 GB), for YubiKey 5C NFC ${SERIAL}`,
      '4 medium 1: stick 4, 16 GB',
    ]);
    expect(only?.remnants[2]).toMatchObject({ what: 'slot', programmed: true, gone: false });
  });

  test('a write that was never reported as done is on the list', async () => {
    const { log } = await makeSplitLog(set, { until: 'bundle' });
    const at = log.items.findIndex(
      (item) =>
        'entry' in item &&
        item.entry.leaves.some((leaf) => 'value' in leaf && leaf.value === 'share-writing'),
    );
    const cut = { ...log, items: log.items.slice(0, at + 1) };
    expect(fold({ logs: [cut] }).sets[0]?.remnants.map(remnantInWords)).toEqual([
      'a sheet, not finished: look for it',
    ]);
  });

  test('a manifest of sync alone lists its media', () => {
    const { remnants } = fold({ manifests: [set.manifest] }).sets[0] ?? { remnants: [] };
    expect(remnants.map(({ what }) => what)).toEqual(['medium', 'medium', 'medium', 'medium']);
  });
});

describe('a destruction', () => {
  test('takes off the list what was destroyed, read empty or left, and nothing else', async () => {
    const done = await makeDestroyLog(set, facts(), {
      random,
      media: ['A4 sheet', 'A4 sheet'],
      slot: { serial: SERIAL, empty: true },
    });
    const ledger = fold({ logs: [withKey, done.log] });
    const [only] = ledger.sets;
    // One sheet of custodian 1 was written: the second entry takes no other thing with it.
    expect(only?.remnants.filter(({ gone }) => gone).map(({ id }) => id)).toEqual([
      '1 medium 1',
      '3 slot 1',
    ]);
    expect(homeSets(ledger)[0]?.remnants).toEqual({ left: 4, of: 6 });
    expect(homeCeremonies(ledger).map(({ title, standing }) => [title, standing])).toContainEqual([
      'Destruction of the set 2026 A',
      'closed',
    ]);
    expect(homeCeremonies(ledger).find(({ kind }) => kind === 'split')?.destroy).toEqual(['all']);
  });

  test('a slot that was not read empty is not gone; one that was left is', async () => {
    const not = await makeDestroyLog(set, facts(), {
      random,
      slot: { serial: SERIAL, empty: false },
    });
    const gone = (log: CeremonyLog) =>
      fold({ logs: [withKey, log] }).sets[0]?.remnants.find(({ what }) => what === 'slot')?.gone;
    expect(gone(not.log)).toBe(false);
    expect(
      gone((await makeDestroyLog(set, facts(), { random, left: { serial: SERIAL } })).log),
    ).toBe(true);
    const other = { serial: SERIAL + 1, empty: true };
    expect(gone((await makeDestroyLog(set, facts(), { random, slot: other })).log)).toBe(false);
  });

  test('of another set or generation takes nothing', async () => {
    for (const about of [
      { ...facts(), setId: 'ab'.repeat(16) },
      { ...facts(), generation: 2 },
    ]) {
      const { log } = await makeDestroyLog(set, about, { random });
      expect(fold({ logs: [withKey, log] }).sets[0]?.remnants.some(({ gone }) => gone)).toBe(false);
    }
  });

  test('with nothing left, the ceremony lists nothing to destroy', async () => {
    const { log } = await makeSplitLog(set, { until: 'void' });
    const destroyed = await makeDestroyLog(set, facts(), { random, media: ['A4 sheet'] });
    const ledger = fold({ logs: [log, destroyed.log] });
    expect(ledger.ceremonies.find(({ kind }) => kind === 'split')?.destroy).toHaveLength(2);
    const writer = LogWriter.after(destroyed.log);
    writer.entry('medium-destroyed', {
      index: 2,
      custodian: 'custodian 2',
      medium: 'usb',
      description: 'stick 2, 16 GB',
    });
    const all = fold({ logs: [log, writer.log()] });
    expect(all.ceremonies.find(({ kind }) => kind === 'split')?.destroy).toEqual([]);
  });

  test('that was cut off is interrupted until that is said; what it did stays done', async () => {
    const { log } = await makeDestroyLog(set, facts(), {
      random,
      begin: 86_400,
      media: ['A4 sheet'],
    });
    const cut = { ...log, items: log.items.slice(0, -1) };
    expect(fold({ logs: [withKey, cut] }).ceremonies[0]).toMatchObject({
      kind: 'destroy',
      standing: 'interrupted',
    });
    const said = LogWriter.after(cut).entry('ceremony-closed', { outcome: 'interrupted' }).log();
    const ledger = fold({ logs: [withKey, said] });
    expect(ledger.ceremonies[0]).toMatchObject({
      standing: 'closed',
      title: 'Destruction of the set 2026 A, interrupted',
      destroy: [],
    });
    expect(ledger.sets[0]?.remnants[0]?.gone).toBe(true);
  });
});

test('the numbers of keys are read out of descriptions, and no other numbers', () => {
  expect(
    serialsIn('YubiKey 5C NFC 12345678 and backup 23456789, envelope on stick 99999 (16 GB)'),
  ).toEqual([12_345_678, 23_456_789]);
  expect(serialsIn('YubiKey 5 NFC, envelope on stick HOME-1 (16 GB)')).toEqual([]);
});

test('a key that opens a share of a set in use is in use, by register or by manifest', async () => {
  expect(slotsInUse(fold({ logs: [withKey] }).sets)).toEqual(new Set());
  const waiting = fold({
    logs: [{ ...withKey, items: withKey.items.slice(0, -1) }],
    running: withKey.header.ceremonyId,
  });
  expect(slotsInUse(waiting.sets)).toEqual(new Set([SERIAL]));
  const media = [
    { kind: 'yubikey-otp' as const, description: 'YubiKey 5 12345678, envelope on stick A' },
  ];
  const shares = set.manifest.body.shares.map((share) => ({ ...share, media }));
  const elsewhere = await makeManifest(set, {}, { shares });
  expect(slotsInUse(fold({ manifests: [elsewhere] }).sets)).toEqual(new Set([12_345_678]));
  const fido = shares.map((share) => ({
    ...share,
    media: [
      { kind: 'yubikey-fido2' as const, description: 'YubiKey 5 12345678, envelope on stick A' },
    ],
  }));
  expect(
    slotsInUse(fold({ manifests: [await makeManifest(set, {}, { shares: fido })] }).sets),
  ).toEqual(new Set());
});

test('a recovery proves sync’s half for the set whose manifest its package brought', async () => {
  const { log } = await makeSplitLog(set);
  expect(fold({ logs: [log] }).sets[0]?.vaultProvedAt).toBeNull();
  const recover = await makeRecoverLog(set, { begin: 86_400 });
  expect(fold({ logs: [log, recover.log] }).sets[0]?.vaultProvedAt).toMatch(/^2026/);
});
