import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { JumpingClock } from '../../../test/support/software-key/clock.ts';
import { SoftwareKey } from '../../../test/support/software-key/key.ts';
import { otpKey } from '../../../test/support/software-key/otp.ts';
import { pluggedOtp } from '../../../test/support/software-key/plugged-otp.ts';
import { failingTransport, transportOf } from '../../../test/support/software-key/transport.ts';
import { HidNoPermission, HidUnavailable, type HidInterface } from './hid/transport.ts';
import { UDEV_RULE } from './hid/udev-rule.ts';
import { list as listKeys, open as openKey, OtpError } from './index.ts';
import { modelName, parseDeviceInfo } from './models.ts';

function twoKeys() {
  const clock = new JumpingClock();
  const keys = [111, 222].map((serial) => new SoftwareKey({ clock, serial }));
  for (const key of keys) otpKey(key);
  return { clock, keys, transport: transportOf(keys) };
}

describe('finding keys', () => {
  it('finds each once, and nothing that is not one', async () => {
    const { transport } = twoKeys();
    const others: HidInterface[] = [
      { path: 'a', vendorId: 0x1050, productId: 0x407, usagePage: 0xf1d0, usage: 1, product: '' },
      { path: 'b', vendorId: 0x046d, productId: 0x407, usagePage: 1, usage: 6, product: '' },
    ];
    const real = await transport.list();
    const list = async () => [...others, ...real, ...real];
    expect(await listKeys({ ...transport, list })).toEqual(real);
  });

  it('opens the only one, or the one that is meant', async () => {
    const { clock, keys, transport } = twoKeys();
    await expect(openKey(transport, undefined, clock)).rejects.toMatchObject({
      code: 'otp-several',
    });
    const [, second] = await listKeys(transport);
    const key = await openKey(transport, second, clock);
    expect(await key.serial()).toBe(222);
    keys[1]?.plug.out();
    const only = await openKey(transport, undefined, clock);
    expect(await only.serial()).toBe(111);
    await expect(key.serial()).rejects.toMatchObject({ code: 'otp-gone' });
    await key.close();
    await expect(openKey(transport, second, clock)).rejects.toMatchObject({ code: 'otp-gone' });
    keys[0]?.plug.out();
    await expect(openKey(transport)).rejects.toMatchObject({ code: 'otp-not-plugged-in' });
  });

  it('says who may change what, when the system lets nobody in', async () => {
    const transport = failingTransport(new HidNoPermission('/dev/hidraw0'));
    const error = await openKey(transport).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'otp-no-permission' });
    expect((error as OtpError).sentences.next).toContain(UDEV_RULE);
  });

  it('names the rule that the packages bring', () => {
    const file = new URL('../../../resources/70-conclave-yubikey.rules', import.meta.url);
    const rules = readFileSync(file, 'utf8').split('\n');
    expect(rules.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([UDEV_RULE]);
  });

  it('says what is missing', async () => {
    const transport = failingTransport(new HidUnavailable('libusb is not installed.'));
    const error = await listKeys(transport).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(OtpError);
    expect(error).toMatchObject({ code: 'otp-unavailable' });
    expect((error as OtpError).sentences.means).toContain('libusb is not installed.');
    expect((error as OtpError).message).toContain('cannot talk to YubiKeys. libusb is not');
  });
});

describe('a key’s name', () => {
  it.each([
    [[5, 4, 3], 1, true, 'YubiKey 5 NFC'],
    [[5, 2, 7], 1, false, 'YubiKey 5A'],
    [[5, 4, 3], 2, false, 'YubiKey 5 Nano'],
    [[5, 7, 1], 3, true, 'YubiKey 5C NFC'],
    [[5, 4, 3], 3, false, 'YubiKey 5C'],
    [[5, 4, 3], 4, false, 'YubiKey 5C Nano'],
    [[5, 4, 3], 5, false, 'YubiKey 5Ci'],
    [[4, 3, 7], 1, false, 'YubiKey 4'],
  ] as const)('with firmware %s, shape %s, NFC %s is %s', (firmware, shape, hasNfc, name) => {
    expect(modelName(firmware, { serial: null, shape, hasNfc })).toBe(name);
  });

  it('comes from the key’s own account, which is whole or refused', async () => {
    const { open, otp } = pluggedOtp();
    const key = await open();
    expect(await key.info()).toEqual({
      serial: 12_345_678,
      firmware: [5, 4, 3],
      model: 'YubiKey 5 NFC',
    });
    otp.hidesSerial = true;
    expect((await key.info()).serial).toBeNull();
    expect(parseDeviceInfo(Uint8Array.of(2, 1, 9, 0, 0))).toBeNull();
    expect(parseDeviceInfo(new Uint8Array())).toBeNull();
  });
});
