/**
 * The band across every screen: whether this is real.
 * @module
 */
import type { Mode } from '../shared/mode.ts';
import styles from './Band.module.css';

export function Band({ mode }: { mode: Mode }) {
  return mode === 'rehearsal' ? (
    <section className={styles.rehearsal} aria-label="Rehearsal">
      <p className={styles.plate}>
        <strong>REHEARSAL</strong> Nothing here opens a real key.
      </p>
    </section>
  ) : (
    <section className={styles.production} aria-label="Production">
      <p>
        <strong>PRODUCTION</strong> What happens here is real.
      </p>
    </section>
  );
}

/** The same mark beside a line on the home screen. */
export function ModeTag({ mode }: { mode: Mode }) {
  return mode === 'rehearsal' ? <span className={styles.tag}>Rehearsal</span> : null;
}
