/**
 * Who comes, leaves or changes with a new set.
 * @module
 */
import { changeInWords, type RosterChange } from '../../shared/identity/roster-change.ts';
import styles from './RosterChanges.module.css';

export function RosterChanges({ changes }: { readonly changes: readonly RosterChange[] }) {
  if (changes.length === 0) return <p>Nobody comes or leaves.</p>;
  return (
    <ol className={styles.changes}>
      {changes.map((change) => (
        <li key={`${change.name} ${change.what}`}>{changeInWords(change)}.</li>
      ))}
    </ol>
  );
}
