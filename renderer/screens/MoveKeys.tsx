/**
 * Survey keys move, file by file. It runs by itself, can be paused, and says what is done, how long it
 * still takes, and where the shares are.
 * @module
 */
import { keysInWords } from '../../shared/bundle/move.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Working } from '../components/Working.tsx';
import { Stage } from '../components/Shell.tsx';
import { count, digits, list, sayMinutes } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

function heading({ running, files }: ScreenProps<'move-keys'>['view']): string {
  if (files.of === 0) return 'Hand the half for organisations over';
  return running ? 'Leave the stick in' : 'Move the survey keys';
}

export function MoveKeys({ view }: ScreenProps<'move-keys'>) {
  const { movesTo, running, begun, files, keys, minutesLeft, stick, present } = view;
  const next = files.done + 1;
  return (
    <Stage heading={heading(view)} turn={view.turn}>
      {running ? (
        <Working>
          Moving file {Math.min(next, files.of)} of {files.of} to {movesTo}
        </Working>
      ) : null}
      {files.of === 0 ? null : (
        <Facts
          facts={[
            { name: 'Finished', value: `${files.done} of ${count(files.of, 'file')} on ${stick}` },
            { name: 'Survey keys', value: `${digits(keys.done)} of ${keysInWords(keys.of)}` },
            {
              name: 'Still takes',
              value: minutesLeft === null ? 'not known' : sayMinutes(minutesLeft),
            },
          ]}
        />
      )}
      {running ? (
        <p>
          “Pause” lets the file at hand be finished, and nothing goes on until you say so. Somebody
          stays with the laptop; the custodians need not watch.
        </p>
      ) : (
        <p>
          {begun
            ? 'It stands between two files. What is finished stays finished.'
            : files.of === 0
              ? 'This laptop now puts the platform key together, proves it, seals its half for organisations, and wipes both.'
              : 'This laptop now puts the platform key together, proves it, and moves the survey keys of one file after the other. The key is wiped behind each file.'}
        </p>
      )}
      <Notice title="Where the shares are">
        <p>
          In the memory of this laptop, until{' '}
          {files.of === 0 ? 'the half is sealed' : 'the last file is done'} and everybody has
          signed. They are written nowhere. If the laptop stops before that, they are gone from it,
          and {present.threshold} of {list(present.custodians)} come again to go on: with the same
          package, at this laptop, and with this stick.
        </p>
      </Notice>
      {running ? null : (
        <Actions>
          <Button kind="primary" onPress={() => say({ type: 'continue' })}>
            {begun
              ? files.done < files.of
                ? `Go on with file ${next}`
                : 'Go on'
              : files.of === 0
                ? 'Prove the key, and seal the half'
                : 'Begin to move'}
          </Button>
        </Actions>
      )}
    </Stage>
  );
}
