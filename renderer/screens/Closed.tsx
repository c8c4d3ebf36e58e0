/**
 * The receipt came home: what is true now.
 * @module
 */
import type { ViewOf } from '../../shared/ceremony/view.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { ExportLog } from '../components/ExportLog.tsx';
import { Named } from '../components/MediaList.tsx';
import { Stage } from '../components/Shell.tsx';
import { Words } from '../../ui/Words.tsx';
import { leave } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

const OUTCOMES: Readonly<Record<ViewOf<'closed'>['outcome'], string>> = {
  committed: 'Done: sync committed it and read it back',
  refused: 'Sync refused the bundle',
  expired: 'The bundle came too late',
  objected: 'The request was cancelled in time',
};

export function Closed({ view }: ScreenProps<'closed'>) {
  const good = view.outcome === 'committed';
  return (
    <Stage
      heading={good ? 'Thank everyone: it is done' : 'Tell everyone: it was not committed'}
      turn={view.turn}
    >
      <Notice tone={good ? 'good' : 'bad'} title={`${OUTCOMES[view.outcome]}.`}>
        <p>{view.statement}</p>
      </Notice>
      {view.media.length === 0 ? null : (
        <>
          <h2>{good ? 'What people take home' : 'What must be destroyed now'}</h2>
          <Named
            media={view.media}
            label={good ? 'What people take home' : 'What must be destroyed now'}
          />
        </>
      )}
      <p>The last four words of the transcript, for the witness:</p>
      <Words words={view.words} label="The transcript’s last four words" />
      {good ? (
        <p>
          Save the ceremony log onto the stick that goes to sync next, and have it brought there:
          from it another laptop knows what this one knows.
        </p>
      ) : (
        <p>
          Save the ceremony log for the auditor’s file. Sync keeps none of a ceremony that was not
          committed, so another laptop will not know of it.
        </p>
      )}
      <Actions>
        <Button kind="primary" onPress={() => void leave()}>
          Back to home
        </Button>
        <ExportLog ceremonyId={view.ceremonyId} mode={view.mode} />
      </Actions>
    </Stage>
  );
}
