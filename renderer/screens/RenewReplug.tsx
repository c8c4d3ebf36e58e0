/**
 * Recover: before it is believed which envelope a stick holds, the stick is seen to be out and in
 * again, so that what is read is the stick and not what the laptop remembers.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function RenewReplug({ view }: ScreenProps<'renew-replug'>) {
  return (
    <Stage
      heading={`Pull the stick of share ${view.index} of ${view.count} out and plug it in again`}
      turn={view.turn}
    >
      <p>
        Until now the laptop could still remember what it wrote. After you plug the stick in again,
        it can only know what is really on it. Do it also if you have just done it: this screen
        counts what it sees, and goes on by itself.
      </p>
      <p>
        Count to three between pulling it out and plugging it in, and have your YubiKey at hand. The
        share was given and counts, whatever the stick holds.
      </p>
      <Actions>
        <Button onPress={() => say({ type: 'continue' })}>
          Back: the stick does not come back
        </Button>
      </Actions>
    </Stage>
  );
}
