/**
 * Read back and right. Another copy for the safe, or go on.
 * @module
 */
import { isKeyMedium } from '../../shared/sharing/media-kinds.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Written } from '../components/MediaList.tsx';
import { Stage } from '../components/Shell.tsx';
import { KEY_IDENTITY_MEANS } from '../lib/media.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Copy({ view }: ScreenProps<'copy'>) {
  return view.onKey ? <OnKey view={view} /> : <Copies view={view} />;
}

/** An identity that a YubiKey makes: nothing was written, and there is nothing to copy. */
function OnKey({ view }: ScreenProps<'copy'>) {
  return (
    <Stage heading="Your identity is ready" turn={view.turn}>
      <Notice tone="good" title="Made twice, and the same.">
        <p>After it was out, your YubiKey made the same identity again.</p>
      </Notice>
      <p>
        You sign with this key, its PIN and a touch. Keep it as you keep a signature: with it and
        the PIN, anybody signs as you. Nothing has to be written down but the PIN, apart from the
        key.
      </p>
      <p>{KEY_IDENTITY_MEANS}</p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Go on
        </Button>
      </Actions>
    </Stage>
  );
}

function Copies({ view }: ScreenProps<'copy'>) {
  const key = view.written.map(({ kind }) => kind).find(isKeyMedium);
  return (
    <Stage heading="Go on, or make another copy" turn={view.turn}>
      <Notice tone="good" title="Read back, and right.">
        <p>It was read again from its own medium and is complete.</p>
      </Notice>
      <Written records={view.written} />
      <p>
        One copy can be lost. If you keep one at home and one in a safe, make the second now. Both
        are the same share: it still counts once.
        {key === undefined
          ? ''
          : ' A copy without a key opens without it: keep it as carefully as the key.'}
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          This is enough, go on
        </Button>
        {key === undefined ? null : (
          <Button onPress={() => say({ type: 'another-copy', medium: key })}>
            Another copy with a YubiKey
          </Button>
        )}
        <Button onPress={() => say({ type: 'another-copy', medium: 'usb' })}>
          {key === undefined ? 'Another copy on a stick' : 'Another copy on a stick without a key'}
        </Button>
        <Button onPress={() => say({ type: 'another-copy', medium: 'paper' })}>
          Another copy on paper
        </Button>
      </Actions>
    </Stage>
  );
}
