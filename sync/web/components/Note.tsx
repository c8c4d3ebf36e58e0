/**
 * A refusal: what happened, what it means, what to do now. The code is small, under it.
 * @module
 */
import type { ReactNode } from 'react';
import type { Problem } from '../../http/problem.ts';
import { Icon, type IconName } from './Icon.tsx';
import styles from './Note.module.css';

const CHANGED = {
  no: 'Nothing was changed.',
  perhaps: 'It is not known whether anything was changed. Look at the state before you repeat it.',
  yes: 'Something was changed. Look at the state before you repeat it.',
} as const;

const PARTS = {
  database: 'The database cannot be reached.',
  vault: 'Vault cannot be used.',
  sync: 'Sync cannot be reached.',
} as const;

export function Refused({ problem }: { problem: Problem }) {
  const { title, detail, next, code, culprit, part, changed } = problem;
  const known = `${title} ${detail}`;
  return (
    <div className={`${styles.box} ${styles.bad}`} role="alert">
      <Icon name="stop" large />
      <div>
        <p className={styles.headline}>{title}</p>
        {part === undefined || known.includes(PARTS[part]) ? null : <p>{PARTS[part]}</p>}
        <p>{detail}</p>
        {known.includes(CHANGED[changed]) ? null : <p>{CHANGED[changed]}</p>}
        <p className={styles.next}>{next}</p>
        <p className={styles.code}>
          {code}
          {culprit === undefined ? '' : `, ${culprit}`}
        </p>
      </div>
    </div>
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
