/**
 * Read back and right. Another copy for the safe, or go on.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Written } from '../components/MediaList.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Copy({ view }: ScreenProps<'copy'>) {
  return (
    <Stage heading="Go on, or make another copy" turn={view.turn}>
      <Notice tone="good" title="Read back, and right.">
        <p>It was read again from its own medium and is complete.</p>
      </Notice>
      <Written records={view.written} />
      <p>
        One copy can be lost. If you keep one at home and one in a safe, make the second now. Both
        are the same share: it still counts once.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          This is enough, go on
        </Button>
        <Button onPress={() => say({ type: 'another-copy', medium: 'usb' })}>
          Another copy on a stick
        </Button>
        <Button onPress={() => say({ type: 'another-copy', medium: 'paper' })}>
          Another copy on paper
        </Button>
      </Actions>
    </Stage>
  );
}
