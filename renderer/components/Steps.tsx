/**
 * The ceremony's steps: done, now, next, each with who acts.
 * @module
 */
import { useEffect, useRef } from 'react';
import type { Step } from '../../shared/ceremony/types.ts';
import { Icon } from '../../ui/Icon.tsx';
import styles from './Steps.module.css';

const SAID = { done: 'Done', now: 'Now', next: 'Next' } as const;

/** A long list takes the focus itself, so that the arrow keys scroll it (WCAG 2.1.1). */
const SCROLLS_BY_KEYS = { tabIndex: 0 };

export function Steps({ steps }: { steps: readonly Step[] }) {
  const current = useRef<HTMLLIElement>(null);
  const now = steps.find(({ standing }) => standing === 'now')?.id;
  useEffect(() => {
    if (now !== undefined) current.current?.scrollIntoView({ block: 'center' });
  }, [now]);
  return (
    <nav className={styles.rail} aria-label="Steps of this ceremony" {...SCROLLS_BY_KEYS}>
      <ol>
        {steps.map(({ id, label, who, standing }) => (
          <li
            key={id}
            ref={standing === 'now' ? current : null}
            className={`${styles.step} ${styles[standing]}`}
            aria-current={standing === 'now' ? 'step' : undefined}
          >
            <Icon name={standing} />
            <span>
              <span className={styles.label}>{label}</span>
              <span className={styles.who}>
                {SAID[standing]}
                {who === '' ? '' : `: ${who}`}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </nav>
  );
}
