/**
 * What a YubiKey is called and what else it can do, from its USB product id and its own account.
 * @module
 */
import { isWhole } from './crc.ts';

export type Firmware = readonly [major: number, minor: number, build: number];

/** USB product ids of keys that have no smart card beside the OTP interface. */
const WITHOUT_SMART_CARD = new Set([0x0010, 0x0110, 0x0114, 0x0401, 0x0403, 0x0410]);

/**
 * A key with a smart card answers nothing here for some 3 seconds after the card was used.
 * @param productId USB, 16 bits
 */
export const hasSmartCard = (productId: number): boolean => !WITHOUT_SMART_CARD.has(productId);

/** Whether `firmware` is at least `major.minor`. */
export function isAtLeast([major, minor]: Firmware, wanted: readonly [number, number]): boolean {
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}

/** The shapes in which keys are made, as the key tells them by number. */
const SHAPES = ['', 'A', 'Nano', 'C', 'C Nano', 'Ci', 'Bio', 'C Bio'];
const SHAPE_BITS = 0x0f;

interface Account {
  readonly serial: number | null;
  readonly shape: number;
  readonly hasNfc: boolean;
}

const TAG_SERIAL = 0x02;
const TAG_SHAPE = 0x04;
const TAG_NFC = 0x0d;

/**
 * What the key says of itself in its device info (command 13).
 * @param response a length byte, so many bytes of tag, length and value, a checksum, anything
 * @returns null when it is damaged
 */
export function parseDeviceInfo(response: Uint8Array): Account | null {
  const end = 1 + (response[0] ?? 0);
  if (response.length < end + 2 || !isWhole(response.subarray(0, end + 2))) return null;
  let serial: number | null = null;
  let shape = 0;
  let hasNfc = false;
  for (let at = 1; at < end;) {
    const tag = response[at];
    const from = at + 2;
    at = from + (response[at + 1] ?? end);
    if (at > end) return null;
    const value = response.subarray(from, at);
    if (value.length > 4) continue;
    const number = value.reduce((sum, byte) => sum * 256 + byte, 0);
    if (tag === TAG_SERIAL) serial = number === 0 ? null : number;
    if (tag === TAG_SHAPE) shape = number & SHAPE_BITS;
    if (tag === TAG_NFC) hasNfc = number !== 0;
  }
  return { serial, shape, hasNfc };
}

/** A name that a person finds on the packaging, e.g. `YubiKey 5C NFC`. */
export function modelName(firmware: Firmware, account: Account | null): string {
  const [major] = firmware;
  if (account === null || major < 5) return major === 3 ? 'YubiKey NEO' : `YubiKey ${major}`;
  const shape = SHAPES[account.shape] ?? '';
  const series = account.shape >= 6 ? 'YubiKey ' : 'YubiKey 5';
  if (!account.hasNfc) return shape === 'Nano' ? 'YubiKey 5 Nano' : `${series}${shape}`.trim();
  return shape === 'A' || shape === '' ? `${series} NFC` : `${series}${shape} NFC`;
}
