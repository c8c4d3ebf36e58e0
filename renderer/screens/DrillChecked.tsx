/**
 * A drill without sync: what was read, and that nobody but this laptop knows of it.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Words } from '../../ui/Words.tsx';
import { ExportLog } from '../components/ExportLog.tsx';
import { Stage } from '../components/Shell.tsx';
import { count, list } from '../lib/say.ts';
import { leave } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

const named = (numbers: readonly number[]) =>
  `${numbers.length === 1 ? 'share' : 'shares'} ${list(numbers.map(String))}`;

export function DrillChecked({ view }: ScreenProps<'drill-checked'>) {
  const { label, read, failed, words } = view;
  return (
    <Stage heading="The shares were checked" turn={view.turn}>
      <Notice
        tone={failed.length === 0 ? 'good' : 'warn'}
        title={`${count(read.length, 'share')} of the set ${label} read${read.length === 0 ? '' : `: ${named(read)}`}.`}
      >
        <p>
          {failed.length === 0
            ? 'This laptop remembers it as “on this laptop’s word”.'
            : `Called and not read: ${named(failed)}. Have another copy tried, or new shares made.`}
        </p>
      </Notice>
      <p>
        Sync does not know of it: there, the shares are due as before. A drill with a package of
        sync proves them.
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
