/**
 * Choose the package from the sticks.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { DocumentPicker } from '../components/Pickers.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Package({ view }: ScreenProps<'package'>) {
  const [id, setId] = useState<string | null>(null);
  return (
    <Stage heading="Choose the package for this ceremony" turn={view.turn}>
      <p>
        <strong>{view.syncName}</strong> made a package for this one ceremony. It says what may be
        done, and until when.
      </p>
      <DocumentPicker kind="package" what="package" mode={view.mode} value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-document', id })}
        >
          Use this package
        </Button>
      </Actions>
    </Stage>
  );
}
