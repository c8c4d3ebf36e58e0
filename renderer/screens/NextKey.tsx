/**
 * A new platform key: enough shares are in, the key in use is proved, and another one is made.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function NextKey({ view }: ScreenProps<'next-key'>) {
  const { keyVersion, nextVersion, present, count, threshold, progress } = view;
  return (
    <Stage heading="Make the new platform key" turn={view.turn}>
      <p>
        {progress.done} of {progress.of} shares of the set {present} are here, each checked.
        Together with sync’s half they restore the platform key of version {keyVersion}. This laptop
        checks it and wipes it: it only shows that these shares may say which key comes next.
      </p>
      <p>
        Then the laptop makes a new platform key of version {nextVersion}. Half of it goes to sync’s
        database, locked; the other half is split into {count} shares, of which any {threshold}{' '}
        restore it.
      </p>
      <p>
        The shares of {present} stay as they are. If this ceremony is interrupted, the new ones are
        void and nothing is lost.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Make and split the new platform key
        </Button>
      </Actions>
    </Stage>
  );
}
