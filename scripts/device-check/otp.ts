/**
 * What the OTP interface of each key that is plugged in says.
 * @module
 */
import { systemClock, type Clock } from '../../electron/devices/yubikey-otp/hid/clock.ts';
import type {
  HidInterface,
  HidTransport,
} from '../../electron/devices/yubikey-otp/hid/transport.ts';
import {
  list as listKeys,
  open as openKey,
  OtpError,
  type OtpKey,
  type Slot,
  type SlotState,
} from '../../electron/devices/yubikey-otp/index.ts';
import { asRefusal, orOtpRefusal } from '../../electron/media/yubikey/otp-refusals.ts';
import { randomBytes } from '../../shared/secret/random.ts';
import type { RefusalNote } from '../../shared/refusal.ts';

/** Bytes of the challenge, as shares use them. */
const CHALLENGE = 32;

export interface OtpFinding {
  /** As the system lists it. */
  readonly product: string;
  /** Null for what could not be read; `refusal` then says why. */
  readonly model: string | null;
  readonly serial: number | null;
  /** E.g. `5.4.3`. */
  readonly firmware: string | null;
  readonly slots: readonly SlotState[];
  /** What came of the challenge that was asked for; the response itself is not kept. */
  readonly challenge: { readonly slot: Slot; readonly milliseconds: number } | null;
  readonly refusal: RefusalNote | null;
}

export interface OtpAsk {
  /** The slot that answers a random challenge; null for none. */
  readonly slot: Slot | null;
  /** Called when a key blinks. */
  readonly onTouch: () => void;
  readonly clock?: Clock;
}

/** @throws Refusal when no key can be looked at, of whatever kind */
export async function checkOtp(transport: HidTransport, ask: OtpAsk): Promise<OtpFinding[]> {
  const findings: OtpFinding[] = [];
  for (const place of await orOtpRefusal(() => listKeys(transport)))
    findings.push(await one(transport, place, ask));
  return findings;
}

async function one(
  transport: HidTransport,
  place: HidInterface,
  { slot, onTouch, clock = systemClock }: OtpAsk,
): Promise<OtpFinding> {
  let found: OtpFinding = {
    product: place.product,
    model: null,
    serial: null,
    firmware: null,
    slots: [],
    challenge: null,
    refusal: null,
  };
  let key: OtpKey | undefined;
  try {
    key = await openKey(transport, place, clock);
    const { serial, firmware, model } = await key.info();
    found = { ...found, model, serial, firmware: firmware.join('.'), slots: await key.slots() };
    if (slot === null) return found;
    const began = clock.now();
    const response = await key.challengeResponse(slot, randomBytes(CHALLENGE), { onTouch });
    response.fill(0);
    const milliseconds = Math.round(clock.now() - began);
    return { ...found, challenge: { slot, milliseconds } };
  } catch (error) {
    if (!(error instanceof OtpError)) throw error;
    return { ...found, refusal: asRefusal(error).note() };
  } finally {
    await key?.close();
  }
}
