import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sealed } from '../../../test/support/software-key/otp-slots.ts';
import {
  fromHex,
  pluggedOtp,
  refusalOf,
  toHex,
  VECTORS,
} from '../../../test/support/software-key/plugged-otp.ts';
import { filledChallenge } from './challenge.ts';
import { commandReports } from './reports.ts';
import { hmacConfig, writePayload } from './slot-config.ts';

const SECRET = fromHex(VECTORS[0][0]);
const OTHER = fromHex(VECTORS[1][0]);
const CHALLENGE = new TextEncoder().encode('Hi There');
const SERIAL = 12_345_678;
const CODE = fromHex('010203040506');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('challenge and response', () => {
  it.each(VECTORS)(
    'with the secret %s to %s is that of the reference',
    async (secret, asked, given) => {
      for (const slot of [1, 2] as const) {
        const key = await pluggedOtp().open();
        await key.program(slot, fromHex(secret), { touch: false });
        expect(toHex(await key.challengeResponse(slot, text(asked)))).toBe(given);
      }
    },
  );

  it('is the HMAC of the challenge alone, whatever it ends in', async () => {
    const key = await pluggedOtp().open();
    await key.program(2, SECRET, { touch: false });
    for (const hex of ['00', '01', '0000', '0001', '0100', 'ff'.repeat(63), '00'.repeat(63)]) {
      const expected = createHmac('sha1', SECRET).update(fromHex(hex)).digest('hex');
      expect(toHex(await key.challengeResponse(2, fromHex(hex)))).toBe(expected);
    }
  });

  it('waits for the finger, and says so once', async () => {
    const { key: device, open } = pluggedOtp();
    device.finger.hesitates(3000);
    const key = await open();
    await key.program(2, SECRET, { touch: true });
    let asked = 0;
    const onTouch = () => {
      asked += 1;
    };
    const response = await key.challengeResponse(2, CHALLENGE, { onTouch });
    expect([toHex(response), asked]).toEqual([VECTORS[0][2], 1]);
  });

  it('ends when nobody touches the key for 15 seconds, and works at the next try', async () => {
    const { clock, key: device, open } = pluggedOtp();
    const key = await open();
    await key.program(2, SECRET, { touch: true });
    device.finger.waits();
    const began = clock.now();
    await expect(key.challengeResponse(2, CHALLENGE)).rejects.toMatchObject({
      code: 'otp-not-touched',
    });
    expect(clock.now() - began).toBeGreaterThanOrEqual(15_000);
    expect(clock.now() - began).toBeLessThan(16_000);
    device.finger.hesitates(10);
    expect(toHex(await key.challengeResponse(2, CHALLENGE))).toBe(VECTORS[0][2]);
  });

  it('can be given up while the key blinks, and the key stops blinking', async () => {
    const { clock, key: device, open, otp } = pluggedOtp();
    const key = await open();
    await key.program(2, SECRET, { touch: true });
    device.finger.waits();
    const giveUp = new AbortController();
    const began = clock.now();
    clock.in(2000, () => giveUp.abort());
    await expect(
      key.challengeResponse(2, CHALLENGE, { signal: giveUp.signal }),
    ).rejects.toMatchObject({ code: 'otp-cancelled' });
    expect(clock.now() - began).toBe(2000);
    expect(otp.getFeature()[7]).toBe(0);
  });

  it('that was given up beforehand sends nothing of the challenge', async () => {
    const { key: device, open } = pluggedOtp();
    const key = await open();
    await key.program(2, SECRET, { touch: false });
    const signal = AbortSignal.abort();
    const before = device.plug.reports;
    await expect(key.challengeResponse(2, CHALLENGE, { signal })).rejects.toMatchObject({
      code: 'otp-cancelled',
    });
    // The status is read, and the reset is sent.
    expect(device.plug.reports - before).toBe(2);
  });

  it('of an empty slot is refused before anything is sent, of another kind of slot by the key', async () => {
    const { open, otp } = pluggedOtp({ productId: 0x0401 });
    const key = await open();
    await expect(key.challengeResponse(1, CHALLENGE)).rejects.toMatchObject({
      code: 'otp-slot-empty',
      culprit: 'slot 1',
    });
    const typed = fromHex(`${'00'.repeat(44)}00040000000000`).slice(0, 50);
    otp.memory.write(0, Uint8Array.of(...sealed(typed), 0, 0, 0, 0, 0, 0))?.();
    await expect(key.challengeResponse(1, CHALLENGE)).rejects.toMatchObject({
      code: 'otp-refused',
    });
  });

  it('comes after the smart card was used, and after an earlier program left the key half asked', async () => {
    const { clock, open, otp } = pluggedOtp();
    const key = await open();
    await key.program(2, SECRET, { touch: true });
    otp.useSmartCard(3000);
    const began = clock.now();
    expect(toHex(await key.challengeResponse(2, CHALLENGE))).toBe(VECTORS[0][2]);
    expect(clock.now() - began).toBeGreaterThanOrEqual(3000);
    otp.useSmartCard(3000);
    expect(await key.serial()).toBe(SERIAL);
    for (const report of commandReports(0x38, filledChallenge(CHALLENGE))) otp.sendFeature(report);
    expect((await key.slots())[1].isConfigured).toBe(true);
  });

  it('says that the key is busy, not that its slot refused, while its smart card stays in use', async () => {
    const { clock, open, otp } = pluggedOtp();
    const key = await open();
    await key.program(2, SECRET, { touch: false });
    for (const asked of [
      () => key.challengeResponse(2, CHALLENGE),
      () => key.program(1, OTHER, { touch: false }),
    ]) {
      otp.useSmartCard(60_000);
      await expect(asked()).rejects.toMatchObject({ code: 'otp-busy' });
    }
    await clock.sleep(60_000);
    expect((await key.slots())[0].isConfigured).toBe(false);
    expect(toHex(await key.challengeResponse(2, CHALLENGE))).toBe(VECTORS[0][2]);
  });

  it('of two callers at once are two answers', async () => {
    const key = await pluggedOtp().open();
    await key.program(2, SECRET, { touch: false });
    const answers = await Promise.all([
      key.challengeResponse(2, CHALLENGE),
      key.serial(),
      key.challengeResponse(2, CHALLENGE),
    ]);
    expect(toHex(answers[0])).toBe(VECTORS[0][2]);
    expect(answers[1]).toBe(SERIAL);
    expect(toHex(answers[2])).toBe(VECTORS[0][2]);
  });

  it('works at the pace of a slow key', async () => {
    const { open, otp } = pluggedOtp();
    otp.pace = { report: 60, write: 400, response: 300 };
    const key = await open();
    await key.program(2, SECRET, { touch: false });
    expect(toHex(await key.challengeResponse(2, CHALLENGE))).toBe(VECTORS[0][2]);
  });
});

describe('writing a slot', () => {
  it('shows it configured, with touch as asked, and leaves the other one alone', async () => {
    const key = await pluggedOtp().open();
    await key.program(2, SECRET, { touch: true });
    expect(await key.slots()).toEqual([
      { slot: 1, isConfigured: false, touch: false },
      { slot: 2, isConfigured: true, touch: true },
    ]);
  });

  it('never goes over one in use, unless the serial number is typed, and typed rightly', async () => {
    const { open, otp } = pluggedOtp();
    const key = await open();
    await key.program(2, SECRET, { touch: false });
    const held = otp.memory.at(1);
    await expect(key.program(2, OTHER, { touch: false })).rejects.toMatchObject({
      code: 'otp-slot-configured',
    });
    const wrong = { typedSerial: SERIAL + 1 };
    await expect(key.program(2, OTHER, { touch: false, overwrite: wrong })).rejects.toMatchObject({
      code: 'otp-serial-differs',
      culprit: `serial number ${SERIAL + 1}`,
    });
    await expect(key.erase(2, wrong)).rejects.toMatchObject({ code: 'otp-serial-differs' });
    expect(otp.memory.at(1)).toEqual(held);
    await key.program(2, OTHER, { touch: false, overwrite: { typedSerial: SERIAL } });
    expect(toHex(await key.challengeResponse(2, text('Sample #2')))).toBe(VECTORS[1][2]);
  });

  it('with a key that hides its number destroys nothing', async () => {
    const { open, otp } = pluggedOtp({ productId: 0x0401 });
    const key = await open();
    await key.program(2, SECRET, { touch: false });
    otp.hidesSerial = true;
    expect(await key.serial()).toBeNull();
    await expect(key.erase(2, { typedSerial: SERIAL })).rejects.toMatchObject({
      code: 'otp-serial-hidden',
    });
    const overwrite = { typedSerial: SERIAL };
    await expect(key.program(2, OTHER, { touch: false, overwrite })).rejects.toMatchObject({
      code: 'otp-serial-hidden',
    });
  });

  it('under an access code needs that code afterwards', async () => {
    const { open, otp } = pluggedOtp({ productId: 0x0401 });
    const key = await open();
    await key.program(2, SECRET, { touch: false, accessCode: CODE });
    const held = otp.memory.at(1);
    const typedSerial = SERIAL;
    const wrong = { typedSerial, accessCode: fromHex('010203040507') };
    for (const attempt of [
      () => key.erase(2, { typedSerial }),
      () => key.erase(2, wrong),
      () => key.program(2, OTHER, { touch: false, overwrite: { typedSerial } }),
      () => key.program(2, OTHER, { touch: false, overwrite: wrong }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'otp-refused', culprit: 'slot 2' });
      expect(otp.memory.at(1)).toEqual(held);
    }
    await key.program(2, OTHER, { touch: false, overwrite: { typedSerial, accessCode: CODE } });
    await key.erase(2, { typedSerial });
    expect((await key.slots())[1].isConfigured).toBe(false);
  });

  it('waits for the smart card’s pause to end', async () => {
    const { open, otp } = pluggedOtp();
    const key = await open();
    otp.useSmartCard(3000);
    await key.program(1, SECRET, { touch: false });
    otp.useSmartCard(3000);
    await key.erase(1, { typedSerial: SERIAL });
    expect(otp.memory.bits).toBe(0);
  });

  it('stops when another program changed the slot in between', async () => {
    const { open, otp, clock } = pluggedOtp();
    const key = await open();
    otp.useSmartCard(3000);
    clock.in(1000, otp.memory.write(1, writePayload(hmacConfig(OTHER, false))) ?? (() => {}));
    await expect(key.program(2, SECRET, { touch: false })).rejects.toMatchObject({
      code: 'otp-changed',
    });
    expect(toHex(await key.challengeResponse(2, text('Sample #2')))).toBe(VECTORS[1][2]);
  });

  it('can be called off before it begins', async () => {
    const { open, otp } = pluggedOtp();
    const key = await open();
    const signal = AbortSignal.abort();
    await expect(key.program(2, SECRET, { touch: false, signal })).rejects.toMatchObject({
      code: 'otp-cancelled',
    });
    expect(otp.memory.bits).toBe(0);
  });

  it('of an empty slot erases nothing, and succeeds', async () => {
    const { key: device, open } = pluggedOtp();
    const key = await open();
    await key.erase(1, { typedSerial: SERIAL });
    expect(device.plug.reports).toBeLessThan(10);
  });

  it('goes past the counter’s end', async () => {
    const { open, otp } = pluggedOtp();
    const key = await open();
    const overwrite = { typedSerial: SERIAL };
    for (let times = 0; times < 258; times += 1) {
      await key.program(2, SECRET, { touch: false, overwrite });
    }
    expect(otp.memory.changes).toBe(2);
  });

  it('takes arguments of the right size only', async () => {
    const key = await pluggedOtp().open();
    expect(() => key.program(2, new Uint8Array(19), { touch: true })).toThrow(RangeError);
    expect(() => key.challengeResponse(2, new Uint8Array(64))).toThrow(RangeError);
    const accessCode = new Uint8Array(5);
    expect(() => key.erase(2, { typedSerial: SERIAL, accessCode })).toThrow(RangeError);
    expect(await refusalOf(key.slots())).toBe('nothing was refused');
  });
});

describe('old keys', () => {
  it('before 2.2 are refused, and say their firmware', async () => {
    const key = await pluggedOtp({ firmware: [2, 1, 9], productId: 0x0010 }).open();
    await expect(key.program(2, SECRET, { touch: false })).rejects.toMatchObject({
      code: 'otp-too-old',
    });
  });

  it('of the second series do not tell whether a slot wants a touch', async () => {
    const key = await pluggedOtp({ firmware: [2, 4, 3], productId: 0x0010 }).open();
    await key.program(2, SECRET, { touch: true });
    expect((await key.slots())[1]).toEqual({ slot: 2, isConfigured: true, touch: null });
    expect(await key.info()).toEqual({ serial: SERIAL, firmware: [2, 4, 3], model: 'YubiKey 2' });
  });

  it('of the NEO show a slot that was written through the smart card, before it is written over', async () => {
    const { open, otp } = pluggedOtp({ firmware: [3, 4, 9], productId: 0x0116 });
    const key = await open();
    otp.memory.write(1, writePayload(hmacConfig(OTHER, false)))?.();
    expect(otp.getFeature()[5]).toBe(0);
    await expect(key.program(2, SECRET, { touch: false })).rejects.toMatchObject({
      code: 'otp-slot-configured',
    });
    expect((await key.slots())[1].isConfigured).toBe(true);
  });

  it('of the NEO work as the others', async () => {
    const key = await pluggedOtp({ firmware: [3, 4, 9], productId: 0x0116 }).open();
    await key.program(2, SECRET, { touch: false });
    expect(toHex(await key.challengeResponse(2, CHALLENGE))).toBe(VECTORS[0][2]);
    expect((await key.info()).model).toBe('YubiKey NEO');
  });
});
