/**
 * Many callers at once, and what they were answered.
 * @module
 */
import { figures } from '../bench/measure.ts';
import { ProblemAnswer } from '../support/sync-client.ts';

/** Runs `work` for each, at most so many at a time. */
export async function crowd<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, one));
}

/** How often each answer came, and how long the good ones took. */
export interface Answers {
  /** `good`, a problem's code, or `no answer`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Milliseconds of those that were good. */
  readonly median: number;
  readonly p99: number;
}

export function counter() {
  const counts: Record<string, number> = {};
  const times: number[] = [];
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  return {
    /** The answer, or undefined when there was a problem or none at all. */
    async ask<T>(work: () => Promise<T>): Promise<T | undefined> {
      const began = performance.now();
      try {
        const answer = await work();
        times.push(performance.now() - began);
        count('good');
        return answer;
      } catch (cause) {
        // `fetch` throws a TypeError when nobody answers, a SyntaxError when half an answer came.
        if (cause instanceof ProblemAnswer) count(cause.code);
        else if (cause instanceof TypeError || cause instanceof SyntaxError) count('no answer');
        else throw cause;
        return undefined;
      }
    },
    answers(): Answers {
      const { median, p99 } = figures(times);
      return { counts, median, p99 };
    },
  };
}
