/**
 * Survey keys move: choose the stick with their files. Each is compared with the package, and the laptop
 * is measured, before anybody gives a share.
 * @module
 */
import { useState } from 'react';
import { keysInWords } from '../../shared/bundle/move.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { VolumePicker } from '../components/Pickers.tsx';
import { Stage } from '../components/Shell.tsx';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function MoveFiles({ view }: ScreenProps<'move-files'>) {
  const [id, setId] = useState<string | null>(null);
  const { files, keys, syncName } = view;
  return (
    <Stage
      heading={
        files === 0
          ? 'Plug in the stick that goes back to sync'
          : 'Plug in the stick with the survey keys'
      }
      turn={view.turn}
    >
      {files === 0 ? (
        <p>
          {syncName} has no survey key left to move. What is handed over is the half for
          organisations, in the bundle alone.
        </p>
      ) : (
        <>
          <p>
            {syncName} wrote {keysInWords(keys)} into {count(files, 'file')} beside the package,
            each locked to the ticket. Every file is read and compared with the package now, before
            anybody gives a share. What comes back is written to the same stick.
          </p>
          <p>
            Then this laptop is measured for some seconds with a key that opens nothing, so that you
            know how long it is going to take.
          </p>
        </>
      )}
      <VolumePicker mode={view.mode} value={id} onChange={setId} />
      <Actions>
        <Button
          kind="primary"
          disabled={id === null}
          onPress={() => id !== null && say({ type: 'choose-volume', id })}
        >
          {files === 0 ? 'Go on with this stick' : 'Compare the files on this stick'}
        </Button>
      </Actions>
    </Stage>
  );
}
