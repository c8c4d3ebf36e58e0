import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { HidNoPermission, HidUnavailable } from '../../electron/devices/hid/transport.ts';
import { JumpingClock } from '../../test/support/software-key/clock.ts';
import { SoftwareKey } from '../../test/support/software-key/key.ts';
import { otpKey } from '../../test/support/software-key/otp.ts';
import { fromHex, pluggedOtp, VECTORS } from '../../test/support/software-key/plugged-otp.ts';
import { failingTransport, transportOf } from '../../test/support/software-key/transport.ts';
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
    expect(asked).toEqual({ code: 3, out: '{\n  "otp": []\n}\n', err: '' });
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
    const { otp } = JSON.parse(stdout) as { otp: { refusal: unknown }[] };
    const isFine = otp.every(({ refusal }) => refusal === null);
    expect(status).toBe(otp.length === 0 ? 3 : isFine ? 0 : 1);
  });
});
