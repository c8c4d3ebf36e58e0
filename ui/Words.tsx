/**
 * Fingerprint words, numbered, to be read aloud or written down. Public: never a passphrase.
 * @module
 */
import styles from './Words.module.css';

export function Words({ words, label }: { words: string; label: string }) {
  const numbered = words.split(' ').map((word, at) => ({ word, number: at + 1 }));
  return (
    <ol className={styles.words} aria-label={label}>
      {numbered.map(({ word, number }) => (
        <li key={number}>
          <span className={styles.number}>{number}</span> <span>{word}</span>
        </li>
      ))}
    </ol>
  );
}
