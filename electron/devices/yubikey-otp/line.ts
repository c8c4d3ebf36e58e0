/**
 * One command at a time over an open OTP interface: the frame out, report by report, then the
 * response or the new status in. Every wait has an end.
 * @module
 */
import type { Clock } from './hid/clock.ts';
import type { HidConnection } from './hid/transport.ts';
import { asOtpError, otpError, type OtpError } from './errors.ts';
import {
  commandReports,
  isBusy,
  parseReport,
  resetReport,
  type Report,
  type Status,
} from './reports.ts';

/** Waiting for the key to take a report: 20 times, 50 ms apart. */
const READY = { tries: 20, pause: 50 };
/** Waiting for an answer: asked every 20 ms, for 5 s; while the key blinks every 100 ms, for 20 s. */
const WORKING = { pause: 20, limit: 5000 };
const BLINKING = { pause: 100, limit: 20_000 };

export interface Waiting {
  /** Called once, when the key begins to blink. */
  readonly onTouch?: (() => void) | undefined;
  /** Ends the wait; the key then stops blinking too. */
  readonly signal?: AbortSignal | undefined;
}

export interface Command extends Waiting {
  readonly code: number;
  /** At most 64 bytes. */
  readonly payload: Uint8Array;
  /** Sees the status of the moment before; throws when nothing may be sent. */
  readonly guard?: (before: Status) => void;
}

export type Answer =
  /** At most 224 bytes, with the checksum and zeros after what was asked for. To be wiped. */
  | { readonly kind: 'response'; readonly bytes: Uint8Array }
  | { readonly kind: 'status'; readonly before: Status; readonly after: Status };

export class Line {
  readonly #connection: HidConnection;
  readonly #clock: Clock;

  constructor(connection: HidConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(milliseconds, signal);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** What the key says of itself now. @throws OtpError */
  async status(): Promise<Status> {
    try {
      return await this.#idle();
    } catch (cause) {
      throw await this.#given(cause);
    }
  }

  /** Sends a command and waits for what comes of it. @throws OtpError */
  async ask(command: Command): Promise<Answer> {
    const reports = commandReports(command.code, command.payload);
    try {
      const before = await this.#idle();
      command.guard?.(before);
      for (const [place, report] of reports.entries()) {
        stopIfAborted(command.signal);
        if (place > 0) await this.#ready();
        await this.#connection.sendFeature(report);
      }
      return await this.#answer(before, command);
    } catch (cause) {
      throw await this.#given(cause);
    } finally {
      for (const report of reports) report.fill(0);
    }
  }

  async #read(): Promise<Uint8Array> {
    const report = await this.#connection.getFeature();
    if (report.length === 8) return report;
    throw otpError('otp-protocol', `It sent ${report.length} bytes instead of 8.`);
  }

  async #report(): Promise<Report> {
    const report = await this.#read();
    const parsed = parseReport(report);
    report.fill(0);
    if (parsed === null) throw otpError('otp-protocol', 'It sent no report.');
    return parsed;
  }

  /** The key's status, after what an earlier program may have left half done was swept away. */
  async #idle(): Promise<Status> {
    for (let tries = 0; tries < READY.tries; tries += 1) {
      const report = await this.#report();
      if (report.kind === 'status') return report.status;
      if (report.kind !== 'busy') await this.#reset();
      await this.#clock.sleep(READY.pause);
    }
    throw otpError('otp-busy');
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < READY.tries; tries += 1) {
      if (!isBusy(await this.#read())) return;
      await this.#clock.sleep(READY.pause);
    }
    throw otpError('otp-busy');
  }

  async #answer(before: Status, { onTouch, signal }: Command): Promise<Answer> {
    const began = this.#clock.now();
    let blinkingSince: number | null = null;
    for (;;) {
      const report = await this.#report();
      if (report.kind === 'response') return this.#response(report);
      if (report.kind === 'status') {
        if (blinkingSince === null) return { kind: 'status', before, after: report.status };
        throw otpError('otp-not-touched');
      }
      if (report.kind === 'touch' && blinkingSince === null) {
        blinkingSince = this.#clock.now();
        onTouch?.();
      }
      const since = blinkingSince ?? began;
      const { pause, limit } = blinkingSince === null ? WORKING : BLINKING;
      if (this.#clock.now() - since > limit) {
        throw otpError('otp-protocol', `It did not finish within ${limit / 1000} seconds.`);
      }
      stopIfAborted(signal);
      await this.#clock.sleep(pause, signal);
      stopIfAborted(signal);
    }
  }

  /** Reads the pieces after the first until the end, which is a piece with the place 0. */
  async #response(first: Report & { kind: 'response' }): Promise<Answer> {
    const pieces: Uint8Array[] = [];
    try {
      let piece: Report = first;
      for (;;) {
        if (piece.kind !== 'response') {
          throw otpError('otp-protocol', 'It stopped in the middle of its response.');
        }
        if (piece.place === 0 && pieces.length > 0) break;
        if (piece.place !== pieces.length) {
          throw otpError('otp-protocol', 'The pieces of its response came in the wrong order.');
        }
        pieces.push(piece.data);
        piece = await this.#report();
      }
      await this.#reset();
      const bytes = new Uint8Array(pieces.length * 7);
      pieces.forEach((data, place) => bytes.set(data, place * 7));
      return { kind: 'response', bytes };
    } finally {
      for (const data of pieces) data.fill(0);
    }
  }

  #reset(): Promise<void> {
    return this.#connection.sendFeature(resetReport());
  }

  /** After a failure: the key is told to forget the rest, and the error gets its name. */
  async #given(cause: unknown): Promise<OtpError> {
    const error = asOtpError(cause);
    // A key that is gone cannot be told, and the reason for giving up stays the first one.
    if (error.code !== 'otp-gone') await this.#reset().catch(() => undefined);
    return error;
  }
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw otpError('otp-cancelled');
}
