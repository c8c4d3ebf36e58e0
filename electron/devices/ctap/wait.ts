/**
 * How long one answer has been waited for, and what happened meanwhile.
 * @module
 */
import type { Clock } from '../yubikey-otp/hid/clock.ts';

/** All in milliseconds, but for the last. */
export const LIMITS = {
  /** One wait for a report: how soon a cancellation is noticed. */
  slice: 100,
  /** A key at work says so every 100 ms; one that is silent for so long has stopped answering. */
  silence: 3_000,
  /** A whole command. A real key gives up waiting for a touch after 30 seconds. */
  command: 60_000,
  /** For the answer to a cancellation. */
  cancelled: 2_000,
  /** How long another program may keep the key, and the pause between two tries. */
  busy: 5_000,
  pause: 100,
  /** Waits for a report in one command, of any channel: an honest minute has 600, an answer 129. */
  reads: 10_000,
} as const;

export class Wait {
  readonly #clock: Clock;
  readonly #began: number;
  #heard: number;
  #cancelled: number | null = null;
  #blinked = false;
  #reads = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
    this.#heard = this.#began;
  }

  /** The key sent something. */
  heard(): void {
    this.#heard = this.#clock.now();
  }

  /** The key waits for a touch; true the first time. */
  blinks(): boolean {
    const first = !this.#blinked;
    this.#blinked = true;
    return first;
  }

  get blinked(): boolean {
    return this.#blinked;
  }

  /** Somebody cancelled; true the first time. */
  cancels(): boolean {
    if (this.#cancelled !== null) return false;
    this.#cancelled = this.#clock.now();
    return true;
  }

  get wasCancelled(): boolean {
    return this.#cancelled !== null;
  }

  /** Whether to give up; asked once before each read. */
  isOver(): boolean {
    this.#reads += 1;
    if (this.#reads > LIMITS.reads) return true;
    const now = this.#clock.now();
    if (this.#cancelled !== null && now - this.#cancelled >= LIMITS.cancelled) return true;
    return now - this.#heard >= LIMITS.silence || now - this.#began >= LIMITS.command;
  }
}
