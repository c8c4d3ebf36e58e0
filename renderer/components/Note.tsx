/**
 * A refusal: what happened, what it means, what to do now. The code is small, under it.
 * @module
 */
import type { ReactNode } from 'react';
import type { RefusalNote } from '../../shared/refusal.ts';
import { Icon, type IconName } from './Icon.tsx';
import styles from './Note.module.css';

export function Refused({ note }: { note: RefusalNote }) {
  return (
    <section className={`${styles.box} ${styles.bad}`} aria-label="Not accepted">
      <Icon name="stop" large />
      <div>
        <p className={styles.headline}>{note.happened}</p>
        <p>{note.means}</p>
        <p className={styles.next}>{note.next}</p>
        <p className={styles.code}>
          {note.code}
          {note.culprit === undefined ? '' : `, ${note.culprit}`}
        </p>
      </div>
    </section>
  );
}

const ICONS: Readonly<Record<'plain' | 'warn' | 'good' | 'bad', IconName>> = {
  plain: 'question',
  warn: 'warning',
  good: 'done',
  bad: 'stop',
};

/** Something to know: a heading and a few sentences. */
export function Notice(props: {
  readonly tone?: keyof typeof ICONS;
  readonly title?: string;
  readonly children: ReactNode;
}) {
  const { tone = 'plain', title, children } = props;
  return (
    <div className={`${styles.box} ${styles[tone]}`}>
      <Icon name={ICONS[tone]} />
      <div>
        {title === undefined ? null : <p className={styles.headline}>{title}</p>}
        {children}
      </div>
    </div>
  );
}
