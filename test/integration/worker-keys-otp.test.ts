/**
 * Shares that are locked with a slot of a YubiKey's OTP interface, through a real worker and driver:
 * written, read back with a key that lost its power, opened, locked anew.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hmacConfig, writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import { decodeKeyEnvelope, keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import type { SlotProgramming } from '../../shared/ceremony/types.ts';
import type { KeyHands, RackedKey } from '../support/key-rack.ts';
import {
  CEREMONY,
  envelopeBytes,
  envelopeName,
  keySittings,
  LATER,
  seen,
  SET,
  type Sitting,
  touches,
} from '../support/key-sittings.ts';
import { verifierIn } from '../support/software-key/slot-verifier.ts';
import { codeOf } from '../support/worker.ts';

const { rack, manifest, sit, write, readBack, give, knowLive, onNote } = keySittings();

/** What the register hears of a slot whose secret was drawn here, with the verifier of what it holds. */
const inSlot = ({ otp }: RackedKey) => ({
  slot: 2,
  touch: true,
  programmed: true,
  verifier: verifierIn(otp, 1),
});

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
        slot: inSlot(own),
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
    expect(shareKey).toBe(manifest().shares[1]?.publicKey);
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
      otp: { envelope: keyEnvelopeDigest(before), madeIn: CEREMONY, standing: 'not-known' },
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
    const own = rack.add(30_000_001);
    useForSomething(own);
    const { changes } = own.otp.memory;
    const tried = async (typedSerial: number | null) => {
      const sitting = await sit(2, {
        own,
        slot: { type: 'slot', slot: 2, use: 'program', typedSerial },
      });
      expect(await codeOf(write(sitting, 'yubikey-otp'))).toBe('cancelled');
      expect(own.otp.memory.changes).toBe(changes);
      return sitting.person.refusals.map(({ code }) => code);
    };
    expect(await tried(null)).toEqual(['key-slot-choice']);
    expect(await tried(30_000_002)).toEqual(['otp-serial-differs']);

    const typed = await sit(2, {
      own,
      slot: { type: 'slot', slot: 2, use: 'program', typedSerial: 30_000_001 },
    });
    const anew = await write(typed, 'yubikey-otp');
    expect(anew.keys[0]?.slot).toEqual(inSlot(own));
    expect(own.otp.memory.changes).toBe(changes + 1);

    rack.allOut();
    const other = rack.add(30_000_003);
    useForSomething(other);
    const { keys } = await write(await sit(3, { own: other }), 'yubikey-otp');
    expect(keys[0]?.slot).toEqual({ slot: 2, touch: true, programmed: false });
  });

  it('of a key that was left in is programmed only after a yes', async () => {
    const left = rack.add(77_777_777);
    rack.only(left);
    const sitting = await sit(2, { own: left });
    expect(await codeOf(write(sitting, 'yubikey-otp', { cancelAt: 'key-slot' }))).toBe('cancelled');
    expect(left.otp.memory.hmac(1)).toBeNull();
    const [asked] = sitting.person.tasks.filter(({ task }) => task === 'key-slot');
    expect(asked).toMatchObject({ key: { serial: 77_777_777 } });
    const { keys } = await write(sitting, 'yubikey-otp');
    expect(keys[0]?.slot).toEqual(inSlot(left));
  });

  it.each([true, false])(
    'of a key that is pulled out right after it took the secret is registered as programmed (hidden: %s)',
    async (hides) => {
      const own = rack.add(12_345_678);
      own.otp.hidesSerial = hides;
      let between = 0;
      for (let reports = 20; reports <= 32; reports += 2) {
        own.otp.memory.write(1, new Uint8Array(58))?.();
        let pulled = false;
        const instead: NonNullable<KeyHands['instead']> = (task) => {
          if (task.task !== 'key-in') return undefined;
          rack.only(own);
          if (!pulled) own.key.plug.comeOutAfter(reports);
          pulled = true;
          return null;
        };
        const sitting = await sit(2, { own, instead });
        rmSync(join(sitting.path, envelopeName(2)), { force: true });
        rack.allOut();
        const { keys } = await write(sitting, 'yubikey-otp', {
          onRefused: () => {
            if (own.otp.memory.hmac(1) !== null) between += 1;
            rack.only(own);
            return true;
          },
        });
        expect(keys[0]?.slot, `after ${reports}`).toEqual(inSlot(own));
      }
      expect(between).toBeGreaterThan(0);
    },
  );

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
    expect(shareKey).toBe(manifest().shares[1]?.publicKey);
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual([
      'key-passphrase-wrong',
      'key-passphrase-wrong',
    ]);
    expect(touches(sitting.person)).toEqual(['open']);
  });
});

/** Slot 2 holds a secret that Conclave knows nothing of. */
function useForSomething(key: RackedKey): void {
  const payload = writePayload(hmacConfig(new Uint8Array(20).fill(7), true, undefined), undefined);
  key.otp.memory.write(1, payload)?.();
}

describe('a slot that opens a share which may be needed', () => {
  const slotsShown = (sitting: Sitting) =>
    sitting.person.tasks.flatMap((task) => (task.task === 'key-slot' ? [task.slots] : [])).at(-1);

  /** Whatever is typed; the window is closed after the refusal. */
  async function refusedAt(own: RackedKey, index: number, typedSerial: number | null = null) {
    const { changes } = own.otp.memory;
    const sitting = await sit(index, {
      own,
      slot: { type: 'slot', slot: 2, use: 'program', typedSerial },
    });
    rmSync(join(sitting.path, envelopeName(index)), { force: true });
    expect(await codeOf(write(sitting, 'yubikey-otp'))).toBe('cancelled');
    expect(own.otp.memory.changes).toBe(changes);
    const [refusal] = sitting.person.refusals;
    return { sitting, code: refusal?.code, happened: refusal?.happened };
  }

  it('a moment ago is not overwritten, and the page says which', async () => {
    const own = rack.add(31_000_001);
    await write(await sit(2, { own }), 'yubikey-otp');
    for (const typed of [null, 31_000_001, 31_000_002]) {
      const { sitting, code, happened } = await refusedAt(own, 2, typed);
      expect(code).toBe('key-slot-live');
      expect(happened).toContain('opens share 2 of 4 of this ceremony, of custodian 2');
      expect(slotsShown(sitting)).toMatchObject([
        { slot: 1, isConfigured: false, opens: null },
        { slot: 2, opens: 'share 2 of 4 of this ceremony, of custodian 2' },
      ]);
    }
    // As it is it may lock another copy.
    const second = await sit(2, { own });
    rmSync(join(second.path, envelopeName(2)), { force: true });
    expect((await write(second, 'yubikey-otp')).keys[0]?.slot?.programmed).toBe(false);
  });

  it('of a set that this laptop knows is not overwritten, by register or by manifest', async () => {
    const own = rack.add(31_000_003);
    useForSomething(own);
    const opens = 'share 1 of 3 of the set 2024 A, of custodian 2';
    for (const slot of [2, null] as const) {
      knowLive([{ serial: 31_000_003, slot, opens }]);
      const { code, happened } = await refusedAt(own, 2, 31_000_003);
      expect(code).toBe('key-slot-live');
      expect(happened).toContain(opens);
    }
    // Its other slot, and another key's, are another matter.
    knowLive([
      { serial: 31_000_003, slot: 1, opens },
      { serial: 31_000_004, slot: 2, opens },
    ]);
    const free = await sit(2, {
      own,
      slot: { type: 'slot', slot: 2, use: 'program', typedSerial: 31_000_003 },
    });
    rmSync(join(free.path, envelopeName(2)), { force: true });
    expect((await write(free, 'yubikey-otp')).keys[0]?.slot?.programmed).toBe(true);
  });

  it('is not overwritten when its key takes the place of the one that was shown', async () => {
    const shown = rack.add(31_000_005);
    const live = rack.add(31_000_006);
    for (const key of [shown, live]) useForSomething(key);
    knowLive([{ serial: 31_000_006, slot: 2, opens: 'share 1 of 3 of the set 2024 A' }]);
    const { changes } = live.otp.memory;
    const sitting = await sit(2, {
      own: shown,
      instead(task) {
        if (task.task !== 'key-slot') return undefined;
        rack.allOut();
        rack.only(live);
        return { type: 'slot', slot: 2, use: 'program', typedSerial: 31_000_006 };
      },
    });
    expect(await codeOf(write(sitting, 'yubikey-otp'))).toBe('cancelled');
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['key-slot-live']);
    expect(live.otp.memory.changes).toBe(changes);
  });

  it('cannot be looked up where the key hides its number: no slot in use is overwritten', async () => {
    const own = rack.add(31_000_007);
    own.hideSerial();
    useForSomething(own);
    for (const typed of [null, 31_000_007]) {
      expect((await refusedAt(own, 2, typed)).code).toBe('key-slot-unknown');
    }
  });
});

describe('what is about to be put into a slot', () => {
  it('is written down before, and without that nothing is put there', async () => {
    const own = rack.add(32_000_001);
    const sitting = await sit(2, { own });
    const heard: SlotProgramming[] = [];
    onNote((about) => {
      expect(own.otp.memory.hmac(1)).toBeNull();
      heard.push(about);
      return heard.length > 1;
    });
    expect(await codeOf(write(sitting, 'yubikey-otp'))).toBe('not-noted');
    expect(own.otp.memory.hmac(1)).toBeNull();
    await write(sitting, 'yubikey-otp');
    const { model } = sitting.person.tasks.flatMap((task) =>
      task.task === 'touch' ? task.keys : [],
    )[0] ?? { model: '' };
    const about = { serial: 32_000_001, model, slot: 2, found: 'empty' };
    const verifier = verifierIn(own.otp, 1);
    expect(heard).toEqual([
      { ...about, verifier: expect.not.stringContaining(verifier) },
      { ...about, verifier },
    ]);
  });

  it('says that the slot was in use', async () => {
    const own = rack.add(32_000_002);
    useForSomething(own);
    const found: string[] = [];
    onNote((about) => found.push(about.found) > 0);
    const slot = { type: 'slot', slot: 2, use: 'program', typedSerial: 32_000_002 } as const;
    await write(await sit(2, { own, slot }), 'yubikey-otp');
    expect(found).toEqual(['configured']);
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
