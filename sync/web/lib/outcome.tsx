/**
 * What somebody has just done, and what is true since: said as long as nothing has changed.
 * @module
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { Notice } from '../../../ui/Note.tsx';
import styles from '../App.module.css';
import { sayTimes } from './say.ts';

/** Tells the view that something was done: what, in a few words, and what is true now. */
export type Done = (title: string, now: string) => Promise<void>;

interface Told {
  readonly title: string;
  readonly now: string;
  readonly seen: string;
}

/**
 * @param refresh asks sync for what the view shows
 * @param shown what of it an outcome is about: when that changes, the outcome is old
 */
export function useOutcome<T>(refresh: () => Promise<T | undefined>, shown: (found: T) => unknown) {
  const [told, setTold] = useState<Told | null>(null);
  const about = useRef(shown);
  useEffect(() => {
    about.current = shown;
  }, [shown]);
  const onDone: Done = useCallback(
    async (title, now) => {
      const found = await refresh();
      const seen = found === undefined ? '' : JSON.stringify(about.current(found));
      setTold({ title, now, seen });
    },
    [refresh],
  );
  const outcome = (found: T) =>
    told === null || told.seen !== JSON.stringify(shown(found)) ? null : (
      <Outcome key={`${told.title} ${told.seen}`} title={told.title} now={told.now} />
    );
  return { onDone, outcome };
}

function Outcome({ title, now }: { title: string; now: string }) {
  const here = useRef<HTMLOutputElement>(null);
  // Whoever works by keyboard, or hears the page, is taken to what came of it.
  useEffect(() => here.current?.focus(), []);
  return (
    <output ref={here} tabIndex={-1} className={styles.outcome}>
      <Notice tone="good" title={`${title}. This is true now:`}>
        <p>{sayTimes(now)}</p>
      </Notice>
    </output>
  );
}
