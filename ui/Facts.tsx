/**
 * Names and values, one under the other.
 * @module
 */
import type { ReactNode } from 'react';
import styles from './Facts.module.css';

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
  /** Codes are set in the monospace. */
  readonly code?: boolean;
}

/** Digests and numbers in hex are codes wherever they stand. */
const isCode = (value: ReactNode): boolean =>
  typeof value === 'string' && /^[0-9a-f]{32,}$/.test(value);

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ name, value, code }) => (
        <div key={name} className={styles.row}>
          <dt>{name}</dt>
          <dd className={code || isCode(value) ? styles.code : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
