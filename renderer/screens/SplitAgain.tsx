/**
 * Another set of the same key: enough shares are in, and what they give is split once more.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function SplitAgain({ view }: ScreenProps<'split-again'>) {
  const { keyVersion, present, count, threshold, progress } = view;
  return (
    <Stage heading="Put the shares together and split anew" turn={view.turn}>
      <p>
        {progress.done} of {progress.of} shares of the set {present} are here, each checked.
        Together they give the custodians’ half of the platform key of version {keyVersion}. Sync’s
        half is not on this laptop, and the key itself is not restored.
      </p>
      <p>
        This laptop checks the half, splits it once more into {count} shares, of which any{' '}
        {threshold} give it back, and wipes it.
      </p>
      <p>
        The shares of {present} stay as they are. If this ceremony is interrupted, the new ones are
        void. What was written of them has to be guarded until it is destroyed: it is of the key in
        use.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Put together and split
        </Button>
      </Actions>
    </Stage>
  );
}
