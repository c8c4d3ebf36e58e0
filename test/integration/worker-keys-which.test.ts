/**
 * Which YubiKey is meant, through a real worker: the wrong one, two at once, numbers hidden.
 */
import { readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KeyHands, RackedKey } from '../support/key-rack.ts';
import {
  codeOf,
  envelopeOn,
  keySittings,
  mending,
  type Sitting,
  touches,
} from '../support/key-sittings.ts';

const { rack, sit, write, give } = keySittings();

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
      /12345678 of custodian 2 belongs to somebody else/,
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
