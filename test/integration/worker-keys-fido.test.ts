/**
 * Shares that are locked with FIDO2 keys, through a real worker and driver: PINs, backup keys, the
 * last try.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EntryTask } from '../../shared/ipc/entry.ts';
import { shareAttested } from '../../shared/identity/share-attested.ts';
import type { KeyHands } from '../support/key-rack.ts';
import { FIRMWARE_5_4 } from '../support/software-key/fido-profiles.ts';
import {
  envelopeBytes,
  envelopeOn,
  keySittings,
  mending,
  seen,
  type Sitting,
  touches,
} from '../support/key-sittings.ts';
import { codeOf } from '../support/worker.ts';

const { rack, manifest, sit, write, readBack, give } = keySittings();

describe('a FIDO2 key', () => {
  it('locks with its PIN, is attested, read back and opened; the envelope stays as it is', async () => {
    const own = rack.add(23_456_789);
    const sitting = await sit(3, { own });
    const { keys } = await write(sitting, 'yubikey-fido2');
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ serial: 23_456_789, slot: null, isBackup: false });
    expect(keys[0]?.attestation?.format).toBe('packed');
    const attested = shareAttested(envelopeOn(sitting, 3), sitting.person.name);
    expect(keys[0]?.attestation?.clientDataHash).toBe(Buffer.from(attested).toString('base64'));
    expect(touches(sitting.person)).toEqual(['make-credential', 'lock']);
    expect(envelopeOn(sitting, 3)).toMatchObject({
      method: 'fido2',
      keys: [{ userVerified: true }],
    });
    const { shareKey } = await readBack(sitting, 'yubikey-fido2');
    expect(shareKey).toBe(manifest().shares[2]?.publicKey);
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

  it('that hides its number has one that hides it too for a backup, and never itself', async () => {
    const own = rack.add(23_456_789);
    const backup = rack.add(34_567_890);
    for (const key of [own, backup]) key.hideSerial();
    const itself = await sit(3, { own, backup: own });
    expect(await codeOf(write(itself, 'yubikey-fido2'))).toBe('cancelled');
    expect(itself.person.refusals.map(({ code }) => code)).toEqual(['key-taken']);
    expect(readdirSync(itself.path)).toEqual([]);

    const sitting = await sit(3, { own, backup });
    const { keys } = await write(sitting, 'yubikey-fido2');
    expect(sitting.person.refusals).toEqual([]);
    expect(keys.map(({ serial, isBackup }) => [serial, isBackup])).toEqual([
      [null, false],
      [null, true],
    ]);
    for (const only of [own, backup]) {
      rack.only(only);
      const alone: Sitting = { ...sitting, keys: { rack, own: only } };
      expect(await give(alone, 3)).toMatchObject({ medium: 'yubikey-fido2' });
    }
  });

  it('that hides its number and has somebody else’s share is refused before a PIN is typed', async () => {
    const [own, next] = [rack.add(23_456_789, '654321'), rack.add(34_567_890)];
    for (const key of [own, next]) key.hideSerial();
    await write(await sit(2, { own, pins: ['654321'] }), 'yubikey-fido2');
    const { left } = own.fido.pin;
    // It was left in its socket when custodian 3 sat down.
    const sitting = await sit(3, { own: next });
    rack.only(own);
    const { keys } = await write(sitting, 'yubikey-fido2', {
      onRefused: mending(() => rack.only(next)),
    });
    const [refused] = sitting.person.refusals;
    expect(refused).toMatchObject({ code: 'key-taken' });
    expect(refused?.happened).toContain('custodian 2');
    expect(own.fido.pin.left).toBe(left);
    expect(keys).toHaveLength(1);
    rack.only(next);
    expect(await give(sitting, 3)).toMatchObject({ medium: 'yubikey-fido2' });
  });

  it('opens beside a key that speaks no FIDO2, which alone is named for that', async () => {
    const own = rack.add(23_456_789);
    const sitting = await sit(3, { own });
    await write(sitting, 'yubikey-fido2');
    const old = rack.add(55_555_555, null, { ...FIRMWARE_5_4, versions: ['U2F_V2'] });
    for (const { key } of [own, old]) key.plug.out();
    for (const { key } of [old, own]) key.plug.in();
    expect(await give(sitting, 3)).toMatchObject({ medium: 'yubikey-fido2' });
    rack.only(old);
    expect(await codeOf(give(sitting, 3))).toBe('fido-not-fido2');
  });

  it('that is in already and is the wrong one, which no number says, can be changed and tried again', async () => {
    const own = rack.add(23_456_789);
    const stranger = rack.add(77_777_777);
    for (const key of [own, stranger]) key.hideSerial();
    const sitting = await sit(3, { own });
    await write(sitting, 'yubikey-fido2');
    rack.only(stranger);
    sitting.person.tasks.length = 0;
    const onRefused = mending((_, task) => {
      expect(task).toMatchObject({ task: 'key-in', purpose: 'open' });
      rack.only(own);
    });
    expect(await give(sitting, 3, { onRefused })).toMatchObject({ medium: 'yubikey-fido2' });
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['fido-wrong-key']);
    expect(seen(sitting.person)).toEqual(['key-in', 'pin', 'touch']);
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

  it('that was reset, or a stranger’s without a PIN, gets none and is named for what it is', async () => {
    const own = rack.add(23_456_789);
    const sitting = await sit(3, { own });
    await write(sitting, 'yubikey-fido2');
    for (const [serial, code] of [
      [23_456_789, 'key-credential-gone'],
      [null, 'fido-wrong-key'],
    ] as const) {
      const fresh = rack.add(serial ?? 77_777_777, null);
      if (serial === null) fresh.hideSerial();
      rack.only(fresh);
      sitting.person.tasks.length = 0;
      sitting.person.refusals.length = 0;
      const hands: KeyHands = { rack, own: fresh, pins: ['246810'] };
      // Of a reset key nobody expects anything more; without its number another may be meant.
      const ends = serial === null ? 'cancelled' : code;
      expect(await codeOf(give({ ...sitting, keys: hands }, 3))).toBe(ends);
      if (serial === null) {
        expect(sitting.person.refusals.map((refused) => refused.code)).toEqual([code]);
      }
      expect(seen(sitting.person)).not.toContain('new-pin');
      expect(fresh.fido.pin.isSet).toBe(false);
    }
    rack.only(own);
    expect(await give(sitting, 3)).toMatchObject({ medium: 'yubikey-fido2' });
  });
});
