import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LogWriter, makeRecoverLog, makeSplitLog } from '../../../test/support/logs.ts';
import { makeManifest, makeShareSet, type TestShareSet } from '../../../test/support/share-sets.ts';
import type { Mode } from '../../../shared/mode.ts';
import { encodeLog, type CeremonyLog } from '../../../shared/transcript/log.ts';
import { destroyFacts } from './destroy-facts.ts';
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
