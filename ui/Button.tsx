/**
 * Buttons: one primary a screen; the rest are quiet. A destroying one is red and names its object.
 * @module
 */
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import styles from './Button.module.css';

interface Props {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly kind?: 'primary' | 'quiet' | 'danger';
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  /** When the visible words do not say enough alone: `Remove custodian 3`. */
  readonly label?: string;
}

export function Button(props: Props) {
  const { children, onPress, kind = 'quiet', type = 'button', disabled = false } = props;
  return (
    <AriaButton
      className={`${styles.button} ${styles[kind]}`}
      type={type}
      isDisabled={disabled}
      {...(onPress ? { onPress } : {})}
      {...(props.label === undefined ? {} : { 'aria-label': props.label })}
    >
      {children}
    </AriaButton>
  );
}

export function Actions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
