/**
 * The moment the platform key is made and split.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function MakeKey({ view }: ScreenProps<'make-key'>) {
  const { count: total, threshold } = view;
  return (
    <Stage heading="Make the platform key" turn={view.turn}>
      <p>
        This laptop now makes a new platform key. Half of it goes to sync’s vault, locked; the other
        half is split into {total} shares, of which any {threshold} restore it.
      </p>
      <p>
        The key is in memory only, and only until this ceremony ends. If it is interrupted, the key
        is gone, nothing is lost, and you start again.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Make and split the platform key
        </Button>
      </Actions>
    </Stage>
  );
}
