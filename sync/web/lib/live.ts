/**
 * The queue, asked for again whenever sync says that something has changed.
 * @module
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Problem } from '../../http/problem.ts';
import type { QueueAnswer } from '../../routes/page-answers.ts';
import { call, problemOf } from './api.ts';

/** Milliseconds: without word from sync the page looks by itself. */
const LOOK_EVERY = 20_000;

export interface Live {
  readonly queue: QueueAnswer | null;
  readonly problem: Problem | null;
  /** Of this browser against the database, in milliseconds. */
  readonly ahead: number;
  /** Asks now; undefined when sync did not answer. */
  readonly refresh: () => Promise<QueueAnswer | undefined>;
}

/** @param onSignedOut when sync no longer knows this browser */
export function useLive(onSignedOut: () => void): Live {
  const [queue, setQueue] = useState<QueueAnswer | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [ahead, setAhead] = useState(0);
  const out = useRef(onSignedOut);
  useEffect(() => {
    out.current = onSignedOut;
  }, [onSignedOut]);

  const refresh = useCallback(async (): Promise<QueueAnswer | undefined> => {
    try {
      const found = await call<QueueAnswer>('GET', '/v1/queue');
      setQueue(found);
      setAhead(Date.now() - Date.parse(found.now));
      setProblem(null);
      return found;
    } catch (cause) {
      const met = problemOf(cause);
      if (met.code === 'not-signed-in') out.current();
      else setProblem(met);
      return undefined;
    }
  }, []);

  useEffect(() => {
    const first = setTimeout(() => void refresh(), 0);
    let events: EventSource | null = null;
    const connect = (): void => {
      if (events !== null && events.readyState !== EventSource.CLOSED) return;
      events = new EventSource('/v1/events/stream');
      events.addEventListener('changed', () => void refresh());
      events.addEventListener('unreachable', () => void refresh());
    };
    connect();
    const timer = setInterval(() => {
      connect();
      void refresh();
    }, LOOK_EVERY);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
      events?.close();
    };
  }, [refresh]);
  return { queue, problem, ahead, refresh };
}
