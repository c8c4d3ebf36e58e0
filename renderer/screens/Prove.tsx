/**
 * Test reconstruction: a random k of what was just read back gives the key.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Prove({ view }: ScreenProps<'prove'>) {
  const { count: total, threshold } = view;
  return (
    <Stage heading="Prove that the shares restore the key" turn={view.turn}>
      <p>
        All {total} shares were written and read back. The laptop now takes {threshold} of them at
        random, as they were read from their sticks and sheets, and restores the key from them
        alone.
      </p>
      <p>Only if it is the same key will the set be signed.</p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Restore the key from {threshold} shares
        </Button>
      </Actions>
    </Stage>
  );
}
