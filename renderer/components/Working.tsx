/**
 * Something goes on for long, and people may do something else meanwhile.
 * @module
 */
import type { ReactNode } from 'react';
import styles from './Shell.module.css';

export function Working({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.busy} aria-live="polite">
      <span className={styles.spinner} aria-hidden="true" />
      <p>
        <strong>{children}.</strong>
      </p>
    </div>
  );
}
