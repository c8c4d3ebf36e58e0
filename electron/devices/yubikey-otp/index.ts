/**
 * The OTP interface of YubiKeys: HMAC-SHA1 challenge-response, and what is needed to set it up.
 * Whatever goes wrong outside is an OtpError; a wrong argument is a RangeError.
 * @module
 */
import { systemClock, type Clock } from './hid/clock.ts';
import type { HidInterface, HidTransport } from './hid/transport.ts';
import { OtpKey } from './key.ts';
import { Line } from './line.ts';
import { asOtpError, otpError } from './errors.ts';

export type { Waiting } from './line.ts';
export type { EraseOptions, KeyInfo, OtpKey, ProgramOptions } from './key.ts';
export { OtpError, type OtpErrorCode, type Sentences } from './errors.ts';
export { HidGone, HidNoPermission, HidUnavailable } from './hid/transport.ts';
export type { HidConnection, HidInterface, HidTransport } from './hid/transport.ts';
export type { Clock } from './hid/clock.ts';
export { UDEV_RULE } from './hid/udev-rule.ts';
export type { Slot, SlotState } from './slots.ts';
export { LONGEST_CHALLENGE } from './challenge.ts';

/** Yubico's USB vendor id, and the usage of a keyboard, which the OTP interface is as well. */
const VENDOR = 0x1050;
const KEYBOARD = { usagePage: 0x0001, usage: 0x0006 };

/** The OTP interfaces that are plugged in now; empty when there is none. @throws OtpError */
export async function list(transport: HidTransport): Promise<readonly HidInterface[]> {
  const all = await transport.list().catch((cause: unknown) => {
    throw asOtpError(cause);
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
 * Opens one of the keys that {@link list} found; without `place` the only one there is.
 * @throws OtpError also when `place` is left out and there is none, or more than one
 */
export async function open(
  transport: HidTransport,
  place?: HidInterface,
  clock: Clock = systemClock,
): Promise<OtpKey> {
  const chosen = place ?? onlyOne(await list(transport));
  const connection = await transport.open(chosen.path).catch((cause: unknown) => {
    throw asOtpError(cause);
  });
  return new OtpKey(new Line(connection, clock), chosen.productId);
}

function onlyOne(keys: readonly HidInterface[]): HidInterface {
  const [key, ...others] = keys;
  if (key === undefined) throw otpError('otp-not-plugged-in');
  if (others.length > 0) throw otpError('otp-several', keys.length);
  return key;
}
