/**
 * One of a short list, as the system's own menu: everybody knows it, and keys work.
 * @module
 */
import { useId } from 'react';
import styles from './Select.module.css';

export function Select(props: {
  readonly label: string;
  /** When the visible label does not say whose it is. */
  readonly fullLabel?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly id: string; readonly label: string }[];
}) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className={styles.select}
        value={props.value}
        aria-label={props.fullLabel}
        onChange={(event) => props.onChange(event.target.value)}
      >
        {props.options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
