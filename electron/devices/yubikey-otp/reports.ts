/**
 * Reports of 8 bytes: a command goes to the key as a frame of 70 bytes in at most ten of them, and
 * each report read from the key is its status, a piece of its response, or a request to wait.
 * @module
 */
import { crc16 } from './crc.ts';

/** Bytes of one report, and how many of them are data. */
const REPORT = 8;
const DATA = 7;
/** Bytes of a command's payload, and of the frame around it. */
export const PAYLOAD = 64;
const FRAME = 70;

const WRITE = 0x80;
const RESPONSE = 0x40;
const TOUCH = 0x20;
const SEQUENCE = 0x1f;

/** What the key says of itself whenever nothing else is going on. */
export interface Status {
  readonly firmware: readonly [major: number, minor: number, build: number];
  /** Goes up by one with each change of a slot, modulo 256; 0 when both slots are empty. */
  readonly changes: number;
  /** Bits 0 and 1: slot 1, 2 is configured. Bits 2 and 3: slot 1, 2 acts on touch. */
  readonly bits: number;
}

export type Report =
  | { readonly kind: 'status'; readonly status: Status }
  /** Seven bytes of a response, and their place in it; place 0 after the last piece is its end. */
  | { readonly kind: 'response'; readonly place: number; readonly data: Uint8Array }
  /** The key blinks, and waits for a finger `seconds` longer. */
  | { readonly kind: 'touch'; readonly seconds: number }
  | { readonly kind: 'busy' };

/** @returns null when these are not the 8 bytes of a report. */
export function parseReport(report: Uint8Array): Report | null {
  if (report.length !== REPORT) return null;
  const [, major = 0, minor = 0, build = 0, changes = 0, bits = 0, , flags = 0] = report;
  if ((flags & RESPONSE) !== 0) {
    return { kind: 'response', place: flags & SEQUENCE, data: report.slice(0, DATA) };
  }
  if (flags === 0)
    return { kind: 'status', status: { firmware: [major, minor, build], changes, bits } };
  if ((flags & TOUCH) !== 0) return { kind: 'touch', seconds: flags & SEQUENCE };
  return { kind: 'busy' };
}

/** Whether the key is not yet ready for the next report. */
export const isBusy = (report: Uint8Array): boolean => ((report[DATA] ?? 0) & WRITE) !== 0;

/**
 * The reports that carry a command, in order; those of zeros only are left out, but for the first
 * and the last.
 * @param command one byte: what to do, and with which slot
 * @param payload at most 64 bytes; the rest is zeros
 */
export function commandReports(command: number, payload: Uint8Array): Uint8Array[] {
  if (payload.length > PAYLOAD) throw new RangeError('A command has at most 64 bytes.');
  const frame = new Uint8Array(FRAME);
  try {
    frame.set(payload);
    const checksum = crc16(frame.subarray(0, PAYLOAD));
    frame.set([command, checksum & 0xff, checksum >>> 8], PAYLOAD);
    const reports: Uint8Array[] = [];
    for (let place = 0; place < FRAME / DATA; place += 1) {
      const data = frame.subarray(place * DATA, (place + 1) * DATA);
      const isEdge = place === 0 || place === FRAME / DATA - 1;
      if (isEdge || data.some((byte) => byte !== 0)) {
        reports.push(Uint8Array.of(...data, WRITE | place));
      }
    }
    return reports;
  } finally {
    frame.fill(0);
  }
}

/** The report that makes the key forget a half-sent command, a response or a wait for a finger. */
export const resetReport = (): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0xff);
