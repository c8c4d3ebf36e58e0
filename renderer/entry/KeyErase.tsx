/**
 * A slot of a YubiKey is about to be emptied: what will be gone stands here, and only who types the
 * number of the key goes on.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import type { KeyTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { keyName, typedSerial } from './key-words.ts';
import { send } from './link.ts';
import { Head } from './parts.tsx';
import styles from './Entry.module.css';

export function KeyErase({ task }: { task: Extract<KeyTask, { task: 'key-erase' }> }) {
  const { key, slot, title, programmed, isKnown } = task;
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const serial = typedSerial(typed);
  const submit = () => {
    if (serial === null) return setTried(true);
    send({ type: 'erase', typedSerial: serial });
  };
  return (
    <>
      <Head heading={`Erase slot ${slot} of the ${keyName(key)}`} />
      <p>
        {programmed
          ? `Conclave put a secret there for ${title}.`
          : `It was in use before ${title} was locked with it.`}{' '}
        {isKnown
          ? 'Next you touch the key once: if it answers with that secret, the slot is emptied and read again, and if you set it up for something else since, nothing is erased.'
          : `The log does not tell its secret from others${programmed ? ': if you set the slot up for something else since, choose Cancel' : ''}. Next you touch the key once, then the slot is emptied and read again.`}
      </p>
      <Form
        className={styles.form ?? ''}
        autoComplete="off"
        validationBehavior="aria"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Notice tone="bad" title={`What slot ${slot} holds is gone for good.`}>
          <p>
            This share, and whatever else it opens today, will not open with it any more. Its other
            slot and its FIDO2 side stay as they are.
          </p>
        </Notice>
        <Field
          label="Type the number that is printed on this key"
          value={typed}
          onChange={setTyped}
          fault={tried && serial === null ? 'Only the digits that are printed on it.' : undefined}
        />
        <Actions>
          <Button kind="danger" type="submit">
            {`Erase slot ${slot}`}
          </Button>
        </Actions>
      </Form>
    </>
  );
}
