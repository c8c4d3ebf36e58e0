/**
 * The OTP interface in as few reports as there can be; nothing is looked at.
 * @module
 */
import type { HidConnection } from '../../electron/devices/yubikey-otp/hid/transport.ts';
import { checksum, sealed } from '../support/software-key/otp-slots.ts';

/** @returns what came, with its checksum and what fills up the last report; null after a write */
export async function bareOtp(
  connection: HidConnection,
  command: number,
  content: Uint8Array,
): Promise<Uint8Array | null> {
  const payload = new Uint8Array(64);
  payload.set(content);
  const crc = checksum(payload);
  const frame = Uint8Array.of(...payload, command, crc & 0xff, crc >> 8, 0, 0, 0);
  for (let place = 0; place < 10; place += 1) {
    const data = frame.subarray(place * 7, place * 7 + 7);
    if (place % 9 > 0 && data.every((byte) => byte === 0)) continue;
    await connection.getFeature();
    await connection.sendFeature(Uint8Array.of(...data, 0x80 | place));
  }
  const pieces: Uint8Array[] = [];
  for (;;) {
    const report = await connection.getFeature();
    const flags = report[7] ?? 0;
    if (flags === 0) return null;
    if (flags === 0x40 && pieces.length > 0) break;
    pieces.push(report.subarray(0, 7));
  }
  await connection.sendFeature(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0xff));
  return new Uint8Array(Buffer.concat(pieces));
}

/** What to write into a slot: a secret, variable length, no touch. 52 bytes. */
export function bareConfig(secret: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(50);
  bytes.set(secret.subarray(0, 16), 22);
  bytes.set(secret.subarray(16), 16);
  bytes.set([0x04, 0x40, 0x26], 45);
  return sealed(bytes);
}
