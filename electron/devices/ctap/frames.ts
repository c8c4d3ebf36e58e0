/**
 * CTAPHID framing: one message in 64-byte reports, and back. Initial report: channel (4 bytes),
 * 0x80|command, length (2 bytes, big-endian), 57 bytes of data. Continuation: channel, sequence
 * 0..127, 59 bytes of data.
 * @module
 */
import { nonsense } from './refusals.ts';

export const REPORT = 64;
const FIRST = 57;
const NEXT = 59;
/** Bytes in the longest message that the sequence numbers allow: 7,609. */
export const LONGEST = FIRST + 128 * NEXT;
/** Everybody's channel, for INIT only. */
export const BROADCAST = 0xffffffff;

export const COMMAND = {
  init: 0x06,
  cbor: 0x10,
  cancel: 0x11,
  keepalive: 0x3b,
  error: 0x3f,
  /** Yubico's: page of the device information. */
  deviceInfo: 0x42,
} as const;

/** Throws a RangeError for more than {@link LONGEST} bytes. */
export function reportsOf(channel: number, command: number, message: Uint8Array): Uint8Array[] {
  if (message.length > LONGEST) throw new RangeError(`${message.length} bytes in one message`);
  const first = blank(channel);
  first[4] = 0x80 | command;
  first[5] = message.length >>> 8;
  first[6] = message.length & 0xff;
  first.set(message.subarray(0, FIRST), 7);
  const reports = [first];
  for (let at = FIRST; at < message.length; at += NEXT) {
    const next = blank(channel);
    next[4] = reports.length - 1;
    next.set(message.subarray(at, at + NEXT), 5);
    reports.push(next);
  }
  return reports;
}

function blank(channel: number): Uint8Array {
  const report = new Uint8Array(REPORT);
  new DataView(report.buffer).setUint32(0, channel);
  return report;
}

/** Whose report this is. @throws Refusal fido-nonsense when it is not 64 bytes long */
export function channelOf(report: Uint8Array): number {
  if (report.length !== REPORT) throw nonsense(`a report of ${report.length} bytes`);
  return new DataView(report.buffer, report.byteOffset, REPORT).getUint32(0);
}

/** One message while its reports come in, those of its channel only. */
export class Assembly {
  readonly command: number;
  readonly #message: Uint8Array;
  #filled: number;
  #sequence = 0;

  /** @throws Refusal fido-nonsense when `report` is no initial report */
  constructor(report: Uint8Array) {
    const [command = 0, high = 0, low = 0] = report.subarray(4, 7);
    if ((command & 0x80) === 0) throw nonsense('a message without its beginning');
    this.command = command & 0x7f;
    const length = high * 256 + low;
    if (length > LONGEST) throw nonsense(`a message of ${length} bytes`);
    this.#message = new Uint8Array(length);
    this.#message.set(report.subarray(7, 7 + Math.min(length, FIRST)));
    this.#filled = Math.min(length, FIRST);
  }

  /** The whole message, or null while reports are missing. */
  get message(): Uint8Array | null {
    return this.#filled === this.#message.length ? this.#message : null;
  }

  /** @throws Refusal fido-nonsense when it is not the next one */
  add(report: Uint8Array): void {
    if (report[4] !== this.#sequence) throw nonsense('the reports of a message are out of order');
    const part = report.subarray(5, 5 + Math.min(NEXT, this.#message.length - this.#filled));
    this.#message.set(part, this.#filled);
    this.#filled += part.length;
    this.#sequence += 1;
  }
}
