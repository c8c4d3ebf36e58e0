/**
 * Six words are about to be shown, in a window of their own.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { yours } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Words({ view }: ScreenProps<'words'>) {
  return (
    <Stage heading="Take a pen and a paper of your own" turn={view.turn}>
      <p>
        The next window shows <strong>six words</strong>, once. They lock {yours(view.protects)}.
        Nobody can look them up again: not this laptop, not sync, not your colleagues.
      </p>
      <p>
        Write them down, and keep that paper apart from the stick. You will type them once today, to
        prove that you can.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Show my six words
        </Button>
      </Actions>
    </Stage>
  );
}
