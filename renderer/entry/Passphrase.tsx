/**
 * A passphrase, typed from one's own paper.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import { Form } from 'react-aria-components';
import type { EntryTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Head, HiddenField, ShowTyped } from './parts.tsx';
import { sendSecret, useEntry } from './link.ts';
import styles from './Entry.module.css';

interface Texts {
  readonly heading: string;
  readonly how: string;
  readonly label: string;
  readonly verb: string;
}

const OURS: Texts = {
  heading: 'Type your six words or own passphrase',
  how: 'Six words: from your own paper, in order, with a space between them. A passphrase of your own: exactly as you made it up.',
  label: 'Six words or passphrase',
  verb: 'These are my words',
};

const ORGANISATION: Texts = {
  heading: 'Type the passphrase of your organisation',
  how: 'The one that the organisation was given in CheckTick, exactly as then: capitals, accents, spaces and signs count.',
  label: 'Passphrase of the organisation',
  verb: 'This is the passphrase',
};

/** More no message carries. */
const MOST_TYPED = 256;

export function Passphrase({ task }: { task: Extract<EntryTask, { task: 'passphrase' }> }) {
  const input = useRef<HTMLInputElement>(null);
  const [visible, setVisible] = useState(false);
  const [empty, setEmpty] = useState(true);
  const { heading, how, label, verb } = task.organisation === true ? ORGANISATION : OURS;
  const { busy, refusals } = useEntry();
  // Again after each refusal: the field was off while the worker looked.
  useEffect(() => {
    if (refusals >= 0) input.current?.focus();
  }, [refusals]);
  const submit = () => {
    const field = input.current;
    if (!field || field.value.trim() === '') return;
    // As it was typed: the worker knows how six words are spelt, and tries both.
    const bytes = new TextEncoder().encode(field.value);
    // SECURITY: React is never given the value, so no old state of the page holds it.
    field.value = '';
    setEmpty(true);
    sendSecret({ type: 'passphrase', bytes }, bytes);
  };
  return (
    <>
      <Head heading={heading} />
      <p>
        {how} It opens {task.opens}.
      </p>
      <Form
        className={styles.form ?? ''}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <HiddenField
          id="six-words"
          label={label}
          ref={input}
          visible={visible}
          longest={MOST_TYPED}
          onInput={(value) => setEmpty(value.trim() === '')}
        />
        <ShowTyped visible={visible} onChange={setVisible} />
        <Actions>
          <Button kind="primary" type="submit" disabled={empty || busy !== null}>
            {verb}
          </Button>
        </Actions>
      </Form>
    </>
  );
}
