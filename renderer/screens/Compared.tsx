/**
 * New shares: the package brought the vault component, it was compared, and nothing else was to be done.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Words } from '../../ui/Words.tsx';
import { ExportLog } from '../components/ExportLog.tsx';
import { Stage } from '../components/Shell.tsx';
import { leave } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Compared({ view }: ScreenProps<'compared'>) {
  const { keyVersion, label, words } = view;
  return (
    <Stage heading="The vault component fits" turn={view.turn}>
      <Notice tone="good" title={`Sync gave out the half that belongs to the set ${label}.`}>
        <p>
          Any of its shares that are enough restore the platform key {keyVersion} with it. What is
          left of the set of before may be destroyed, once a backup from after the change was tried.
        </p>
      </Notice>
      <p>
        Nothing was made and nothing was changed. Nobody has to answer this package: at sync it
        expires by itself.
      </p>
      <p>The last four words of the transcript:</p>
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
