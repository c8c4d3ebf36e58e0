/**
 * The time that drivers wait by. Tests of drivers bring a clock of their own, so that the fifteen
 * seconds of a touch that never comes pass at once.
 * @module
 */
import { setTimeout as timeout } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since any moment; never goes back. */
  now(): number;
  /** Waits so many milliseconds, or until `signal` is aborted; never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    timeout(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
};
