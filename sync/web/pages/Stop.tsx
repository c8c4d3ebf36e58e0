/**
 * Rejecting, refusing, cancelling: easy, with a reason.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Heading } from '../components/Heading.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import type { Done } from '../lib/outcome.tsx';
import { useTask } from '../lib/task.ts';
import styles from './Item.module.css';

export function Stop(props: {
  readonly path: string;
  readonly verb: string;
  readonly does: string;
  readonly onDone: Done;
  readonly onBack: () => void;
}) {
  const { path, verb, does, onDone, onBack } = props;
  const [reason, setReason] = useState('');
  const { busy, problem, run } = useTask();
  const stop = () =>
    run(async () => {
      const { sentence } = await call<{ sentence: string }>('POST', path, {
        reason: reason.trim(),
      });
      onBack();
      await onDone('It is ended', sentence);
    });
  return (
    <form
      className={styles.statement}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== '') void stop();
      }}
    >
      <Heading>{verb}</Heading>
      <p>{does}</p>
      <Field
        label="Reason"
        hint="It is kept for ever, with your name."
        value={reason}
        onChange={setReason}
        wide
      />
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button kind="danger" type="submit" disabled={busy || reason.trim() === ''}>
          {verb}
        </Button>
        <Button onPress={onBack} disabled={busy}>
          Go back
        </Button>
      </Actions>
    </form>
  );
}
