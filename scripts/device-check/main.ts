/**
 * Where the command starts, on the HID stack of this computer.
 * @module
 */
import { nodeHidTransport } from '../../electron/devices/yubikey-otp/hid/node-hid.ts';
import { runDeviceCheck } from './program.ts';

process.exitCode = await runDeviceCheck(process.argv.slice(2), {
  transport: nodeHidTransport(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
