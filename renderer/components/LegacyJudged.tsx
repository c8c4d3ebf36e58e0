/**
 * How the legacy shares compared: what it means, and which are suspected, with their places.
 * @module
 */
import type { LegacyJudgement } from '../../shared/ceremony/types.ts';
import { Notice } from '../../ui/Note.tsx';
import { judgedInWords, SEVERAL_WRONG, suspectInWords } from '../lib/legacy-words.ts';
import styles from './LegacyJudged.module.css';

export function LegacyJudged(props: {
  readonly judged: LegacyJudgement;
  /** A stored survey key is there to be opened; null: that is said on another screen. */
  readonly proves: boolean | null;
}) {
  const { standing, suspects, needed } = props.judged;
  const { tone, title, text } = judgedInWords(props.judged, props.proves);
  return (
    <Notice tone={tone} title={title}>
      <p>{text}</p>
      {suspects.length === 0 ? null : (
        <>
          <ul className={styles.list} aria-label="What is wrong, and where">
            {suspects.map((suspect) => (
              <li key={suspect.number}>{suspectInWords(suspect, standing === 'wrong')}</li>
            ))}
          </ul>
          {suspects.some(({ positions }) => positions.length > 0) ? (
            <p>Digits count from the left, behind 801-1-; a line has eight groups of four.</p>
          ) : null}
        </>
      )}
      {standing === 'several-wrong' && needed === undefined ? (
        <ul className={styles.list} aria-label="What to do now">
          {SEVERAL_WRONG.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : null}
    </Notice>
  );
}
