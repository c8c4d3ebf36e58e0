/**
 * Shares that are locked with a slot of a YubiKey's OTP interface, through a real worker and driver:
 * written, read back with a key that lost its power, opened, locked anew.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hmacConfig, writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import { decodeKeyEnvelope, keyEnvelopeDigest } from '../../shared/sharing/key-envelope.ts';
import type { KeyHands } from '../support/key-rack.ts';
import {
  codeOf,
  envelopeBytes,
  envelopeName,
  keySittings,
  LATER,
  seen,
  SET,
  touches,
} from '../support/key-sittings.ts';

const { rack, manifest, sit, write, readBack, give } = keySittings();

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

  it('of a key that was left in is programmed only after a yes', async () => {
    const left = rack.add(77_777_777);
    rack.only(left);
    const sitting = await sit(2, { own: left });
    expect(await codeOf(write(sitting, 'yubikey-otp', { cancelAt: 'key-slot' }))).toBe('cancelled');
    expect(left.otp.memory.hmac(1)).toBeNull();
    const [asked] = sitting.person.tasks.filter(({ task }) => task === 'key-slot');
    expect(asked).toMatchObject({ key: { serial: 77_777_777 } });
    const { keys } = await write(sitting, 'yubikey-otp');
    expect(keys[0]?.slot).toEqual({ slot: 2, touch: true, programmed: true });
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
        expect(keys[0]?.slot, `after ${reports}`).toEqual({
          slot: 2,
          touch: true,
          programmed: true,
        });
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
