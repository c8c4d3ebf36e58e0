/**
 * What a person is told apart from the rest: a refusal, or something to know.
 * @module
 */
import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import styles from './Note.module.css';

/** A refusal: what happened, what it means, what to do now. The code is small, under it. */
export function Refusal(props: {
  readonly happened: string;
  /** One paragraph each. */
  readonly means: readonly string[];
  readonly next: string;
  readonly code: string;
  readonly culprit?: string | undefined;
  /** Read out as soon as it appears; otherwise whoever shows it sees to that. */
  readonly alert?: boolean;
}) {
  const { happened, means, next, code, culprit, alert = false } = props;
  return (
    <section
      className={`${styles.box} ${styles.bad}`}
      {...(alert ? { role: 'alert' } : { 'aria-label': 'Not accepted' })}
    >
      <Icon name="stop" large />
      <div>
        <p className={styles.headline}>{happened}</p>
        {means.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <p className={styles.next}>{next}</p>
        <p className={styles.code}>
          {code}
          {culprit === undefined ? '' : `, ${culprit}`}
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
