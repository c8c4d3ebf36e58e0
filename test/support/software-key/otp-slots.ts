/**
 * The memory of a software key's OTP interface: two slots, their access codes, the change counter.
 * Written from the protocol's description, with none of the driver's code.
 * @module
 */
import { createHmac } from 'node:crypto';

/** Where things lie in the 52 bytes of a configuration. */
const UID = [16, 22] as const;
const KEY = [22, 38] as const;
const CODE = [38, 44] as const;
const [EXT, TKT, CFG] = [45, 46, 47] as const;
const CONFIG = 52;

const SERIAL_API_VISIBLE = 0x04;
const ALLOW_UPDATE = 0x20;
const CHALLENGE_RESPONSE = 0x40;
const HMAC_MODE = 0x22;
const LT64 = 0x04;
const BUTTON = 0x08;
/** What an update may change: tabs, delays and return; pacing; every flag of ext. */
const UPDATE = { tkt: 0x3f, cfg: 0x0c };

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value % 2 === 1 ? (value >> 1) ^ 0x8408 : value >> 1;
  return value;
});

/** CRC-16 by table; 16 bits. */
export function checksum(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = (crc >> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return crc;
}

/** `bytes` and their inverted checksum, low byte first. */
export function sealed(bytes: Uint8Array): Uint8Array {
  const crc = ~checksum(bytes) & 0xffff;
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8);
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);
const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export class SlotMemory {
  readonly #slots: [Uint8Array | null, Uint8Array | null] = [null, null];
  #changes = 0;

  get changes(): number {
    return this.#changes;
  }

  /** The status bits: configured 1 and 2, touch 4 and 8. */
  get bits(): number {
    return this.#slots.reduce((bits, config, place) => {
      if (config === null) return bits;
      const answers = ((config[TKT] ?? 0) & CHALLENGE_RESPONSE) !== 0;
      const acts = !answers || ((config[CFG] ?? 0) & BUTTON) !== 0;
      return bits | (1 << place) | (acts ? 4 << place : 0);
    }, 0);
  }

  /** With no configuration, or one that allows it, the serial number may be read. */
  get showsSerial(): boolean {
    const configs = this.#slots.filter((config) => config !== null);
    return (
      configs.length === 0 ||
      configs.some((config) => ((config[EXT] ?? 0) & SERIAL_API_VISIBLE) !== 0)
    );
  }

  /** The 52 bytes of a slot; null when it is empty. `place` is 0 or 1. */
  at(place: 0 | 1): Uint8Array | null {
    return this.#slots[place]?.slice() ?? null;
  }

  /**
   * A write: 52 bytes of configuration and the 6 of the access code so far.
   * @returns what carries it out; null when it is refused
   */
  write(place: 0 | 1, payload: Uint8Array): (() => void) | null {
    const config = payload.slice(0, CONFIG);
    if (!this.#mayChange(place, payload)) return null;
    if (isZero(config)) return () => this.#put(place, null);
    return checksum(config) === 0xf0b8 ? () => this.#put(place, config) : null;
  }

  /** An update: flags and access code of a slot that allows it. */
  update(place: 0 | 1, payload: Uint8Array): (() => void) | null {
    const config = this.at(place);
    const wanted = payload.slice(0, CONFIG);
    if (config === null || !this.#mayChange(place, payload)) return null;
    if (((config[EXT] ?? 0) & ALLOW_UPDATE) === 0 || checksum(wanted) !== 0xf0b8) return null;
    const mix = (at: number, mask: number) =>
      ((config[at] ?? 0) & ~mask) | ((wanted[at] ?? 0) & mask);
    config.set([wanted[EXT] ?? 0, mix(TKT, UPDATE.tkt), mix(CFG, UPDATE.cfg)], EXT);
    config.set(wanted.subarray(...CODE), CODE[0]);
    const whole = sealed(config.subarray(0, CONFIG - 2));
    return () => this.#put(place, whole);
  }

  /** Null when the slot holds no HMAC secret; else how to get a response to a challenge. */
  hmac(
    place: 0 | 1,
  ): { readonly touch: boolean; respond(challenge: Uint8Array): Uint8Array } | null {
    const config = this.#slots[place];
    if (config === null) return null;
    const cfg = config[CFG] ?? 0;
    if (((config[TKT] ?? 0) & CHALLENGE_RESPONSE) === 0 || (cfg & HMAC_MODE) !== HMAC_MODE) {
      return null;
    }
    const key = Buffer.concat([config.subarray(...KEY), config.subarray(UID[0], UID[0] + 4)]);
    return {
      touch: (cfg & BUTTON) !== 0,
      respond: (challenge) => {
        const message = (cfg & LT64) === 0 ? challenge : stripped(challenge);
        return new Uint8Array(createHmac('sha1', key).update(message).digest());
      },
    };
  }

  #mayChange(place: 0 | 1, payload: Uint8Array): boolean {
    const code = this.#slots[place]?.subarray(...CODE);
    if (code === undefined || isZero(code)) return true;
    return equal(code, payload.subarray(CONFIG, CONFIG + 6));
  }

  #put(place: 0 | 1, config: Uint8Array | null): void {
    this.#slots[place] = config;
    const isEmpty = this.#slots.every((slot) => slot === null);
    this.#changes = isEmpty ? 0 : (this.#changes + 1) % 256;
  }
}

/** What a slot of variable length takes for the challenge: without its last byte and its equals. */
function stripped(challenge: Uint8Array): Uint8Array {
  let end = challenge.length;
  while (end > 0 && challenge[end - 1] === challenge.at(-1)) end -= 1;
  return challenge.subarray(0, end);
}
