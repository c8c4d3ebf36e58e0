/**
 * Choose one of a few, each said in a line and explained in another.
 * @module
 */
import type { FocusEvent, ReactNode } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { Icon, type IconName } from './Icon.tsx';
import styles from './Choices.module.css';

export interface Choice<Id extends string> {
  readonly id: Id;
  readonly title: string;
  readonly detail?: ReactNode;
  readonly icon?: IconName;
  /** Why it cannot be chosen. */
  readonly disabled?: string | undefined;
}

/** What has the focus is a hidden button in the row: all of the row comes into view, not only that. */
function showRow({ target }: FocusEvent): void {
  target.closest('label')?.scrollIntoView({ block: 'nearest' });
}

interface Props<Id extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Id>[];
  readonly value: Id | null;
  readonly onChange: (id: Id) => void;
  /** Beside each other instead of below. */
  readonly inline?: boolean;
  readonly hideLabel?: boolean;
}

export function Choices<Id extends string>(props: Props<Id>) {
  const { label, choices, value, onChange, inline = false, hideLabel = false } = props;
  return (
    <RadioGroup
      className={`${styles.group} ${inline ? styles.inline : ''}`}
      value={value}
      onChange={(id) => onChange(id as Id)}
      {...(hideLabel ? { 'aria-label': label } : {})}
    >
      {hideLabel ? null : <Label className={styles.label}>{label}</Label>}
      <div className={styles.choices} onFocus={showRow}>
        {choices.map(({ id, title, detail, icon, disabled }) => (
          <Radio
            key={id}
            value={id}
            className={styles.choice ?? ''}
            isDisabled={disabled !== undefined}
          >
            <span className={styles.dot} aria-hidden="true" />
            {icon === undefined ? null : <Icon name={icon} />}
            <span className={styles.text}>
              <span className={styles.title}>{title}</span>
              {detail === undefined ? null : <span className={styles.detail}>{detail}</span>}
              {disabled === undefined ? null : <span className={styles.why}>{disabled}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
