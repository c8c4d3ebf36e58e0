/**
 * Work that goes on by itself, in every replica alike: there is no leader. What a job does must
 * therefore be safe to do twice at once (row locks, unique rows, check-and-set).
 * @module
 */

/** Milliseconds. */
const BACK_OFF = { first: 2_000, longest: 60_000 };

export interface Job {
  readonly name: string;
  /** Milliseconds from the end of one good run to the next. */
  readonly every: number;
  readonly work: () => Promise<void>;
  /** Milliseconds before the first run; default `every`. */
  readonly first?: number;
}

export interface Background {
  add(job: Job): void;
  start(): void;
  /** Begins nothing new, and waits for what is under way. */
  stop(): Promise<void>;
  /** Seconds until the next try of what failed last time; undefined while all goes well. */
  secondsToRetry(): number | undefined;
}

/** How long to wait after `failures` failures in a row, before jitter. Milliseconds. */
export function backOff(failures: number): number {
  return Math.min(BACK_OFF.longest, BACK_OFF.first * 2 ** (failures - 1));
}

/**
 * @param onFailure told of the first failure of a row and of each later one, for the log
 * @param around runs each job, for traces
 */
export function createBackground(
  onFailure: (name: string, cause: unknown, retrySeconds: number) => void,
  around: (name: string, work: () => Promise<void>) => Promise<void> = (_name, work) => work(),
): Background {
  const jobs: Job[] = [];
  const timers = new Map<Job, NodeJS.Timeout>();
  const retries = new Map<Job, number>();
  const running = new Set<Promise<void>>();
  let going = false;

  function plan(job: Job, wait: number, failures: number): void {
    if (!going) return;
    const timer = setTimeout(() => {
      const run = attempt(job, failures).finally(() => running.delete(run));
      running.add(run);
    }, wait);
    timer.unref();
    timers.set(job, timer);
  }

  async function attempt(job: Job, failures: number): Promise<void> {
    try {
      await around(job.name, job.work);
      retries.delete(job);
      plan(job, job.every, 0);
    } catch (cause) {
      // Jitter: replicas that lost the same server must not all come back in the same moment.
      const wait = backOff(failures + 1) * (0.75 + Math.random() / 2);
      retries.set(job, performance.now() + wait);
      onFailure(job.name, cause, Math.ceil(wait / 1_000));
      plan(job, wait, failures + 1);
    }
  }

  return {
    add(job) {
      jobs.push(job);
      if (going) plan(job, job.first ?? job.every, 0);
    },
    start() {
      if (going) return;
      going = true;
      for (const job of jobs) plan(job, job.first ?? job.every, 0);
    },
    async stop() {
      going = false;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.allSettled(running);
    },
    secondsToRetry() {
      if (retries.size === 0) return undefined;
      const next = Math.min(...retries.values());
      return Math.max(1, Math.ceil((next - performance.now()) / 1_000));
    },
  };
}
