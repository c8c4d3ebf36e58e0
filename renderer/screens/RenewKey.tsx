/**
 * New shares: enough of the old ones are in, and the platform key gets its new halves.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function RenewKey({ view }: ScreenProps<'renew-key'>) {
  const { before, count, threshold, progress } = view;
  return (
    <Stage heading="Make the halves of the platform key anew" turn={view.turn}>
      <p>
        {progress.done} of {progress.of} shares of the set {before} are here, each checked. Together
        with sync’s half they restore the platform key, which stays the same.
      </p>
      <p>
        This laptop checks the key, makes two new halves of it, and splits one of them into {count}{' '}
        new shares, of which any {threshold} restore it. The other goes to sync’s vault, locked.
      </p>
      <p>
        The shares of {before} stay valid until sync has committed the bundle. If this ceremony is
        interrupted, the new ones are void and nothing is lost.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Make new halves and split
        </Button>
      </Actions>
    </Stage>
  );
}
