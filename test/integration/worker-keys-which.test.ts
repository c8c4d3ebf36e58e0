/**
 * Which YubiKey is meant, through a real worker: the wrong one, two at once, numbers hidden.
 */
import { readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hmacConfig, writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import type { KeyHands, RackedKey } from '../support/key-rack.ts';
import {
  envelopeBytes,
  envelopeOn,
  keySittings,
  mending,
  type Sitting,
  touches,
} from '../support/key-sittings.ts';
import { codeOf } from '../support/worker.ts';

const { rack, sit, write, readBack, give, onNote } = keySittings();

/** Which key is in, which is wanted, and never that anything is lost. */
function saysWhich({ person }: Sitting): void {
  const note = person.refusals.at(-1);
  expect(note?.happened).toMatch(
    /^Plugged in: YubiKey.* \(number hidden\)\. .* Wanted: YubiKey.* \(number hidden\), which opened it\.$/,
  );
  expect(JSON.stringify(note)).not.toMatch(/is lost|do not use this one/);
}

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

  /** Two custodians' keys in at once, the other's listed first; it hides its number or not. */
  async function bothIn(otherHides: boolean) {
    const other = rack.add(88_888_888);
    const own = rack.add(12_345_678);
    own.otp.hidesSerial = true;
    other.otp.hidesSerial = otherHides;
    await write(await sit(3, { own: other }), 'yubikey-otp');
    rack.allOut();
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    expect(envelopeOn(sitting, 2).keys[0]?.serial).toBeNull();
    own.key.plug.in();
    other.key.plug.in();
    sitting.person.tasks.length = 0;
    sitting.person.refusals.length = 0;
    return { own, other, sitting };
  }

  it.each([true, false])(
    'of two, the one that opened is locked to again, whoever touches the other then (hidden: %s)',
    async (otherHides) => {
      const { own, other, sitting } = await bothIn(otherHides);
      other.key.finger.waits();
      const before = envelopeBytes(sitting, 2);
      const instead: NonNullable<KeyHands['instead']> = (task) => {
        if (task.task === 'touch' && task.does !== 'open') other.key.finger.hesitates(0);
        return undefined;
      };
      const given = await give({ ...sitting, keys: { rack, own, instead } }, 2);
      expect(given).toMatchObject({ index: 2, renewal: { done: true } });
      expect(sitting.person.refusals).toEqual([]);
      expect(touches(sitting.person)).toEqual(['open', 'open', 'renew', 'prove']);
      expect(envelopeBytes(sitting, 2)).not.toEqual(before);
      rack.only(own);
      expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
    },
  );

  it('that is put in for the one that opened, where both hide their numbers, is not locked to', async () => {
    const { own, other, sitting } = await bothIn(true);
    rack.only(own);
    const before = envelopeBytes(sitting, 2);
    const wrong = new TextEncoder().encode('six words that nobody wrote down');
    const given = await give(sitting, 2, {
      passphrases: [wrong, sitting.person.words],
      onRefused: mending(({ code }) => {
        expect(envelopeBytes(sitting, 2)).toEqual(before);
        rack.only(code === 'key-passphrase-wrong' ? other : own);
      }),
    });
    expect(given).toMatchObject({ renewal: { done: true } });
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual([
      'key-passphrase-wrong',
      'key-swapped',
    ]);
    saysWhich(sitting);
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
  });

  it('swapped in its socket before the last touch, where both hide their numbers, is named and put back', async () => {
    const { own, other, sitting } = await bothIn(true);
    rack.only(own);
    const given = await give(sitting, 2, {
      onAnswer: (answers) => {
        // It opened, answered the old challenge again, and the new one: now it is swapped.
        if (answers === 3) rack.only(other);
      },
      onRefused: mending(() => rack.only(own)),
    });
    expect(given).toMatchObject({ renewal: { done: true } });
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['key-swapped']);
    saysWhich(sitting);
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
  });

  it('without touch, of two that hide their numbers, does not answer for the one that is meant', async () => {
    const { own, other, sitting } = await bothIn(true);
    other.otp.memory.write(
      1,
      writePayload(hmacConfig(new Uint8Array(20).fill(7), false, undefined), undefined),
    )?.();
    own.key.finger.hesitates(400);
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
    expect(sitting.person.refusals).toEqual([]);
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

  it('of three to lock with, one is custodian 1’s: it is neither listed nor taken when it is chosen', async () => {
    const first = rack.add(11_111_111);
    const own = rack.add(22_222_222);
    const third = rack.add(33_333_333);
    await write(await sit(1, { own: first }), 'yubikey-otp');
    for (const { key } of [first, own, third]) key.plug.in();
    const found: (number | null)[][] = [];
    const instead: NonNullable<KeyHands['instead']> = (task) => {
      if (task.task !== 'key-in') return undefined;
      found.push(task.found.map(({ serial }) => serial));
      // Nothing comes of it: the page waits, until the third is taken out.
      setTimeout(() => third.key.plug.out(), 700);
      return { type: 'choose-key', serial: 11_111_111 };
    };
    const { keys } = await write(await sit(2, { own, instead }), 'yubikey-otp');
    expect(found).toEqual([[22_222_222, 33_333_333]]);
    expect(keys.map(({ serial }) => serial)).toEqual([22_222_222]);
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

describe('exchanged in its socket while a page stands', () => {
  const used = new Uint8Array(20).fill(7);
  const useForSomething = ({ otp }: RackedKey) =>
    otp.memory.write(1, writePayload(hmacConfig(used, true, undefined), undefined))?.();

  /** The socket gives the next key the path of the one before. */
  const exchangeFor = (key: RackedKey) => {
    rack.allOut();
    rack.only(key);
  };

  /** Somebody looks at the number on the page, and puts the key in that was meant. */
  async function exchanged(page: string, prepare: (key: RackedKey) => void = () => undefined) {
    const own = rack.add(12_345_678);
    const first = rack.add(99_999_999);
    for (const key of [own, first]) prepare(key);
    // Where a key was in already, the page of its slot stands also when that is empty.
    rack.only(first);
    const noted: (number | null)[] = [];
    onNote(({ serial }) => noted.push(serial) > 0);
    let isDone = false;
    const instead: NonNullable<KeyHands['instead']> = (task) => {
      if (task.task === page && !isDone) {
        isDone = true;
        exchangeFor(own);
      }
      return undefined;
    };
    const sitting = await sit(2, { own, instead });
    const medium = page === 'key-slot' ? 'yubikey-otp' : 'yubikey-fido2';
    const { keys } = await write(sitting, medium, { onRefused: mending(() => undefined) });
    const [refused, ...more] = sitting.person.refusals;
    expect([refused?.code, more]).toEqual(['key-exchanged', []]);
    expect(refused?.happened).toMatch(/ 99999999, and the YubiKey.* 12345678 is plugged in now/);
    expect(keys.map(({ serial }) => serial)).toEqual([12_345_678]);
    expect(await readBack(sitting, medium)).toMatchObject({ shareKey: expect.any(String) });
    return { own, first, noted };
  }

  it.each(['program', 'as-it-is'] as const)(
    'of a slot (%s): the other one is named, looked at and shown, and nothing is put into it unseen',
    async (use) => {
      const { own, first, noted } = await exchanged('key-slot', (key) => {
        if (use === 'as-it-is') useForSomething(key);
      });
      expect(first.otp.memory.changes).toBe(use === 'program' ? 0 : 1);
      expect(own.otp.memory.changes).toBe(1);
      expect(noted).toEqual(use === 'program' ? [12_345_678] : []);
    },
  );

  it('of a PIN: it is not sent to the other one', async () => {
    const { own, first } = await exchanged('pin');
    expect([first.fido.pin.compared, first.fido.pin.left]).toEqual([0, 8]);
    expect(own.fido.pin.left).toBe(8);
  });

  it('of a first PIN: the other one gets none unseen', async () => {
    const { first } = await exchanged('new-pin', ({ fido }) => fido.pin.forget());
    expect(first.fido.pin.isSet).toBe(false);
  });

  it('of a PIN, for custodian 3’s, where numbers are hidden: named, and nothing is locked to it', async () => {
    const theirs = rack.add(88_888_888);
    const own = rack.add(12_345_678);
    for (const key of [theirs, own]) key.hideSerial();
    await write(await sit(3, { own: theirs }), 'yubikey-fido2');
    rack.allOut();
    let isDone = false;
    const instead: NonNullable<KeyHands['instead']> = (task) => {
      if (task.task !== 'pin' || isDone) return undefined;
      isDone = true;
      exchangeFor(theirs);
      return undefined;
    };
    const sitting = await sit(2, { own, instead });
    const compared = theirs.fido.pin.compared;
    await write(sitting, 'yubikey-fido2', { onRefused: mending(() => rack.only(own)) });
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['key-taken']);
    expect(theirs.fido.pin.compared).toBe(compared);
  });
});
