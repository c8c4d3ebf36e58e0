/**
 * The serial number printed on a YubiKey, by Yubico's own command: what pairs the FIDO interface
 * with the OTP interface of the same key.
 * @module
 */
import { type Channel, ChannelError } from './channel.ts';
import { COMMAND } from './frames.ts';
import { nonsense } from './refusals.ts';

const SERIAL = 0x02;

/** Null when the key is of another make, or hides it. @throws Refusal @throws HidGone */
export async function readSerial(channel: Channel): Promise<number | null> {
  let answer: Uint8Array;
  try {
    answer = await channel.call(COMMAND.deviceInfo, Uint8Array.of(0));
  } catch (error) {
    if (error instanceof ChannelError && error.isUnknownCommand) return null;
    throw error;
  }
  if (answer.length === 0 || answer[0] !== answer.length - 1) throw nonsense('odd device facts');
  for (let at = 1; at < answer.length;) {
    const [tag, length] = [answer[at], answer[at + 1] ?? 0xff];
    const value = answer.subarray(at + 2, at + 2 + length);
    if (value.length < length) throw nonsense('odd device facts');
    if (tag === SERIAL)
      return length === 4
        ? new DataView(answer.buffer).getUint32(answer.byteOffset + at + 2)
        : null;
    at += 2 + length;
  }
  return null;
}
