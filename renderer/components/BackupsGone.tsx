/**
 * Of a replaced set: two people say that no backup with the old other half is left, so that shares
 * which nobody can destroy open nothing any more.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { say } from '../lib/store.ts';

export function BackupsGone(props: {
  readonly gone: { readonly on: string; readonly by: string } | null;
  readonly witness: string;
}) {
  const { gone, witness } = props;
  const [on, setOn] = useState('');
  const [by, setBy] = useState('');
  if (gone !== null) {
    return (
      <Notice tone="good" title={`No backup is left since ${gone.on}, says ${gone.by}.`}>
        <p>It counts when {witness} has signed, too.</p>
      </Notice>
    );
  }
  const isDay = /^\d{4}-\d\d-\d\d$/.test(on.trim());
  return (
    <details>
      <summary>The last backup with the old half is gone</summary>
      <p>
        Shares that nobody can destroy open the key only with a backup of Vault or of the database
        from before the change. Once none is left, two people sign that: somebody who runs the
        backups, and {witness}. From then on these shares no longer count as live.
      </p>
      <Field
        label="Since which day"
        value={on}
        onChange={setOn}
        hint="As 2026-05-03: when the last one was deleted or expired."
      />
      <Field
        label="Who says so, and signs"
        value={by}
        onChange={setBy}
        hint="The name as the list of people has it; nobody who holds a share of this set."
      />
      <Actions>
        <Button
          disabled={!isDay || by.trim() === ''}
          onPress={() => say({ type: 'backups-gone', on: on.trim(), by: by.trim() })}
        >
          No backup with the old half is left
        </Button>
      </Actions>
    </details>
  );
}
