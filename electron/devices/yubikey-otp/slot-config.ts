/**
 * The 52 bytes that configure a slot, followed by the access code that the slot has had so far.
 * @module
 */
import { crc16 } from './crc.ts';

/** Bytes of an HMAC-SHA1 secret, of an access code, and of a slot's configuration. */
export const SECRET = 20;
export const ACCESS_CODE = 6;
const CONFIG = 52;

const UID_AT = 16;
const KEY_AT = 22;
const KEY = 16;
const CODE_AT = 38;
const FLAGS_AT = 45;

const SERIAL_API_VISIBLE = 0x04;
const CHALLENGE_RESPONSE = 0x40;
const HMAC = 0x22;
const VARIABLE_LENGTH = 0x04;
const TOUCH = 0x08;

function put(config: Uint8Array, bytes: Uint8Array | undefined, at: number, size: number): void {
  if (bytes === undefined) return;
  if (bytes.length !== size) throw new RangeError(`${size} bytes are wanted, not ${bytes.length}.`);
  config.set(bytes, at);
}

/**
 * HMAC-SHA1 challenge-response of variable length; the serial number stays readable, and the slot
 * cannot be updated afterwards, only written anew or erased.
 * @param secret 20 bytes
 * @param code 6 bytes that will be asked for by whoever changes the slot; none when left out
 * @returns 52 bytes, to be wiped
 */
export function hmacConfig(secret: Uint8Array, touch: boolean, code?: Uint8Array): Uint8Array {
  if (secret.length !== SECRET) throw new RangeError(`An HMAC-SHA1 secret has ${SECRET} bytes.`);
  const config = new Uint8Array(CONFIG);
  config.set(secret.subarray(0, KEY), KEY_AT);
  config.set(secret.subarray(KEY), UID_AT);
  put(config, code, CODE_AT, ACCESS_CODE);
  const mode = HMAC | VARIABLE_LENGTH | (touch ? TOUCH : 0);
  config.set([SERIAL_API_VISIBLE, CHALLENGE_RESPONSE, mode], FLAGS_AT);
  const checksum = ~crc16(config.subarray(0, CONFIG - 2)) & 0xffff;
  config.set([checksum & 0xff, checksum >>> 8], CONFIG - 2);
  return config;
}

/** Zeros erase a slot. */
export const emptyConfig = (): Uint8Array => new Uint8Array(CONFIG);

/**
 * The payload of a write.
 * @param current the 6 bytes that protect the slot now, when there are such
 * @returns 58 bytes, to be wiped; `config` is wiped here
 */
export function writePayload(config: Uint8Array, current?: Uint8Array): Uint8Array {
  const payload = new Uint8Array(CONFIG + ACCESS_CODE);
  payload.set(config);
  config.fill(0);
  put(payload, current, CONFIG, ACCESS_CODE);
  return payload;
}
