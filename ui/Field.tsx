/**
 * One line of text with its label, what it is for, and what is wrong with it.
 * @module
 */
import type { FocusEvent } from 'react';
import { FieldError, Input, Label, Text, TextArea, TextField } from 'react-aria-components';
import styles from './Field.module.css';

/** A browser brings the line with the caret into view; whoever came by the Tab key is shown the whole field. */
function showWhole({ currentTarget }: FocusEvent<HTMLTextAreaElement>): void {
  currentTarget.parentElement?.scrollIntoView({ block: 'nearest' });
}

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly fault?: string | undefined;
  readonly lines?: number;
  readonly wide?: boolean;
}

export function Field(props: Props) {
  const { label, value, onChange, hint, fault, lines = 1, wide } = props;
  return (
    <TextField
      className={`${styles.field} ${wide ? styles.wide : ''}`}
      value={value}
      onChange={onChange}
      isInvalid={fault !== undefined}
      autoComplete="off"
    >
      <Label className={styles.label}>{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className={styles.hint}>
          {hint}
        </Text>
      )}
      {lines === 1 ? (
        <Input className={styles.input ?? ''} spellCheck="false" />
      ) : (
        <TextArea
          className={styles.input ?? ''}
          rows={lines}
          spellCheck="false"
          onFocus={showWhole}
        />
      )}
      <FieldError className={styles.fault ?? ''}>{fault}</FieldError>
    </TextField>
  );
}
