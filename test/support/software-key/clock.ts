/**
 * Clocks of software keys. {@link JumpingClock}: a clock that stands still until somebody sleeps, and then jumps to whoever wakes first: waits
 * cost no time, and their order is that of the milliseconds asked for.
 * @module
 */
import { systemClock, type Clock } from '../../../electron/devices/yubikey-otp/hid/clock.ts';

/** The real clock, so many times faster: for clients that wait by a clock of their own. */
export function hurriedClock(times: number): Clock {
  return {
    now: () => systemClock.now() * times,
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / times, signal),
  };
}

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
  /** Somebody waits for it; other alarms ring only when the time passes them. */
  readonly awaited: boolean;
}

export class JumpingClock implements Clock {
  #now = 0;
  #alarms: Alarm[] = [];
  #pumping = false;

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#alarms = this.#alarms.filter((other) => other !== alarm);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const alarm = { at: this.#now + milliseconds, ring: wake, awaited: true };
      this.#alarms.push(alarm);
      signal?.addEventListener('abort', wake);
      this.#pump();
    });
  }

  /** Runs `action` so many milliseconds from now, when the sleep of somebody passes that moment. */
  in(milliseconds: number, action: () => void): void {
    this.#alarms.push({ at: this.#now + milliseconds, ring: action, awaited: false });
  }

  /** One alarm each turn of the event loop, so that whoever woke can ask for the next one. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (!this.#alarms.some(({ awaited }) => awaited)) return;
      const first = this.#alarms.reduce((a, b) => (b.at < a.at ? b : a));
      this.#alarms = this.#alarms.filter((alarm) => alarm !== first);
      this.#now = Math.max(this.#now, first.at);
      first.ring();
      this.#pump();
    });
  }
}
