import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeChangeLog } from '../../../test/support/change-version-log.ts';
import { makeSealedEscrow, saidOf } from '../../../test/support/documents.ts';
import { LogWriter, makeRecoverLog, makeSplitLog } from '../../../test/support/logs.ts';
import { makeRefreshLog } from '../../../test/support/refresh-log.ts';
import { makeManifest, makeShareSet, type TestShareSet } from '../../../test/support/share-sets.ts';
import { makeNextVersion } from '../../../test/support/version-documents.ts';
import type { Mode } from '../../../shared/mode.ts';
import { encodeLog, type CeremonyLog } from '../../../shared/transcript/log.ts';
import { destroyFacts, slotsOfBothModes } from './destroy-facts.ts';
import { openKnowledge } from './knowledge.ts';
import { openStore, type Store } from './store.ts';

const SERIAL = 23_456_789;
let old: TestShareSet;
/** Replaces the old set. */
let next: TestShareSet;

let folder: string;
let store: Store;

beforeAll(async () => {
  old = await makeShareSet({ mode: 'rehearsal', label: '2024 A' });
  const { cast, sync } = old;
  const made = await makeShareSet({ mode: 'rehearsal', label: '2026 A', cast, sync });
  const previous = old.manifest.digest;
  next = { ...made, manifest: await makeManifest(made, { label: '2026 A' }, { previous }) };
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-destroy-'));
  store = openStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const keep = (...logs: readonly CeremonyLog[]) =>
  Promise.all(logs.map((log) => store.importLog(log.header, encodeLog(log))));
const facts = (mode: Mode, { manifest: { body } }: TestShareSet) =>
  destroyFacts({ store, knowledge: openKnowledge(store, () => new Date('2026-06-01')) }, mode, {
    setId: body.setId,
    generation: body.generation,
  });

/** A void split of the set, with an OTP key of custodian 3. */
async function voidWithKey(set: TestShareSet): Promise<CeremonyLog> {
  const { log } = await makeSplitLog(set, { until: 'void' });
  const writer = LogWriter.after({ ...log, items: log.items.slice(0, -3) });
  return withKey(writer).entry('declared-void', { reason: 'a fire alarm' }).log();
}

function withKey(writer: LogWriter): LogWriter {
  const whose = { index: 3, custodian: 'custodian 3', serial: SERIAL };
  const model = 'YubiKey 5C NFC';
  const medium = 'yubikey-otp';
  writer.entry('share-written', {
    index: 3,
    custodian: 'custodian 3',
    medium,
    description: `${model} ${SERIAL}, envelope on stick HOME-3 (16 GB)`,
  });
  return writer
    .entry('key-registered', { ...whose, medium, model, firmware: '5.7.1', backup: false })
    .entry('slot-programmed', { ...whose, slot: 2, touch: true });
}

describe('a set that another one replaced', () => {
  test('is kept until a package has shown that sync’s half fits the new one', async () => {
    const [first, second] = await Promise.all([makeSplitLog(old), makeSplitLog(next)]);
    await keep(first.log, second.log);
    await expect(facts('rehearsal', old)).rejects.toMatchObject({
      code: 'set-not-replaced-safely',
    });
    // A recovery with the old set proves nothing of the new one.
    await keep((await makeRecoverLog(old, { begin: 86_400 })).log);
    await expect(facts('rehearsal', old)).rejects.toMatchObject({
      code: 'set-not-replaced-safely',
    });
    await keep((await makeRecoverLog(next, { begin: 86_400 })).log);
    const found = await facts('rehearsal', old);
    expect(found).toMatchObject({
      label: '2024 A',
      standing: 'superseded',
      supersededBy: '2026 A',
      witness: 'witness',
      count: 4,
    });
    expect(found.remnants).toHaveLength(4);
    const { witness, custodians } = old.cast;
    for (const { name, signer } of [witness, ...custodians]) {
      expect(found.people).toContainEqual({ name, publicKey: signer.keyid });
    }
    await expect(facts('rehearsal', next)).rejects.toMatchObject({ code: 'set-in-use' });
    await expect(facts('production', old)).rejects.toMatchObject({ code: 'no-set' });
  });
});

describe('files on sticks', () => {
  test('are told from each other by their names, where no other set has such a one', async () => {
    await keep(await voidWithKey(old), (await makeSplitLog(next)).log);
    expect(await facts('rehearsal', old)).toMatchObject({ filesTold: true });
  });

  test('are not told where the shares live on in another generation: it has the same names', async () => {
    const { log } = await makeRefreshLog(old, { begin: 86_400 });
    await keep((await makeSplitLog(old)).log, log);
    expect(await facts('rehearsal', old)).toMatchObject({
      standing: 'refreshed',
      filesTold: false,
    });
  });
});

describe('a set whose key version was retired', () => {
  const later = { begin: 86_400, answered: 93_600 };

  test('may be destroyed once sync ended the version, and its own slots do not hold that up', async () => {
    const active = await makeNextVersion(old, { threshold: 2 });
    const { log } = await makeSplitLog(old);
    await keep(withKey(LogWriter.after(log)).log());
    await expect(facts('rehearsal', old)).rejects.toMatchObject({ code: 'set-in-use' });
    const ended = await makeChangeLog('retire', active, old, later);
    await keep(ended.log);
    const found = await facts('rehearsal', old);
    expect(found).toMatchObject({ label: '2024 A', standing: 'retired', inUse: [] });
    expect(found.remnants.length).toBeGreaterThan(0);
    await expect(facts('rehearsal', active)).rejects.toMatchObject({ code: 'set-in-use' });
  });

  test('holds a slot until then: another share is not written over it', async () => {
    const active = await makeNextVersion(old, { threshold: 2 });
    await keep(withKey(LogWriter.after((await makeSplitLog(old)).log)).log());
    await keep((await makeChangeLog('retire', active, old, later)).log);
    const knowledge = openKnowledge(store, () => new Date('2026-06-01'));
    const slots = await slotsOfBothModes(knowledge, null);
    expect(slots.map(({ serial }) => serial)).toContain(SERIAL);
  });

  test('ends the one that it had replaced, too, though sync’s half was never compared', async () => {
    const active = await makeNextVersion(next, { threshold: 2 });
    await keep((await makeSplitLog(old)).log, (await makeSplitLog(next)).log);
    await keep((await makeChangeLog('retire', active, next, later)).log);
    expect(await facts('rehearsal', old)).toMatchObject({ standing: 'superseded' });
    expect(await facts('rehearsal', next)).toMatchObject({ standing: 'retired' });
  });
});

describe('a key of a void set', () => {
  test('is known with its custodian; nothing forbids to erase it', async () => {
    await keep(await voidWithKey(old));
    const found = await facts('rehearsal', old);
    expect(found.standing).toBe('void');
    expect(found.inUse).toEqual([]);
    expect(found.owners).toContainEqual([SERIAL, 'custodian 3']);
  });

  test('is in use when it opens a share of a live set, also one of the other mode', async () => {
    const production = await makeShareSet({ mode: 'production' });
    const { log } = await makeSplitLog(production);
    const at = log.items.findIndex(
      (item) => 'document' in item && item.document.payloadType.includes('.bundle.'),
    );
    const writer = LogWriter.after({ ...log, items: log.items.slice(0, at) });
    withKey(writer);
    writer.items.push(...log.items.slice(at).filter((item) => 'document' in item));
    await keep(await voidWithKey(old));
    expect((await facts('rehearsal', old)).inUse).toEqual([]);
    await keep(writer.log());
    expect((await facts('rehearsal', old)).inUse).toEqual([SERIAL]);
  });
});

describe('the legacy shares of an adopted key', () => {
  /** What `makeSplitLog` makes, as the log of an adoption. */
  async function adoption(
    proof: 'escrow' | 'organisation' | 'none',
    until?: 'bundle',
  ): Promise<CeremonyLog> {
    const { log } = await makeSplitLog(next, {
      ...(until === undefined ? {} : { until }),
      more(writer, share) {
        if (share > 0) return;
        const given = (numbers: string, by: string) =>
          writer.entry('legacy-given', { numbers, by, source: 'a text file' });
        given('1, 2', 'custodian 1');
        given('3', 'somebody');
        writer.entry('legacy-taken-back', { numbers: '3' });
        given('4', 'a former custodian');
        writer.entry('legacy-proved', { proof });
        writer.entry('key-restored', { legacy: 'any 3 of 4 legacy shares' });
      },
    });
    return { ...log, header: { ...log.header, kind: 'adopt' } };
  }
  const legacyFacts = () =>
    destroyFacts(
      { store, knowledge: openKnowledge(store, () => new Date('2026-06-01')) },
      'rehearsal',
      {
        setId: next.manifest.body.setId,
        generation: next.manifest.body.generation,
        legacy: true,
      },
    );

  test('are listed as well where an organisation proved the key', async () => {
    await keep(await adoption('organisation'));
    expect((await legacyFacts()).standing).toBe('legacy');
  });

  test('are listed by number and by who brought them, once the set is in use and was proved', async () => {
    await keep(await adoption('escrow'));
    const found = await legacyFacts();
    expect(found).toMatchObject({ standing: 'legacy', count: 4, threshold: 3, label: '2026 A' });
    expect(found.remnants.map(({ index, custodian }) => [index, custodian])).toEqual([
      [1, 'custodian 1'],
      [2, 'custodian 1'],
      [3, 'Whoever has legacy share 3'],
      [4, 'a former custodian'],
    ]);
    await expect(facts('rehearsal', next)).rejects.toMatchObject({ code: 'set-in-use' });
  });

  test('are kept where nothing proved the key, until a survey that CheckTick stored was recovered', async () => {
    await keep(await adoption('none'));
    await expect(legacyFacts()).rejects.toMatchObject({ code: 'legacy-unproved' });
    await keep((await makeRecoverLog(next, { begin: 86_400, outcome: 'refused' })).log);
    await expect(legacyFacts()).rejects.toMatchObject({ code: 'legacy-unproved' });
    // Sealed to what the set gives, right or wrong: it opens, and proves nothing.
    const sealed = await makeSealedEscrow(next, new Uint8Array(32).fill(2), {
      salt: new Uint8Array(16).fill(1),
    });
    const opened = { kind: 'sealed', digest: saidOf(sealed).digest, surveyKey: 'fits' } as const;
    const escrow = { sealed, opened, entry: true };
    await keep((await makeRecoverLog(next, { begin: 88_000, escrow })).log);
    await expect(legacyFacts()).rejects.toMatchObject({ code: 'legacy-unproved' });
    await keep((await makeRecoverLog(next, { begin: 90_000 })).log);
    expect((await legacyFacts()).standing).toBe('legacy');
  });

  test('are kept while the set waits for its receipt; a set that was split has none', async () => {
    await keep(await adoption('escrow', 'bundle'));
    await expect(legacyFacts()).rejects.toMatchObject({ code: 'legacy-needed' });
    await keep((await makeSplitLog(old)).log);
    const { setId, generation } = old.manifest.body;
    const asked = { setId, generation, legacy: true } as const;
    const knowledge = openKnowledge(store, () => new Date('2026-06-01'));
    await expect(destroyFacts({ store, knowledge }, 'rehearsal', asked)).rejects.toMatchObject({
      code: 'no-legacy',
    });
  });
});
