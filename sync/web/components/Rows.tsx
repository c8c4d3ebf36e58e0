/**
 * A list of things, each a few lines.
 * @module
 */
import type { ReactNode } from 'react';
import styles from './Rows.module.css';

export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.rows} aria-label={label}>
      {children}
    </ul>
  );
}
