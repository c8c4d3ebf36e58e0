/**
 * Choose the stick that goes to sync.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function SaveBundle({ view }: ScreenProps<'save-bundle'>) {
  const [id, setId] = useState<string | null>(null);
  return (
    <Stage heading="Plug in the stick that goes to sync" turn={view.turn}>
      <p>
        The signed bundle, the transcript and the list of the set are written there and read back.
        What is secret in it can be opened by <strong>{view.goesTo}</strong> alone. Do not use a
        custodian’s stick.
      </p>
      {view.ceremony === 'migrate-escrows' ? (
        <p>
          Take the stick with the files of survey keys: what comes back lies on it already, and sync
          needs both.
        </p>
      ) : null}
      <VolumePicker mode={view.mode} value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-volume', id })}
        >
          Write the bundle to this stick
        </Button>
      </Actions>
    </Stage>
  );
}
