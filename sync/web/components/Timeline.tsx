/**
 * What happened, oldest first.
 * @module
 */
import { sayTime } from '../lib/say.ts';
import styles from './Timeline.module.css';

export function Timeline(props: {
  readonly entries: readonly { readonly at: string; readonly what: string; readonly by: string }[];
}) {
  return (
    <ol className={styles.line} aria-label="History">
      {props.entries.map(({ at, what, by }) => (
        <li key={`${at} ${what} ${by}`}>
          <time dateTime={at}>{sayTime(at)}</time>
          <span>
            {what}, by {by}
          </span>
        </li>
      ))}
    </ol>
  );
}
