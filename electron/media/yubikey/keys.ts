/**
 * The YubiKeys that are plugged in: what people see of them, and opening one for a moment. The
 * drivers know one interface each; here it is a key.
 * @module
 */
import type { KeyMethod } from '../../../shared/sharing/key-envelope.ts';
import type { KeyMedium } from '../../../shared/sharing/media-kinds.ts';
import { Refusal } from '../../../shared/refusal.ts';
import { listFidoKeys, openFidoKey, type FidoKey } from '../../devices/ctap/index.ts';
import type { Clock } from '../../devices/yubikey-otp/hid/clock.ts';
import { nodeHidTransport } from '../../devices/yubikey-otp/hid/node-hid.ts';
import type { HidInterface, HidTransport } from '../../devices/yubikey-otp/hid/transport.ts';
import { list as listKeys, open as openKey, type OtpKey } from '../../devices/yubikey-otp/index.ts';
import { orOtpRefusal } from './otp-refusals.ts';
import { refuseKey } from './refusals.ts';

/** Which interface of a key a medium uses. */
export const METHODS = {
  'yubikey-otp': 'otp-hmac',
  'yubikey-fido2': 'fido2',
} as const satisfies Record<KeyMedium, KeyMethod>;

/** How this machine reaches its keys. */
export interface KeySockets {
  readonly hid: HidTransport;
  /** Only tests bring their own. */
  readonly clock?: Clock;
}

/** What a person recognises a key by. */
export interface KeyName {
  /** Printed on it; null where the key does not tell. */
  readonly serial: number | null;
  /** `YubiKey 5C NFC` */
  readonly model: string;
  /** `5.4.3` */
  readonly firmware: string;
}

/** A key in its socket, by the interface that a method needs. */
export interface PluggedKey extends KeyName {
  readonly path: string;
  readonly place: HidInterface | null;
}

/** `YubiKey 5C NFC 12345678` */
export function keyTitle({ model, serial }: Pick<KeyName, 'model' | 'serial'>): string {
  return serial === null ? model : `${model} ${serial}`;
}

/**
 * What is plugged in, without opening it: the paths. Linux gives the lowest free number, so another
 * key may come with the same path.
 */
export async function socketsInUse(
  { hid }: KeySockets,
  method: KeyMethod,
): Promise<readonly string[]> {
  const found = method === 'otp-hmac' ? await otpPlaces(hid) : await listFidoKeys(hid);
  return found.map(({ path }) => path);
}

/**
 * The keys that are plugged in now. One that is pulled out meanwhile is not among them, nor one that
 * cannot be used while another can: a neighbour that speaks no FIDO2 stops nobody.
 * @throws Refusal of the drivers, where there is no other key: no permission, no HID stack, nonsense
 */
export async function pluggedKeys(
  sockets: KeySockets,
  method: KeyMethod,
): Promise<readonly PluggedKey[]> {
  if (method === 'otp-hmac') return otpKeys(sockets);
  const found = await listFidoKeys(sockets.hid);
  const keys = await usable(found, ({ path, product }) =>
    withFidoKey(sockets, path, async (key) => ({
      serial: await key.serial(),
      firmware: key.firmware().join('.'),
      model: product || 'FIDO2 key',
      path,
      place: null,
    })),
  );
  if (keys.every(({ serial }) => serial === null)) return keys;
  const named = await otpKeys(sockets).catch(noneIfRefused);
  return keys.map((key) => {
    // The OTP interface of the same key knows what is printed on its package.
    const same = named.find(({ serial }) => serial !== null && serial === key.serial);
    return { ...key, model: same?.model ?? key.model };
  });
}

async function otpKeys(sockets: KeySockets): Promise<readonly PluggedKey[]> {
  return usable(await otpPlaces(sockets.hid), (place) =>
    withOtpKey(sockets, place, async (open) => {
      const { serial, model, firmware } = await open.info();
      return { serial, model, firmware: firmware.join('.'), path: place.path, place };
    }),
  );
}

/**
 * Asked again after a page stood and before anything is done: a socket does not say which key is in
 * it. Keys that hide their numbers cannot be told apart by this.
 * @throws Refusal `key-exchanged`; of the drivers
 */
export async function requireStill(sockets: KeySockets, key: PluggedKey): Promise<void> {
  const { path, place } = key;
  const found =
    place === null
      ? await withFidoKey(sockets, path, async (open) => ({
          serial: await open.serial(),
          model: key.model,
        }))
      : await withOtpKey(sockets, place, (open) => open.info());
  if (found.serial !== key.serial) {
    throw refuseKey('key-exchanged', keyTitle(found), keyTitle(key));
  }
}

/** For what is good to know only: no refusal stops anybody. */
function noneIfRefused(error: unknown): readonly PluggedKey[] {
  if (error instanceof Refusal) return [];
  throw error;
}

/** What `look` makes of each; what it refuses counts only where nothing else is there. */
async function usable<P>(
  places: readonly P[],
  look: (place: P) => Promise<PluggedKey>,
): Promise<readonly PluggedKey[]> {
  const keys: PluggedKey[] = [];
  let refused: Refusal | null = null;
  for (const place of places) {
    try {
      keys.push(await look(place));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!/-(gone|busy)$/.test(error.code)) refused ??= error;
    }
  }
  if (refused !== null && keys.length === 0) throw refused;
  return keys;
}

/** Opens the OTP interface for the call. */
export async function withOtpKey<T>(
  { hid, clock }: KeySockets,
  place: HidInterface,
  work: (key: OtpKey) => Promise<T>,
): Promise<T> {
  const key = await orOtpRefusal(() => openKey(hid, place, clock));
  try {
    return await orOtpRefusal(() => work(key));
  } finally {
    await key.close();
  }
}

function otpPlaces(hid: HidTransport): Promise<readonly HidInterface[]> {
  return orOtpRefusal(() => listKeys(hid));
}

/** Opens the FIDO interface for the call. */
export async function withFidoKey<T>(
  { hid, clock }: KeySockets,
  path: string,
  work: (key: FidoKey) => Promise<T>,
): Promise<T> {
  const key = await openFidoKey(hid, path, clock);
  try {
    return await work(key);
  } finally {
    await key.close();
  }
}

/** The keys of this machine. node-hid is loaded when somebody uses one, and not before. */
export function installedKeys(): KeySockets {
  return { hid: nodeHidTransport() };
}
