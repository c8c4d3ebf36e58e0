/**
 * Pull the stick out and plug it in again: only then is it read from the stick itself.
 * @module
 */
import { isKeyMedium } from '../../shared/sharing/media-kinds.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Replug(props: ScreenProps<'replug'>) {
  return isKeyMedium(props.view.medium) ? <WithKey {...props} /> : <Stick {...props} />;
}

function WithKey({ view }: ScreenProps<'replug'>) {
  return (
    <Stage
      heading={`Pull out the YubiKey and the stick ${view.volumeLabel}; plug in the stick again`}
      turn={view.turn}
    >
      <p>
        Until now the laptop and the key could still remember what they did. Without power they can
        only know what is really on the stick and in the key. This screen goes on by itself.
      </p>
      <p>
        Count to three before you plug the stick in again. Leave the YubiKey out: a later window
        says when to put it in.
      </p>
      <Actions>
        <Button onPress={() => say({ type: 'write-again' })}>
          The stick is broken: write to another one
        </Button>
      </Actions>
    </Stage>
  );
}

function Stick({ view }: ScreenProps<'replug'>) {
  return (
    <Stage heading={`Pull the stick ${view.volumeLabel} out and plug it in again`} turn={view.turn}>
      <p>
        Until now the laptop could still remember what it wrote. After you plug it in again, it can
        only know what is really on the stick. This screen goes on by itself.
      </p>
      <p>Count to three between pulling it out and plugging it in.</p>
      <Actions>
        <Button onPress={() => say({ type: 'write-again' })}>
          The stick is broken: write to another one
        </Button>
      </Actions>
    </Stage>
  );
}
