/**
 * Something to fill in, set apart from what is only to be read.
 * @module
 */
import { type ReactNode, useId } from 'react';
import styles from './Panel.module.css';

export function Panel(props: {
  readonly title: string;
  readonly children: ReactNode;
  /** When enter, or its button, sends it. */
  readonly onSend?: () => void;
}) {
  const { title, children, onSend } = props;
  const id = useId();
  const inside = (
    <>
      <h2 id={id}>{title}</h2>
      {children}
    </>
  );
  return onSend === undefined ? (
    <section className={styles.panel} aria-labelledby={id}>
      {inside}
    </section>
  ) : (
    <form
      className={styles.panel}
      aria-labelledby={id}
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      {inside}
    </form>
  );
}
