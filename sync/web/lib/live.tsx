/**
 * What sync says, asked for again whenever it says that something has changed. One stream of events
 * for the whole page; every view asks for what it shows.
 * @module
 */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Problem } from '../../http/problem.ts';
import { call, problemOf } from './api.ts';

/** Milliseconds: without word from sync the page looks by itself. */
const LOOK_EVERY = 20_000;

interface Word {
  /** Calls `hear` whenever it is time to ask again, until what it returns is called. */
  readonly listen: (hear: () => void) => () => void;
  /** When sync no longer knows this browser. */
  readonly onSignedOut: () => void;
}

const WordOfSync = createContext<Word>({ listen: () => () => {}, onSignedOut: () => {} });

export function LiveProvider(props: {
  readonly onSignedOut: () => void;
  readonly children: ReactNode;
}) {
  const { onSignedOut, children } = props;
  const [listeners] = useState(() => new Set<() => void>());
  useEffect(() => {
    const tell = (): void => {
      for (const hear of listeners) hear();
    };
    let events: EventSource | null = null;
    const connect = (): void => {
      if (events !== null && events.readyState !== EventSource.CLOSED) return;
      events = new EventSource('/v1/events/stream');
      events.addEventListener('changed', tell);
      events.addEventListener('unreachable', tell);
    };
    connect();
    const timer = setInterval(() => {
      connect();
      tell();
    }, LOOK_EVERY);
    return () => {
      clearInterval(timer);
      events?.close();
    };
  }, [listeners]);
  const word = useMemo<Word>(
    () => ({
      listen: (hear) => {
        listeners.add(hear);
        return () => listeners.delete(hear);
      },
      onSignedOut,
    }),
    [listeners, onSignedOut],
  );
  return <WordOfSync value={word}>{children}</WordOfSync>;
}

export interface Live<T> {
  /** The last one, also while sync does not answer; null before the first. */
  readonly answer: T | null;
  readonly problem: Problem | null;
  /** Of this browser against the database, in milliseconds; 0 where the answer has no clock. */
  readonly ahead: number;
  /** Asks now; undefined when sync did not answer. */
  readonly refresh: () => Promise<T | undefined>;
}

/** @param path of a GET; its answer may say `now`, the database's clock */
export function useLive<T extends object>(path: string): Live<T> {
  const { listen, onSignedOut } = useContext(WordOfSync);
  const [answer, setAnswer] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [ahead, setAhead] = useState(0);
  const asked = useRef(0);
  const out = useRef(onSignedOut);
  useEffect(() => {
    out.current = onSignedOut;
  }, [onSignedOut]);

  const refresh = useCallback(async (): Promise<T | undefined> => {
    const turn = (asked.current += 1);
    try {
      const found = await call<T>('GET', path);
      // An answer that was overtaken must not bring an old state back.
      if (turn !== asked.current) return found;
      setAnswer(found);
      if ('now' in found && typeof found.now === 'string') {
        setAhead(Date.now() - Date.parse(found.now));
      }
      setProblem(null);
      return found;
    } catch (cause) {
      const met = problemOf(cause);
      if (met.code === 'not-signed-in') out.current();
      else if (turn === asked.current) setProblem(met);
      return undefined;
    }
  }, [path]);

  useEffect(() => {
    const hear = (): void => void refresh();
    const soon = setTimeout(hear, 0);
    const deaf = listen(hear);
    return () => {
      clearTimeout(soon);
      deaf();
    };
  }, [listen, refresh]);
  return { answer, problem, ahead, refresh };
}
