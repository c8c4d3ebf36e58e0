/**
 * YubiKeys that were changed since a share was locked with them, through a real worker: the slot
 * erased, programmed anew, set up for passwords; the FIDO2 side reset. Nothing more can come of such
 * a key, so the command ends, and the screen says what is lost (renderer/screens/KeyLost.tsx).
 */
import { describe, expect, it } from 'vitest';
import { hmacConfig, writePayload } from '../../electron/devices/yubikey-otp/slot-config.ts';
import type { KeyHands, RackedKey } from '../support/key-rack.ts';
import { envelopeBytes, keySittings, seen, touches } from '../support/key-sittings.ts';
import { sealed } from '../support/software-key/otp-slots.ts';
import { codeOf, endOf } from '../support/worker.ts';

const { rack, sit, write, readBack, give } = keySittings();

const other = hmacConfig(new Uint8Array(20).fill(7), true, undefined);
/** What the slot types as a password: configured, and no secret for challenges. */
function password(): Uint8Array {
  const config = other.slice(0, 50);
  config[46] = 0;
  return sealed(config);
}
const put = (config: Uint8Array) => (key: RackedKey) => {
  key.otp.memory.write(1, writePayload(config.slice(), undefined))?.();
};
const erase = (key: RackedKey) => {
  key.otp.memory.write(1, new Uint8Array(58))?.();
};

describe('the slot of a key', () => {
  const CHANGES = [
    ['erased', 'key-slot-erased', erase],
    ['programmed anew', 'key-slot-changed', put(other)],
    ['set up for a password', 'key-slot-changed', put(password())],
  ] as const;

  it.each(CHANGES)(
    'that was %s is named, with the key, and no words are asked for',
    async (...one) => {
      const [, code, change] = one;
      const own = rack.add(41_000_001);
      const sitting = await sit(2, { own });
      await write(sitting, 'yubikey-otp');
      const before = envelopeBytes(sitting, 2);
      const tasks = sitting.person.tasks.length;
      change(own);
      const refusal = await endOf(give(sitting, 2));
      expect(refusal?.code).toBe(code);
      expect(refusal?.happened).toMatch(/^This is the YubiKey.* 41000001, but its slot 2/);
      expect(refusal?.happened).toContain('share 2 of 4');
      expect(seen(sitting.person, tasks)).not.toContain('passphrase');
      expect(envelopeBytes(sitting, 2)).toEqual(before);
      expect(await codeOf(readBack(sitting, 'yubikey-otp'))).toBe(code);
    },
  );

  it('is not accused while another program uses the smart card of the key', async () => {
    const own = rack.add(41_000_003);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    let isInUse = true;
    const keys: KeyHands = {
      ...sitting.keys,
      instead(task) {
        if (task.task === 'touch') own.otp.useSmartCard(isInUse ? 60_000 : 0);
        return undefined;
      },
    };
    const onRefused = () => {
      isInUse = false;
      own.otp.useSmartCard(0);
      return true;
    };
    expect(await give({ ...sitting, keys }, 2, { onRefused })).toMatchObject({
      renewal: { done: true },
    });
    expect(sitting.person.refusals.map(({ code }) => code)).toEqual(['otp-busy']);
  });

  it('that was changed between the locking anew and its proof is named; the old envelope stays, and opens', async () => {
    const own = rack.add(41_000_004);
    const first = hmacConfig(new Uint8Array(20).fill(6), true, undefined);
    put(first)(own);
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    const before = envelopeBytes(sitting, 2);
    const given = await give(sitting, 2, {
      onAnswer: (answers) => {
        if (answers === 2) put(other)(own);
      },
    });
    const note = expect.objectContaining({ code: 'key-answers-otherwise' }) as object;
    expect(given).toMatchObject({ index: 2, renewal: { done: false, holds: 'old', note } });
    const { renewal } = given;
    if (renewal === null || renewal.done) throw new Error('It was locked anew.');
    expect(renewal.note.happened).toMatch(
      /^Plugged in: YubiKey.* 41000004\. It is the right key, but it does not answer as when it opened share 2 of 4 a moment ago\.$/,
    );
    expect(touches(sitting.person).slice(-3)).toEqual(['open', 'renew', 'prove']);
    expect(envelopeBytes(sitting, 2)).toEqual(before);
    put(first)(own);
    expect(await give(sitting, 2)).toMatchObject({ renewal: { done: true } });
  });

  it.each([
    ['erased', 'otp-slot-empty', erase],
    ['programmed anew', 'cancelled', put(other)],
  ] as const)('that was %s is not accused where the key hides its number', async (...one) => {
    const [, code, change] = one;
    const own = rack.add(41_000_002);
    own.hideSerial();
    const sitting = await sit(2, { own });
    await write(sitting, 'yubikey-otp');
    change(own);
    expect(await codeOf(give(sitting, 2))).toBe(code);
    if (code !== 'cancelled') return;
    const codes = sitting.person.refusals.map((refusal) => refusal.code);
    expect(codes).toEqual(['key-response-differs']);
  });
});
