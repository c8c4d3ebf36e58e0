/**
 * Destruction: what is gone, and what is still to come.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Words } from '../../ui/Words.tsx';
import { ExportLog } from '../components/ExportLog.tsx';
import { LookedAt } from '../components/LookForFiles.tsx';
import { Named } from '../components/MediaList.tsx';
import { Stage } from '../components/Shell.tsx';
import { leave } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Destroyed({ view }: ScreenProps<'destroyed'>) {
  const { gone, left, words, legacy, looked } = view;
  const all = left.length === 0;
  return (
    <Stage
      heading={all ? 'Thank everyone: nothing is left to destroy' : 'Lock away what is left'}
      turn={view.turn}
    >
      <Notice
        tone={all ? 'good' : 'warn'}
        title={
          all
            ? 'Everything that this laptop knows of was dealt with.'
            : 'It stays on the list of the home screen.'
        }
      >
        <p>
          Save the ceremony log onto a stick: it is the evidence, for the auditor’s file. Then have
          it brought to sync, which keeps it: another laptop lists what is gone as there, until it
          gets the log from sync.
        </p>
      </Notice>
      {legacy === null ? null : (
        <p>
          <strong>{legacy}</strong>
        </p>
      )}
      <LookedAt looked={looked} />
      {gone.length === 0 ? null : (
        <>
          <h2>Dealt with today</h2>
          <Named media={gone} label="Dealt with today" />
        </>
      )}
      {all ? null : (
        <>
          <h2>Still to be destroyed</h2>
          <Named media={left} label="Still to be destroyed" />
        </>
      )}
      <p>The last four words of the transcript, for the witness:</p>
      <Words words={words} label="The transcript’s last four words" />
      <Actions>
        <Button kind="primary" onPress={() => void leave()}>
          Back to home
        </Button>
        <ExportLog ceremonyId={view.ceremonyId} mode={view.mode} />
      </Actions>
    </Stage>
  );
}
