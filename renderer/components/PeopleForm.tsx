/**
 * A form that the room fills in before anybody sits down: its faults show after the first try, the
 * first of them gets the focus, and the last question is the paper.
 * @module
 */
import { useRef, useState, type ReactNode } from 'react';
import { Form } from 'react-aria-components';
import type { PageSize } from '../../shared/ceremony/types.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import styles from './PeopleForm.module.css';

export type Faults = ReadonlyMap<string, string>;

export function PeopleForm(props: {
  /** What is wrong now, by field; empty: it can be submitted. */
  readonly faults: Faults;
  /** Null: nothing goes onto paper. */
  readonly page: PageSize | null;
  readonly onPage: (page: PageSize) => void;
  /** What the button says. */
  readonly submit: string;
  readonly onSubmit: () => void;
  /** Something that is no field is missing yet. */
  readonly disabled?: boolean;
  readonly children: (shown: Faults) => ReactNode;
}) {
  const { faults, page, onPage, submit, onSubmit, disabled = false, children } = props;
  // Faults show after the first try: nobody is scolded for fields not yet reached.
  const [tried, setTried] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  return (
    <Form
      ref={element}
      className={styles.form ?? ''}
      validationBehavior="aria"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (faults.size === 0) onSubmit();
        else focusFirstFault(element.current);
      }}
    >
      {children(tried ? faults : new Map())}
      {page === null ? null : (
        <Choices
          label="Paper"
          inline
          value={page}
          onChange={onPage}
          choices={[
            { id: 'A4', title: 'A4' },
            { id: 'Letter', title: 'Letter' },
          ]}
        />
      )}
      <Actions>
        <Button kind="primary" type="submit" disabled={disabled}>
          {submit}
        </Button>
      </Actions>
    </Form>
  );
}

function focusFirstFault(form: HTMLFormElement | null) {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
}
