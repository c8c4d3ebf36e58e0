import { beforeAll, describe, expect, test } from 'vitest';
import { makeDestroyLog } from '../../test/support/destroy-log.ts';
import { LogWriter, makeRecoverLog, makeSplitLog } from '../../test/support/logs.ts';
import { seededRandom } from '../../test/support/people.ts';
import { makeManifest, makeShareSet, type TestShareSet } from '../../test/support/share-sets.ts';
import type { Facts } from '../transcript/entry.ts';
import type { CeremonyLog } from '../transcript/log.ts';
import { foldLedger, type LedgerSources } from './fold.ts';
import { liveSlots } from './live-slots.ts';
import { remnantInWords, serialsIn } from './remnants.ts';
import { homeCeremonies, homeSets } from '../ceremony/ledger-views.ts';

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

  test('a manifest alone lists the slot of each OTP key, without saying which of the two', async () => {
    const model = 'YubiKey 5C NFC';
    const description = `${model} ${SERIAL}, envelope on stick HOME-3 (16 GB)`;
    const body = {
      ...set.manifest.body,
      shares: set.manifest.body.shares.map((share) =>
        share.index === 3
          ? { ...share, media: [{ kind: 'yubikey-otp' as const, description }] }
          : share,
      ),
    };
    const manifests = [{ ...set.manifest, body }];
    const slots = (logs: readonly CeremonyLog[]) =>
      fold({ manifests, logs }).sets[0]?.remnants.filter(({ what }) => what === 'slot') ?? [];
    expect(slots([])).toMatchObject([
      { id: '3 slot 1', serial: SERIAL, model, slot: null, programmed: false, gone: false },
    ]);
    expect(slots([]).map(remnantInWords)).toEqual([
      `the slot (1 or 2, not known here) of the ${model} ${SERIAL}`,
    ]);
    expect(fold({ manifests }).sets.flatMap((one) => liveSlots([one]))).toMatchObject([
      { serial: SERIAL, slot: null },
    ]);
    // Erased where the log was, or left here.
    const { label } = set.manifest.body;
    const about = { setId: set.manifest.body.setId, generation: 1, label };
    const slot = { serial: SERIAL, empty: true };
    const erased = await makeDestroyLog(set, about, { random, slot });
    expect(slots([erased.log])).toMatchObject([{ gone: true }]);
    const other = { serial: SERIAL + 1, empty: true };
    const another = await makeDestroyLog(set, about, { random, slot: other });
    expect(slots([another.log])).toMatchObject([{ gone: false }]);
  });
});

describe('slots of which only a manifest tells', () => {
  const slotsOf = (...descriptions: readonly string[]) => {
    const media = descriptions.map((description) => ({
      kind: 'yubikey-otp' as const,
      description,
    }));
    const shares = set.manifest.body.shares.map((share) =>
      share.index === 3 ? { ...share, media } : share,
    );
    const manifests = [{ ...set.manifest, body: { ...set.manifest.body, shares } }];
    return fold({ manifests }).sets[0]?.remnants.filter(({ what }) => what === 'slot') ?? [];
  };

  test('are those of a backup key too, each once, and of keys that hide their numbers', () => {
    const both = `YubiKey 5C NFC ${SERIAL} and backup 34567890, envelope on`;
    expect(
      slotsOf(`${both} A4 sheet 1`, `${both} stick HOME-3 (16 GB)`).map(remnantInWords),
    ).toEqual([
      `the slot (1 or 2, not known here) of the YubiKey 5C NFC ${SERIAL}`,
      'the slot (1 or 2, not known here) of the YubiKey 34567890',
    ]);
    expect(slotsOf('YubiKey 5C NFC and backup YubiKey 4, envelope on A4 sheet 1')).toMatchObject([
      { serial: null, slot: null, model: 'YubiKey 5C NFC' },
      { serial: null, slot: null, model: 'YubiKey 4' },
    ]);
  });
});

describe('the verifiers of a slot', () => {
  const whose = { index: 3, custodian: 'custodian 3', serial: SERIAL };
  const digest = (byte: string) => ({ type: 'digest', value: byte.repeat(32) }) as const;
  const announced = { ...whose, model: 'YubiKey 5C NFC', slot: 2, found: 'empty' };

  /** A set that was given up after what `entries` say of its slot. */
  async function verifiersAfter(
    ...entries: readonly (readonly [Parameters<LogWriter['entry']>[0], Facts])[]
  ): Promise<unknown> {
    const { log } = await makeSplitLog(set, { until: 'bundle' });
    const at = log.items.findIndex(
      (item) => 'document' in item && /bundle/.test(item.document.payloadType),
    );
    const writer = LogWriter.after({ ...log, items: log.items.slice(0, at) });
    for (const [kind, said] of entries) writer.entry(kind, said);
    const given = writer.entry('declared-void', { reason: 'a fire alarm', 'medium.1': 'all' });
    const [only] = fold({ logs: [given.log()] }).sets;
    return only?.remnants.flatMap((one) => (one.what === 'slot' ? [one.verifiers] : []));
  }

  test('are those of every secret that was sent there, until one is reported', async () => {
    const first = ['slot-programming', { ...announced, verifier: digest('a1') }] as const;
    const second = ['slot-programming', { ...announced, verifier: digest('b2') }] as const;
    const taken = { ...whose, slot: 2, touch: true };
    const a1 = 'a1'.repeat(32);
    const b2 = 'b2'.repeat(32);
    expect(await verifiersAfter(first)).toEqual([[a1]]);
    expect(await verifiersAfter(first, second)).toEqual([[a1, b2]]);
    const reported = ['slot-programmed', { ...taken, verifier: digest('b2') }] as const;
    expect(await verifiersAfter(first, second, reported)).toEqual([[b2]]);
    // Programmed by a try that was broken off, and used as it was by the next one.
    expect(await verifiersAfter(first, ['slot-used', taken])).toEqual([[a1]]);
  });

  test('are none in a log from before, and of a slot that was in use', async () => {
    const taken = { ...whose, slot: 2, touch: true };
    const older = ['slot-programming', announced] as const;
    expect(await verifiersAfter(older)).toEqual([[]]);
    expect(await verifiersAfter(older, ['slot-programmed', taken])).toEqual([[]]);
    expect(await verifiersAfter(['slot-used', taken])).toEqual([[]]);
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
    expect(homeSets(ledger)[0]?.remnants).toEqual({ left: 4, of: 6, shares: 3 });
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

describe('a slot that may be needed', () => {
  const slotsIn = (change: Partial<LedgerSources>) => liveSlots(fold(change).sets);
  const media = [
    { kind: 'yubikey-otp' as const, description: 'YubiKey 5 12345678, envelope on stick A' },
  ];

  test('is that of a set which is in the making, by its register: only that slot, once', () => {
    expect(slotsIn({ logs: [withKey] })).toEqual([]);
    const running = { ...withKey, items: withKey.items.slice(0, -1) };
    expect(slotsIn({ logs: [running], running: withKey.header.ceremonyId })).toEqual([
      { serial: SERIAL, slot: 2, opens: 'share 3 of 4 of the set 2026 A, of custodian 3' },
    ]);
  });

  test('is any slot of a key that a manifest of elsewhere names, of OTP', async () => {
    const shares = set.manifest.body.shares.map((share) => ({ ...share, media }));
    const elsewhere = await makeManifest(set, {}, { shares: shares.slice(0, 4) });
    expect(slotsIn({ manifests: [elsewhere] })).toContainEqual({
      serial: 12_345_678,
      slot: null,
      opens: 'share 3 of 4 of the set 2026 A, of custodian 3',
    });
    const fido = shares.map((share) => ({
      ...share,
      media: [{ ...media[0], kind: 'yubikey-fido2' as const, description: 'YubiKey 5 12345678' }],
    }));
    expect(slotsIn({ manifests: [await makeManifest(set, {}, { shares: fido })] })).toEqual([]);
  });

  test('is also one of a set that was replaced, until the new half of the key was seen', async () => {
    const shares = set.manifest.body.shares.map((share) => ({ ...share, media }));
    const old = await makeManifest(set, {}, { shares });
    const next = await makeShareSet({ mode: 'rehearsal', label: '2027 A' });
    const manifest = await makeManifest(next, {}, { previous: old.digest });
    const both = { manifests: [old, manifest] };
    expect(fold(both).sets.map(({ status }) => status)).toEqual(['superseded', 'live']);
    expect(slotsIn(both)).toHaveLength(4);
    const seen = await makeRecoverLog({ ...next, manifest }, { begin: 86_400 });
    expect(slotsIn({ ...both, logs: [seen.log] })).toEqual([]);
  });
});

describe('a slot that was about to be programmed when the power failed', () => {
  const model = 'YubiKey 5C NFC';
  const whose = { index: 3, custodian: 'custodian 3' };
  const announced = { ...whose, serial: SERIAL, model, slot: 2, found: 'empty' };

  async function cut(...more: Parameters<LogWriter['entry']>[]): Promise<CeremonyLog> {
    const { log } = await makeSplitLog(set, { until: 'bundle' });
    const at = log.items.findIndex(
      (item) => 'entry' in item && item.entry.leaves.some(isLeaf('share-writing')),
    );
    const writer = LogWriter.after({ ...log, items: log.items.slice(0, at) });
    writer.entry('share-writing', { ...whose, medium: 'yubikey-otp' });
    for (const entry of more) writer.entry(...entry);
    return writer.log();
  }
  const isLeaf = (value: string) => (leaf: object) => 'value' in leaf && leaf.value === value;

  test('is on the list, and in the words of the medium that was not finished', async () => {
    const log = await cut(['slot-programming', announced]);
    const ledger = fold({ logs: [log] });
    expect(ledger.sets[0]?.remnants).toMatchObject([
      { what: 'slot', serial: SERIAL, slot: 2, programmed: true, perhaps: true, gone: false },
      { what: 'medium' },
    ]);
    const words = `slot 2 of the ${model} ${SERIAL}, which was about to be programmed`;
    expect(ledger.sets[0]?.remnants.map(remnantInWords)).toEqual([
      words,
      `${words}, and its stick or sheet, not finished: look for it`,
    ]);
    expect(homeCeremonies(ledger)[0]?.destroy[0]).toContain(words);
    // It opens nothing yet, so a second try in the same sitting may overwrite it.
    const { ceremonyId } = log.header;
    expect(liveSlots(fold({ logs: [log], running: ceremonyId }).sets)).toEqual([]);
  });

  test('was in use before: it is not taken for one that Conclave filled', async () => {
    const log = await cut(['slot-programming', { ...announced, found: 'configured' }]);
    expect(fold({ logs: [log] }).sets[0]?.remnants[0]).toMatchObject({ programmed: false });
  });

  test('and was programmed is the register’s, as one; another key that hides its number is another', async () => {
    const { serial: _, ...hidden } = announced;
    const log = await cut(
      ['slot-programming', hidden],
      ['slot-programming', announced],
      ['key-registered', { ...announced, medium: 'yubikey-otp', firmware: '5.7.1', backup: false }],
      ['slot-used', { ...whose, serial: SERIAL, slot: 2, touch: true }],
    );
    const slots = (fold({ logs: [log] }).sets[0]?.remnants ?? []).flatMap((one) =>
      one.what === 'slot' ? [[one.serial, one.programmed, one.perhaps ?? false]] : [],
    );
    expect(slots).toEqual([
      [null, true, true],
      [SERIAL, true, false],
    ]);
  });
});

test('a recovery proves sync’s half for the set whose manifest its package brought', async () => {
  const { log } = await makeSplitLog(set);
  expect(fold({ logs: [log] }).sets[0]?.vaultProvedAt).toBeNull();
  const recover = await makeRecoverLog(set, { begin: 86_400 });
  expect(fold({ logs: [log, recover.log] }).sets[0]?.vaultProvedAt).toMatch(/^2026/);
});
