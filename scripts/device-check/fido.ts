/**
 * What the FIDO interface of each key that is plugged in says, without a touch and without a PIN.
 * @module
 */
import {
  type FidoKey,
  listFidoKeys,
  type ListedFidoKey,
  openFidoKey,
  type PinRetries,
} from '../../electron/devices/ctap/index.ts';
import type { Clock } from '../../electron/devices/yubikey-otp/hid/clock.ts';
import type { HidTransport } from '../../electron/devices/yubikey-otp/hid/transport.ts';
import { Refusal, type RefusalNote } from '../../shared/refusal.ts';

export interface FidoFinding {
  /** As the system lists it. */
  readonly product: string;
  /** Null for what could not be read, `refusal` then says why, and for what the key does not tell. */
  readonly serial: number | null;
  /** E.g. `5.4.3`. */
  readonly firmware: string | null;
  /** E.g. `FIDO_2_1`. */
  readonly versions: readonly string[];
  /** Whether it can keep a share. */
  readonly hmacSecret: boolean | null;
  /** Null also for a key that has no PINs at all. */
  readonly pinIsSet: boolean | null;
  /** Null when no PIN is set. */
  readonly pinRetries: PinRetries | null;
  readonly refusal: RefusalNote | null;
}

/** @throws Refusal when no key can be looked at, of whatever kind */
export async function checkFido(transport: HidTransport, clock?: Clock): Promise<FidoFinding[]> {
  const findings: FidoFinding[] = [];
  for (const place of await listFidoKeys(transport)) {
    findings.push(await one(transport, place, clock));
  }
  return findings;
}

async function one(
  transport: HidTransport,
  { path, product }: ListedFidoKey,
  clock?: Clock,
): Promise<FidoFinding> {
  let found: FidoFinding = {
    product,
    serial: null,
    firmware: null,
    versions: [],
    hmacSecret: null,
    pinIsSet: null,
    pinRetries: null,
    refusal: null,
  };
  let key: FidoKey | undefined;
  try {
    key = await openFidoKey(transport, path, clock);
    const { versions, extensions } = key.info();
    const hmacSecret = extensions.includes('hmac-secret');
    const [firmware, pinIsSet] = [key.firmware().join('.'), key.pinIsSet()];
    found = { ...found, firmware, versions, hmacSecret, pinIsSet };
    found = { ...found, serial: await key.serial() };
    return pinIsSet === true ? { ...found, pinRetries: await key.pinRetries() } : found;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...found, refusal: error.note() };
  } finally {
    await key?.close();
  }
}
