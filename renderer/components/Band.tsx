/**
 * The band across every screen: whether this is real.
 * @module
 */
import type { Mode } from '../../shared/mode.ts';
import styles from './Band.module.css';

export function Band({ mode }: { mode: Mode }) {
  return mode === 'rehearsal' ? (
    <div className={styles.rehearsal}>
      <p className={styles.plate}>
        <strong>REHEARSAL</strong> Nothing here opens a real key.
      </p>
    </div>
  ) : (
    <div className={styles.production}>
      <p>
        <strong>PRODUCTION</strong> What happens here is real.
      </p>
    </div>
  );
}

/** The same mark beside a line on the home screen. */
export function ModeTag({ mode }: { mode: Mode }) {
  return mode === 'rehearsal' ? <span className={styles.tag}>Rehearsal</span> : null;
}
