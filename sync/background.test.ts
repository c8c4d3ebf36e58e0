import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { backOff, createBackground } from './background.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tries what failed again, later each time, and says when', async () => {
  const failures: number[] = [];
  const background = createBackground((_name, _cause, seconds) => void failures.push(seconds));
  let runs = 0;
  let broken = true;
  const work = async (): Promise<void> => {
    runs += 1;
    if (broken) throw new Error('down');
  };
  background.add({ name: 'job', every: 30_000, first: 0, work });
  background.start();
  expect(background.secondsToRetry()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toBe(1);
  expect(background.secondsToRetry()).toBeGreaterThanOrEqual(1);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(failures[0]).toBeLessThan(failures.at(-1) ?? 0);
  expect(failures.at(-1)).toBeLessThanOrEqual(75);
  broken = false;
  const before = runs;
  await vi.advanceTimersByTimeAsync(76_000);
  expect(runs).toBeGreaterThan(before);
  expect(background.secondsToRetry()).toBeUndefined();
  await background.stop();
  const stopped = runs;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(runs).toBe(stopped);
});

it('stops only when what is under way has ended', async () => {
  const background = createBackground(() => {});
  let ended = false;
  let end = (): void => {};
  background.add({
    name: 'job',
    every: 1_000,
    first: 0,
    work: async () => {
      await new Promise<void>((resolve) => (end = resolve));
      ended = true;
    },
  });
  background.start();
  await vi.advanceTimersByTimeAsync(0);
  const stopping = background.stop().then(() => expect(ended).toBe(true));
  end();
  await stopping;
});

it('waits a minute at most', () => {
  expect([1, 2, 3, 20].map(backOff)).toEqual([2_000, 4_000, 8_000, 60_000]);
});
