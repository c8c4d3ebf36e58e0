/**
 * Shares that are locked to YubiKeys, through a real worker thread and both drivers, on software
 * keys that answer report by report: written, read back with a key that lost its power, opened
 * again, locked anew; and what goes wrong in it.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Checks, PublicShare } from '../../shared/ceremony/types.ts';
import type { EntryTask } from '../../shared/ipc/entry.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import { hmacConfig, writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import { toTypedLines } from '../../shared/encoding/lines.ts';
import {
  decodeKeyEnvelope,
  encodeKeyEnvelope,
  keyEnvelopeDigest,
  type KeyEnvelope,
} from '../../shared/sharing/key-envelope.ts';
import type { KeyMedium, Manifest } from '../../shared/sharing/manifest.ts';
import { ScriptedPerson, type Hands } from '../support/entry-script.ts';
import { isKeyTask, KeyRack, type KeyHands, type RackedKey } from '../support/key-rack.ts';
import { CancelledByPerson, Refused, startTestWorker, type TestWorker } from '../support/worker.ts';

const SET = 'a1'.repeat(16);
const CEREMONY = 'ce'.repeat(16);
const LATER = 'cf'.repeat(16);
let root: string;
let worker: TestWorker;
let rack: KeyRack;
let manifest: Manifest;

// One worker and one set for all: its shares stay writable, because nobody ends a seat.
beforeAll(async () => {
  rack = new KeyRack();
  worker = await startTestWorker('rehearsal', { softwareKeys: rack.channel });
  const key = await worker.call('make-key', { componentBytes: 64 });
  const plan = { setId: SET, generation: 1, threshold: 3, count: 4 };
  manifest = manifestOf(key, (await worker.call('split', plan)).shares);
});
afterAll(() => {
  worker.stop();
  rack.close();
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'conclave-keys-'));
});
afterEach(() => {
  rack.empty();
  rmSync(root, { recursive: true, force: true });
});

/** What the worker needs of it; nobody checks its signatures here. */
function manifestOf(
  { componentId, checks }: { readonly componentId: string; readonly checks: Checks },
  shares: readonly PublicShare[],
): Manifest {
  return {
    mode: 'rehearsal',
    setId: SET,
    label: '2026 A',
    componentId,
    componentBytes: 64,
    keyVersion: 'v1',
    generation: 1,
    threshold: 3,
    count: 4,
    shares: shares.map((share) => ({
      ...share,
      custodian: { name: `custodian ${share.index}`, publicKey: 'ab'.repeat(32) },
      media: [{ kind: 'yubikey-otp', description: 'YubiKey' }],
    })),
    checks,
    ceremonyId: CEREMONY,
    createdAt: '2026-05-03T09:30:00Z',
    roster: 'cd'.repeat(32),
    sync: { audience: 'ef'.repeat(16), publicKey: '12'.repeat(32) },
    previous: null,
  };
}

async function codeOf(run: Promise<unknown>): Promise<string> {
  const caught: unknown = await run.then(
    () => 'no refusal',
    (error: unknown) => error,
  );
  if (caught instanceof CancelledByPerson) return 'cancelled';
  if (!(caught instanceof Refused)) throw new Error(String(caught), { cause: caught });
  return caught.note.code;
}

function stick(name: string) {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return { path, volumeId: `at:${path}`, rehearsalFolder: root };
}

interface Sitting {
  readonly person: ScriptedPerson;
  readonly path: string;
  readonly volume: { readonly volumeId: string; readonly rehearsalFolder: string };
  readonly keys: KeyHands;
}

async function sit(index: number, keys: Omit<KeyHands, 'rack'>): Promise<Sitting> {
  const person = new ScriptedPerson(`custodian ${index}`);
  const { path, ...volume } = stick(`STICK-${index}`);
  const turn = { name: person.name, role: 'custodian', index } as const;
  await worker.call('begin-seat', { turn });
  await worker.callWith(person, {}, 'new-identity', {});
  return { person, path, volume, keys: { rack, ...keys } };
}

const write = ({ person, volume, keys }: Sitting, medium: KeyMedium, hands: Hands = {}) =>
  worker.callWith(person, { keys, ...hands }, 'write-key', {
    medium,
    ...volume,
    withIdentity: true,
    ceremonyId: CEREMONY,
  });

const readBack = ({ person, volume, keys }: Sitting, key: KeyMedium, hands: Hands = {}) =>
  worker.callWith(person, { keys, ...hands }, 'read-back', {
    how: 'usb',
    key,
    ...volume,
    withIdentity: true,
    sheetNumber: null,
  });

const give = (
  { person, volume, keys }: Sitting,
  index: number,
  hands: Hands = {},
  of: Manifest = manifest,
) =>
  worker.callWith(person, { keys, ...hands }, 'accept-share', {
    how: 'usb',
    ...volume,
    person: person.name,
    manifest: of,
    known: { void: [], superseded: [] },
    index,
    ways: ['camera', 'typed'],
    ceremonyId: LATER,
  });

const envelopeName = (index: number) =>
  `conclave-yubikey-share-${index}-of-4-a1a1a1a1-rehearsal.cbor`;
function envelopeBytes({ path }: Sitting, index: number): Uint8Array {
  return new Uint8Array(readFileSync(join(path, envelopeName(index))));
}
const envelopeOn = (sitting: Sitting, index: number): KeyEnvelope =>
  decodeKeyEnvelope(envelopeBytes(sitting, index));

const touches = ({ tasks }: ScriptedPerson) =>
  tasks.flatMap((task) => (task.task === 'touch' ? [task.does] : []));
const seen = ({ tasks }: ScriptedPerson, from = 0) => tasks.slice(from).map(({ task }) => task);

/** Tries again after each refusal, having done something about it. */
const mending =
  (mend: (note: RefusalNote, task: EntryTask) => void) => (note: RefusalNote, task: EntryTask) => {
    mend(note, task);
    return true;
  };

describe('a slot of the OTP interface', () => {
  it('is programmed when it is empty, locks, is read back after losing its power, and is the register’s', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    const { records, keys } = await write(sitting, 'yubikey-otp');
    expect(keys).toEqual([
      {
        serial: 12_345_678,
        model: expect.stringMatching(/^YubiKey/) as string,
        firmware: own.key.facts.firmware.join('.'),
        isBackup: false,
        slot: { slot: 2, touch: true, programmed: true },
        attestation: null,
      },
    ]);
    expect(records[0]).toMatchObject({ kind: 'yubikey-otp', fileName: envelopeName(2) });
    expect(records[0]?.description).toMatch(/^YubiKey.* 12345678, envelope on folder STICK-2$/);
    expect(readdirSync(sitting.path).sort()).toEqual([
      expect.stringMatching(/^conclave-identity-/),
      envelopeName(2),
    ]);
    expect(touches(sitting.person)).toEqual(['lock']);
    expect(sitting.person.blinks).toBe(1);
    const { shareKey } = await readBack(sitting, 'yubikey-otp');
    expect(shareKey).toBe(manifest.shares[1]?.publicKey);
    expect(seen(sitting.person).slice(-3)).toEqual(['key-replug', 'touch', 'passphrase']);
    // The person typed the words once: they opened share and identity.
    expect(seen(sitting.person).filter((task) => task === 'passphrase')).toHaveLength(1);
  });

  it('opens at a recovery, and a new envelope under a fresh challenge takes the place of the old', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    await readBack(sitting, 'yubikey-otp');
    const before = envelopeBytes(sitting, 2);
    sitting.person.tasks.length = 0;
    const given = await give(sitting, 2);
    const after = envelopeBytes(sitting, 2);
    expect(given).toEqual({
      index: 2,
      medium: 'yubikey-otp',
      renewal: { done: true, before: keyEnvelopeDigest(before), after: keyEnvelopeDigest(after) },
    });
    expect(touches(sitting.person)).toEqual(['open', 'renew', 'prove']);
    const [old, fresh] = [decodeKeyEnvelope(before), decodeKeyEnvelope(after)];
    expect(fresh.keys[0]?.challenge).not.toEqual(old.keys[0]?.challenge);
    expect(fresh).toMatchObject({ ceremonyId: LATER, setId: SET, index: 2, generation: 1 });
    expect(readdirSync(sitting.path).filter((name) => name.includes('yubikey'))).toEqual([
      envelopeName(2),
    ]);
    // And the new one opens as well.
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
  });

  it('that is in use is used as it is, or programmed only when the key’s own number was typed', async () => {
    const own = rack.add(12_345_678);
    const first = await sit(2, { own });
    await write(first, 'yubikey-otp');
    const old = envelopeBytes(first, 2);
    const changes = own.otp.memory.changes;
    expect(changes).toBe(1);

    const again = async (hands: Omit<KeyHands, 'rack'>) => {
      const next = await sit(2, hands);
      rmSync(join(next.path, envelopeName(2)), { force: true });
      return next;
    };
    const { keys } = await write(await again({ own }), 'yubikey-otp');
    expect(keys[0]?.slot).toEqual({ slot: 2, touch: true, programmed: false });
    expect(own.otp.memory.changes).toBe(changes);

    const untyped = await again({
      own,
      slot: { type: 'slot', slot: 2, use: 'program', typedSerial: null },
    });
    expect(await codeOf(write(untyped, 'yubikey-otp'))).toBe('cancelled');
    expect(untyped.person.refusals.map(({ code }) => code)).toEqual(['key-slot-choice']);
    const mistyped = await again({
      own,
      slot: { type: 'slot', slot: 2, use: 'program', typedSerial: 12_345_679 },
    });
    expect(await codeOf(write(mistyped, 'yubikey-otp'))).toBe('cancelled');
    expect(mistyped.person.refusals.map(({ code }) => code)).toEqual(['otp-serial-differs']);
    expect(own.otp.memory.changes).toBe(changes);

    const typed = await again({
      own,
      slot: { type: 'slot', slot: 2, use: 'program', typedSerial: 12_345_678 },
    });
    const anew = await write(typed, 'yubikey-otp');
    expect(anew.keys[0]?.slot).toEqual({ slot: 2, touch: true, programmed: true });
    expect(own.otp.memory.changes).toBe(changes + 1);
    // What the slot held before is gone for good, and Conclave says so when it is asked for.
    writeFileSync(join(typed.path, envelopeName(2)), old);
    typed.person.refusals.length = 0;
    expect(await codeOf(give(typed, 2))).toBe('cancelled');
    expect(typed.person.refusals.map(({ code }) => code)).toEqual(['key-response-differs']);
  });

  it('refuses wrong words without another touch, and takes them when they are right', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    const wrong = new TextEncoder().encode('six words that nobody wrote down');
    sitting.person.tasks.length = 0;
    const { shareKey } = await readBack(sitting, 'yubikey-otp', {
      passphrases: [wrong, wrong, sitting.person.words],
      onRefused: () => true,
    });
    expect(shareKey).toBe(manifest.shares[1]?.publicKey);
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual([
      'key-passphrase-wrong',
      'key-passphrase-wrong',
    ]);
    expect(touches(sitting.person)).toEqual(['open']);
  });
});

describe('a key that answers wrongly', () => {
  it('locks nothing', async () => {
    const own = rack.add(12_345_678);
    const instead: NonNullable<KeyHands['instead']> = (task) => {
      // The slot was just programmed; now it holds another secret.
      const other = writePayload(
        hmacConfig(new Uint8Array(20).fill(7), true, undefined),
        undefined,
      );
      if (task.task === 'touch') own.otp.memory.write(1, other)?.();
      return undefined;
    };
    const sitting = await sit(2, { own, instead });
    expect(await codeOf(write(sitting, 'yubikey-otp'))).toBe('key-unsteady');
    expect(readdirSync(sitting.path)).toEqual([]);
  });
});

describe('a FIDO2 key', () => {
  it('locks with its PIN, is attested, read back and opened; the envelope stays as it is', async () => {
    const own = rack.add(23_456_789);
    const sitting = await sit(3, { own });
    const { keys } = await write(sitting, 'yubikey-fido2');
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ serial: 23_456_789, slot: null, isBackup: false });
    expect(keys[0]?.attestation?.format).toBe('packed');
    expect(touches(sitting.person)).toEqual(['make-credential', 'lock']);
    expect(envelopeOn(sitting, 3)).toMatchObject({
      method: 'fido2',
      keys: [{ userVerified: true }],
    });
    const { shareKey } = await readBack(sitting, 'yubikey-fido2');
    expect(shareKey).toBe(manifest.shares[2]?.publicKey);
    const before = envelopeBytes(sitting, 3);
    expect(await give(sitting, 3)).toEqual({ index: 3, medium: 'yubikey-fido2', renewal: null });
    expect(envelopeBytes(sitting, 3)).toEqual(before);
  });

  it('has a backup: each of the two is read back, and either opens', async () => {
    const own = rack.add(23_456_789);
    const backup = rack.add(34_567_890, '654321');
    const pinOf = (task: EntryTask) =>
      task.task === 'pin' && task.key.serial === 34_567_890 ? '654321' : '123456';
    const instead: NonNullable<KeyHands['instead']> = (task) =>
      task.task === 'pin'
        ? { type: 'pin', bytes: new TextEncoder().encode(pinOf(task)) }
        : undefined;
    const sitting = await sit(3, { own, backup, instead });
    const { keys, records } = await write(sitting, 'yubikey-fido2');
    expect(keys.map(({ serial, isBackup }) => [serial, isBackup])).toEqual([
      [23_456_789, false],
      [34_567_890, true],
    ]);
    expect(records[0]?.description).toContain('and backup 34567890');
    sitting.person.tasks.length = 0;
    await readBack(sitting, 'yubikey-fido2');
    const asked = sitting.person.tasks.flatMap((task) =>
      task.task === 'touch' ? task.keys.map(({ serial }) => serial) : [],
    );
    expect(asked).toEqual([23_456_789, 34_567_890]);
    for (const only of [own, backup]) {
      rack.only(only);
      const alone: Sitting = { ...sitting, keys: { rack, own: only, instead } };
      expect(await give(alone, 3)).toMatchObject({ medium: 'yubikey-fido2' });
    }
  });

  it('says how many tries are left, and a blocked PIN ends it by name', async () => {
    const own = rack.add(23_456_789);
    const sitting = await sit(3, { own, pins: ['000000', '123456'] });
    await write(sitting, 'yubikey-fido2', { onRefused: () => true });
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['fido-pin-wrong']);
    const tries = () =>
      sitting.person.tasks.flatMap((task) => (task.task === 'pin' ? [task.triesLeft] : []));
    expect(tries()).toEqual([8, 7]);

    sitting.person.tasks.length = 0;
    sitting.person.refusals.length = 0;
    const guessing: Sitting = { ...sitting, keys: { rack, own, pins: ['999999'] } };
    const code = await codeOf(
      give(guessing, 3, {
        onRefused: mending(({ code: refused }) => {
          if (refused !== 'fido-pin-replug') return;
          own.key.plug.out();
          own.key.plug.in();
        }),
      }),
    );
    expect(code).toBe('fido-pin-blocked');
    expect(tries()).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(own.fido.pin.left).toBe(0);
  });

  it('without a PIN gets its first one', async () => {
    const own = rack.add(23_456_789, null);
    const sitting = await sit(3, { own, pins: ['1', '246810'] });
    await write(sitting, 'yubikey-fido2', { onRefused: () => true });
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['fido-pin-policy']);
    await readBack({ ...sitting, keys: { rack, own, pins: ['246810'] } }, 'yubikey-fido2');
  });
});

describe('which key', () => {
  /** Puts another key in first; the right one after the refusal. */
  async function otherFirst(sitting: Sitting, other: RackedKey, index: number) {
    let done = false;
    const keys: KeyHands = {
      ...sitting.keys,
      instead(task) {
        if (task.task !== 'key-in' || done) return undefined;
        rack.only(other);
        return null;
      },
    };
    rack.allOut();
    sitting.person.refusals.length = 0;
    return give({ ...sitting, keys }, index, {
      onRefused: mending(() => {
        done = true;
        rack.only(sitting.keys.own);
      }),
    });
  }

  it.each(['yubikey-otp', 'yubikey-fido2'] as const)(
    'of %s: a wrong one is named, and the right one then opens',
    async (medium) => {
      const own = rack.add(12_345_678);
      const other = rack.add(99_999_999);
      const sitting = await sit(2, { own });
      await write(sitting, medium);
      expect(await otherFirst(sitting, other, 2)).toMatchObject({ medium });
      const [refused] = sitting.person.refusals;
      expect(refused?.code).toBe('key-other');
      expect(refused?.happened).toContain('99999999');
      expect(refused?.happened).toContain('12345678');
    },
  );

  it('of two that are in, the one with the number is used', async () => {
    const own = rack.add(12_345_678);
    const other = rack.add(99_999_999);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    own.key.plug.in();
    other.key.plug.in();
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
    expect(sitting.person.refusals).toEqual([]);
  });

  it('of two that hide their numbers, the one that is touched: OTP', async () => {
    const own = rack.add(12_345_678);
    const other = rack.add(99_999_999);
    for (const { otp } of [own, other]) otp.hidesSerial = true;
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    expect(envelopeOn(sitting, 2).keys[0]?.serial).toBeNull();
    const third = await sit(3, { own: other });
    await write(third, 'yubikey-otp');
    own.key.plug.in();
    other.key.plug.in();
    other.key.finger.waits();
    expect(await give(sitting, 2, { onRefused: () => true })).toMatchObject({ index: 2 });
  });

  it('that opens another share of the set is not taken for this one, nor as its own backup', async () => {
    const own = rack.add(12_345_678);
    await write(await sit(2, { own }), 'yubikey-otp');
    const next = await sit(3, { own });
    expect(await codeOf(write(next, 'yubikey-fido2'))).toBe('cancelled');
    expect(next.person.refusals.map(({ code }) => code)).toEqual(['key-taken']);
    expect(next.person.refusals[0]?.happened).toMatch(
      /12345678 of custodian 2 opens another share/,
    );
    const other = rack.add(55_555_555);
    const twice = await sit(3, { own: other, backup: other });
    expect(await codeOf(write(twice, 'yubikey-fido2'))).toBe('cancelled');
    expect(twice.person.refusals.map(({ code }) => code)).toEqual(['key-taken']);
    expect(readdirSync(twice.path)).toEqual([]);
  });

  it('of two to lock with: chosen by number, or by touch with FIDO2', async () => {
    const own = rack.add(12_345_678);
    const other = rack.add(99_999_999);
    const both: NonNullable<KeyHands['instead']> = (task) => {
      if (task.task !== 'key-in') return undefined;
      return task.state === 'choose' ? { type: 'choose-key', serial: 12_345_678 } : null;
    };
    own.key.plug.in();
    other.key.plug.in();
    const sitting = await sit(2, { own, instead: both });
    const { keys } = await write(sitting, 'yubikey-otp');
    expect(keys[0]?.serial).toBe(12_345_678);

    other.key.finger.waits();
    rmSync(sitting.path, { recursive: true });
    const touched = await sit(2, { own, instead: both });
    const chosen = await write(touched, 'yubikey-fido2');
    expect(chosen.keys[0]?.serial).toBe(12_345_678);
    expect(touches(touched.person)).toEqual(['select', 'make-credential', 'lock']);
  });
});

describe('pulled out', () => {
  it.each(['yubikey-otp', 'yubikey-fido2'] as const)(
    'of %s while it locks: the step is repeated and the share is wholly there',
    async (medium) => {
      const own = rack.add(12_345_678);
      const sitting = await sit(2, { own });
      for (const reports of [0, 7, 19, 40, 75]) {
        let pulled = false;
        const keys: KeyHands = {
          ...sitting.keys,
          instead(task) {
            if (task.task === 'touch' && !pulled) {
              pulled = true;
              own.key.plug.comeOutAfter(reports);
            }
            return undefined;
          },
        };
        rmSync(join(sitting.path, envelopeName(2)), { force: true });
        const hands: Hands = { onRefused: mending(() => rack.only(own)) };
        await write({ ...sitting, keys }, medium, hands);
        await readBack(sitting, medium);
      }
      expect(sitting.person.refusals.map(({ code }) => code)).toContain(
        medium === 'yubikey-otp' ? 'otp-gone' : 'fido-gone',
      );
    },
  );

  it('while it is locked anew: the old envelope still opens until the new one did', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    const before = envelopeBytes(sitting, 2);
    for (const does of ['renew', 'prove'] as const) {
      const keys: KeyHands = {
        ...sitting.keys,
        instead(task) {
          if (task.task === 'touch' && task.does === does) own.key.plug.comeOutAfter(3);
          return undefined;
        },
      };
      // The person gives up at the refusal: closes the window.
      expect(await codeOf(give({ ...sitting, keys }, 2))).toBe('cancelled');
      expect(envelopeBytes(sitting, 2)).toEqual(before);
      expect(readdirSync(sitting.path)).toHaveLength(2);
      rack.only(own);
    }
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
    expect(envelopeBytes(sitting, 2)).not.toEqual(before);
  });

  it('while it is locked anew, and put in again: the step is repeated', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    let pulled = 0;
    const keys: KeyHands = {
      ...sitting.keys,
      instead(task) {
        if (task.task === 'touch' && task.does !== 'open' && pulled < 4) {
          pulled += 1;
          own.key.plug.comeOutAfter(5);
        }
        return undefined;
      },
    };
    const hands: Hands = { onRefused: mending(() => rack.only(own)) };
    expect(await give({ ...sitting, keys }, 2, hands)).toMatchObject({ renewal: { done: true } });
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
  });
});

describe('the typed lines of a sheet', () => {
  it('open with the key as the stick does, and are of one mode', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    const typed = (wire: Uint8Array) =>
      worker.callWith(
        sitting.person,
        { keys: sitting.keys, way: 'typed', lines: toTypedLines('key-share', wire, 1) },
        'accept-share',
        {
          how: 'typed',
          sheet: 'key-share',
          volumeId: null,
          rehearsalFolder: null,
          person: sitting.person.name,
          manifest,
          known: { void: [], superseded: [] },
          index: 2,
          ways: ['camera', 'typed'],
          ceremonyId: LATER,
        },
      );
    expect(await typed(envelopeBytes(sitting, 2))).toEqual({
      index: 2,
      medium: 'yubikey-otp',
      renewal: null,
    });
    const other = encodeKeyEnvelope({ ...envelopeOn(sitting, 2), mode: 'production' });
    expect(await codeOf(typed(other))).toBe('key-envelope-other-mode');
  });
});

describe('what lies on the stick', () => {
  it('is refused by name when it is of another share or set, and the key is not asked', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    sitting.person.tasks.length = 0;
    expect(await codeOf(give(sitting, 3))).toBe('share-wrong-custodian');
    const other = { ...manifest, setId: 'b2'.repeat(16) };
    expect(await codeOf(give(sitting, 2, {}, other))).toBe('share-of-another-set');
    expect(sitting.person.tasks.filter(isKeyTask)).toEqual([]);
  });

  it('is one share of a set, however it is locked', async () => {
    const own = rack.add(12_345_678);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    expect(await codeOf(write(sitting, 'yubikey-otp'))).toBe('usb-share-exists');
    const next = await sit(3, { own });
    const onto: Sitting = { ...next, volume: sitting.volume };
    expect(await codeOf(write(onto, 'yubikey-fido2'))).toBe('usb-second-share');
    expect(
      await codeOf(
        worker.call('write-usb', { ...sitting.volume, withIdentity: true, sheet: null }),
      ),
    ).toBe('usb-second-share');
  });

  it('sends nothing of a PIN, of words or of an answer to main', async () => {
    const own = rack.add(12_345_678, '1357924680');
    const sitting = await sit(2, { own, pins: ['1357924680'] });
    await write(sitting, 'yubikey-fido2');
    await readBack(sitting, 'yubikey-fido2');
    const text = JSON.stringify(worker.sent);
    expect(text).not.toContain('1357924680');
    expect(text).not.toContain(new TextDecoder().decode(sitting.person.words));
  });
});
