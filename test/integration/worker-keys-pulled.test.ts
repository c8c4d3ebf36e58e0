/**
 * YubiKeys that are pulled out in the middle of something, through a real worker.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Hands } from '../support/entry-script.ts';
import type { KeyHands } from '../support/key-rack.ts';
import { envelopeBytes, envelopeName, keySittings, mending } from '../support/key-sittings.ts';
import { verifierIn } from '../support/software-key/slot-verifier.ts';
import { codeOf } from '../support/worker.ts';

const { rack, sit, write, readBack, give } = keySittings();

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

  it.each([true, false])(
    'after it was programmed, the window closed at the touch, locks as programmed here (number hidden: %s)',
    async (hides) => {
      const own = rack.add(12_345_678);
      own.otp.hidesSerial = hides;
      const sitting = await sit(2, { own });
      expect(await codeOf(write(sitting, 'yubikey-otp', { cancelAt: 'touch' }))).toBe('cancelled');
      expect(own.otp.memory.hmac(1)).not.toBeNull();
      expect(readdirSync(sitting.path)).toEqual([]);

      const verifier = verifierIn(own.otp, 1);
      const programmed = { slot: 2, touch: true, programmed: true, verifier };
      expect((await write(sitting, 'yubikey-otp')).keys[0]?.slot).toEqual(programmed);
      // And once more, as when the stick was lost before it was read back.
      rmSync(join(sitting.path, envelopeName(2)));
      expect((await write(sitting, 'yubikey-otp')).keys[0]?.slot).toEqual(programmed);
      await readBack(sitting, 'yubikey-otp');

      // In the next seat nobody knows any more whose secret it is.
      rack.allOut();
      const later = await sit(3, { own });
      expect(await codeOf(write(later, 'yubikey-otp', { cancelAt: 'key-slot' }))).toBe('cancelled');
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
      // The person gives up at the refusal: closes the window. The share was given all the same.
      expect(await give({ ...sitting, keys }, 2)).toMatchObject({
        index: 2,
        renewal: { done: false, holds: 'old', note: { code: 'renewal-left' } },
      });
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
