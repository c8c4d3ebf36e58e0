import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  HidNoPermission,
  HidUnavailable,
} from '../../electron/devices/yubikey-otp/hid/transport.ts';
import { JumpingClock } from '../../test/support/software-key/clock.ts';
import { SoftwareKey } from '../../test/support/software-key/key.ts';
import { otpKey } from '../../test/support/software-key/otp.ts';
import { fromHex, pluggedOtp, VECTORS } from '../../test/support/software-key/plugged-otp.ts';
import { failingTransport, transportOf } from '../../test/support/software-key/transport.ts';
import { FIRMWARE_5_4, FIRMWARE_5_7 } from '../../test/support/software-key/fido-profiles.ts';
import { pluggedFido } from '../../test/support/software-key/fido-plugged.ts';
import { runDeviceCheck, type Surroundings } from './program.ts';

async function run(args: readonly string[], where: Pick<Surroundings, 'transport' | 'clock'>) {
  let [out, err] = ['', ''];
  const code = await runDeviceCheck(args, {
    ...where,
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  return { code, out, err };
}

async function withSecret(touch: boolean) {
  const plugged = pluggedOtp();
  const key = await plugged.open();
  await key.program(2, fromHex(VECTORS[0][0]), { touch });
  return plugged;
}

describe('the device check', () => {
  it('ends with 3 when there is no key', async () => {
    const where = { transport: transportOf([]) };
    const told = await run([], where);
    expect(told.code).toBe(3);
    expect(told.out).toContain('No YubiKey was found.');
    const asked = await run(['--json', '--challenge'], where);
    expect(asked).toEqual({ code: 3, out: '{\n  "otp": [],\n  "fido": []\n}\n', err: '' });
  });

  it('tells model, number, firmware and slots of each key', async () => {
    const clock = new JumpingClock();
    const keys = [11, 22].map((serial) => new SoftwareKey({ clock, serial }));
    for (const key of keys) otpKey(key);
    const { code, out } = await run([], { transport: transportOf(keys), clock });
    expect(code).toBe(0);
    const line = (serial: number) =>
      `YubiKey 5 NFC, serial number ${serial}, firmware 5.4.3\n  OTP: slot 1 is empty; slot 2 is empty\n`;
    expect(out).toBe(`${line(11)}\n${line(22)}`);
  });

  it('has one challenge answered when asked, and says when to touch', async () => {
    const where = await withSecret(true);
    const { code, out, err } = await run(['--challenge', '--json'], where);
    expect(code).toBe(0);
    expect(err).toBe('The key blinks: touch it now.\n');
    expect(JSON.parse(out)).toEqual({
      otp: [
        {
          product: 'YubiKey OTP+FIDO+CCID',
          model: 'YubiKey 5 NFC',
          serial: 12_345_678,
          firmware: '5.4.3',
          slots: [
            { slot: 1, isConfigured: false, touch: false },
            { slot: 2, isConfigured: true, touch: true },
          ],
          challenge: { slot: 2, milliseconds: 200 },
          refusal: null,
        },
      ],
      fido: [],
    });
    const told = await run(['--challenge', '2'], await withSecret(false));
    expect(told.out).toContain('  Slot 2 answered a challenge in 0 ms.\n');
  });

  it('ends with 1 when a key does not answer, and says why', async () => {
    const empty = await run(['--challenge', '1'], await withSecret(false));
    expect(empty.code).toBe(1);
    expect(empty.out).toContain('Slot 1 of this YubiKey is empty.');
    for (const error of [new HidUnavailable('libusb is missing.'), new HidNoPermission('x')]) {
      const transport = failingTransport(error);
      expect((await run([], { transport })).code).toBe(1);
      const { out } = await run(['--json'], { transport });
      expect(JSON.parse(out)).toMatchObject({ refusal: { code: expect.stringMatching(/^otp-/) } });
    }
  });

  it('tells what FIDO2 keys say, in one block with the OTP interface of the same key', async () => {
    const both = pluggedFido(FIRMWARE_5_4);
    otpKey(both.key);
    expect(await run([], both)).toEqual({
      code: 0,
      out:
        'YubiKey 5 NFC, serial number 12345678, firmware 5.4.3\n' +
        '  OTP: slot 1 is empty; slot 2 is empty\n' +
        '  FIDO2: can keep a share; a PIN is set, tries left: 8; U2F_V2, FIDO_2_0, FIDO_2_1_PRE\n',
      err: '',
    });
    const alone = pluggedFido({ ...FIRMWARE_5_7, extensions: [] }, null);
    expect((await run([], alone)).out).toBe(
      'YubiKey OTP+FIDO+CCID, serial number 12345678, firmware 5.7.4\n' +
        '  FIDO2: cannot keep a share (no hmac-secret); no PIN is set; U2F_V2, FIDO_2_0, FIDO_2_1_PRE, FIDO_2_1\n',
    );
    const { code, out } = await run(['--json'], pluggedFido());
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      otp: [],
      fido: [
        {
          product: 'YubiKey OTP+FIDO+CCID',
          serial: 12_345_678,
          firmware: '5.7.4',
          versions: FIRMWARE_5_7.versions,
          hmacSecret: true,
          pinIsSet: true,
          pinRetries: { left: 8, replug: false },
          refusal: null,
        },
      ],
    });
  });

  it('uses no try of the PIN, and ends with 1 for a key that speaks no FIDO2', async () => {
    const where = pluggedFido();
    where.key.finger.waits();
    await run([], where);
    expect([where.applet.pin.compared, where.applet.pin.left]).toEqual([0, 8]);
    const old = await run([], pluggedFido({ ...FIRMWARE_5_4, versions: ['U2F_V2'] }));
    expect(old.code).toBe(1);
    expect(old.out).toContain('FIDO2: This key does not speak FIDO2.');
  });

  it('takes no other arguments', async () => {
    const where = { transport: transportOf([]) };
    expect((await run(['--challenge', '3'], where)).code).toBe(2);
    expect((await run(['--sing'], where)).code).toBe(2);
    expect((await run(['--help'], where)).code).toBe(0);
  });

  it('runs on the HID stack of this computer', () => {
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', main, '--json'], {
      encoding: 'utf8',
    });
    const { otp, fido } = JSON.parse(stdout) as Record<'otp' | 'fido', { refusal: unknown }[]>;
    const all = [...otp, ...fido];
    const isFine = all.every(({ refusal }) => refusal === null);
    expect(status).toBe(all.length === 0 ? 3 : isFine ? 0 : 1);
  });
});
