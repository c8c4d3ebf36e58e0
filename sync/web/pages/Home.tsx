/**
 * What waits, for whom; whoever signed in comes first.
 * @module
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import styles from '../App.module.css';
import { Notice, Refused } from '../components/Note.tsx';
import { useLive } from '../lib/live.ts';
import type { Me } from '../lib/me.ts';
import { sayTimes } from '../lib/say.ts';
import { Import } from './Import.tsx';
import { Item } from './Item.tsx';

/** What an admin has just done. It is shown as long as nothing has changed since. */
interface Outcome {
  readonly title: string;
  readonly now: string;
  readonly seen: string;
}

export function Home({ me, onSignedOut }: { me: Me; onSignedOut: () => void }) {
  const { queue, problem, ahead, refresh } = useLive(onSignedOut);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const told = useRef<HTMLOutputElement>(null);
  // Whoever works by keyboard, or hears the page, is taken to what came of it.
  useEffect(() => {
    if (outcome !== null) told.current?.focus();
  }, [outcome]);
  const onDone = useCallback(
    async (title: string, now: string): Promise<void> => {
      const seen = JSON.stringify((await refresh())?.items);
      setOutcome({ title, now, seen });
    },
    [refresh],
  );
  if (queue === null) {
    return problem === null ? <output>Asking sync.</output> : <Refused problem={problem} />;
  }
  const yours = queue.items.filter((one) => one.yours);
  const others = queue.items.filter((one) => !one.yours && one.open);
  const ended = queue.items.filter((one) => !one.yours && !one.open);
  const list = (items: typeof yours) =>
    items.map((one) => (
      <Item key={`${one.kind} ${one.subject}`} item={one} ahead={ahead} onDone={onDone} />
    ));
  return (
    <section className={styles.page}>
      <h1>
        {yours.length === 0
          ? 'Nothing waits for you'
          : `${yours.length} ${yours.length === 1 ? 'thing waits' : 'things wait'} for you`}
      </h1>
      {outcome === null || outcome.seen !== JSON.stringify(queue.items) ? null : (
        <output ref={told} tabIndex={-1} className={styles.outcome}>
          <Notice tone="good" title={`${outcome.title}. This is true now:`}>
            <p>{sayTimes(outcome.now)}</p>
          </Notice>
        </output>
      )}
      {problem === null ? null : (
        <>
          <Refused problem={problem} />
          <p>Below is what was last known. Waiting is safe.</p>
        </>
      )}
      {yours.length > 0 ? (
        <>
          <h2>For you</h2>
          {list(yours)}
        </>
      ) : (
        <Notice tone="good" title="Waiting is safe.">
          <p>
            {others.length === 0
              ? 'Nothing is open at all. '
              : 'What is open below waits for others, or for its delay. '}
            This page renews itself.
          </p>
        </Notice>
      )}
      <h2>Waiting for others, or for time</h2>
      {others.length === 0 ? <p>Nothing.</p> : list(others)}
      {me.admin.roles.includes('operator') ? <Import onChanged={refresh} /> : null}
      <h2>Ended</h2>
      {ended.length === 0 ? <p>Nothing has ended yet.</p> : list(ended)}
    </section>
  );
}
