/**
 * The OTP interface of YubiKeys: HMAC-SHA1 challenge-response, and what is needed to set it up.
 * Whatever goes wrong outside is a refusal of refusals.ts; a wrong argument is a RangeError.
 * @module
 */
import { systemClock, type Clock } from '../hid/clock.ts';
import type { HidInterface, HidTransport } from '../hid/transport.ts';
import { OtpKey } from './key.ts';
import { Line } from './line.ts';
import { asOtpRefusal, refuseOtp } from './refusals.ts';

export type { Waiting } from './line.ts';
export type { EraseOptions, KeyInfo, OtpKey, ProgramOptions } from './key.ts';
export { otpRefusalCode, type OtpRefusalCode } from './refusals.ts';
export type { Slot, SlotState } from './slots.ts';
export { LONGEST_CHALLENGE } from './challenge.ts';

/** Yubico's USB vendor id, and the usage of a keyboard, which the OTP interface is as well. */
const VENDOR = 0x1050;
const KEYBOARD = { usagePage: 0x0001, usage: 0x0006 };

/** The OTP interfaces that are plugged in now; empty when there is none. @throws Refusal */
export async function listKeys(transport: HidTransport): Promise<readonly HidInterface[]> {
  const all = await transport.list().catch((cause: unknown) => {
    throw asOtpRefusal(cause);
  });
  const found = new Map<string, HidInterface>();
  for (const place of all) {
    const isKeyboard = place.usagePage === KEYBOARD.usagePage && place.usage === KEYBOARD.usage;
    // A system may list an interface once for each usage.
    if (place.vendorId === VENDOR && isKeyboard) found.set(place.path, place);
  }
  return [...found.values()];
}

/**
 * Opens one of the keys that {@link listKeys} found; without `place` the only one there is.
 * @throws Refusal also when `place` is left out and there is none, or more than one
 */
export async function openKey(
  transport: HidTransport,
  place?: HidInterface,
  clock: Clock = systemClock,
): Promise<OtpKey> {
  const chosen = place ?? onlyOne(await listKeys(transport));
  const connection = await transport.open(chosen.path).catch((cause: unknown) => {
    throw asOtpRefusal(cause);
  });
  return new OtpKey(new Line(connection, clock), chosen.productId);
}

function onlyOne(keys: readonly HidInterface[]): HidInterface {
  const [key, ...others] = keys;
  if (key === undefined) throw refuseOtp('otp-not-plugged-in');
  if (others.length > 0) throw refuseOtp('otp-several', keys.length);
  return key;
}
