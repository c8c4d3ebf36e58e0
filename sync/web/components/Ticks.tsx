/**
 * Several of a few.
 * @module
 */
import { Checkbox, CheckboxGroup, Label, Text } from 'react-aria-components';
import styles from './Ticks.module.css';

export interface Tick<Id extends string> {
  readonly id: Id;
  readonly title: string;
  /** What it means, or why it is settled already. */
  readonly detail?: string;
  readonly disabled?: boolean;
}

export function Ticks<Id extends string>(props: {
  readonly label: string;
  readonly hint?: string;
  readonly ticks: readonly Tick<Id>[];
  readonly value: readonly Id[];
  readonly onChange: (value: Id[]) => void;
}) {
  const { label, hint, ticks, value, onChange } = props;
  return (
    <CheckboxGroup
      className={styles.group ?? ''}
      value={[...value]}
      onChange={(chosen) => onChange(chosen as Id[])}
    >
      <Label className={styles.label}>{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className={styles.detail}>
          {hint}
        </Text>
      )}
      {ticks.map(({ id, title, detail, disabled = false }) => (
        <Checkbox key={id} value={id} isDisabled={disabled} className={styles.tick ?? ''}>
          <span className={styles.box} aria-hidden="true" />
          <span>
            <span className={styles.title}>{title}</span>
            {detail === undefined ? null : <span className={styles.detail}> {detail}</span>}
          </span>
        </Checkbox>
      ))}
    </CheckboxGroup>
  );
}
