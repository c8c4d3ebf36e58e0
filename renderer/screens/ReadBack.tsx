/**
 * Read it again from its own medium. Nothing counts before.
 * @module
 */
import { useState } from 'react';
import { isKeyMedium } from '../../shared/sharing/media-kinds.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { HowToRead } from './HowToRead.tsx';
import { Written } from '../components/MediaList.tsx';
import { Stage } from '../components/Shell.tsx';
import { yours } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import { KeyLostWriting, useKeyLost } from './KeyLost.tsx';
import type { PaperWay } from './ways.ts';
import type { ScreenProps } from './screen.ts';

export function ReadBack(props: ScreenProps<'read-back'>) {
  const { view } = props;
  const keyLost = useKeyLost(view);
  if (!isKeyMedium(view.medium)) return <Plain {...props} />;
  return keyLost.shown ? (
    <KeyLostWriting
      turn={view.turn}
      what={yours(view.reads)}
      step="read-back"
      medium={view.medium}
      onSheet={view.onSheet}
      back={keyLost.close}
    />
  ) : (
    <WithKey view={view} keyLost={keyLost.open} />
  );
}

function WithKey({ view, keyLost }: ScreenProps<'read-back'> & { readonly keyLost: () => void }) {
  const [way, setWay] = useState<PaperWay | null>('camera');
  const { onSheet } = view;
  const otp = view.medium === 'yubikey-otp';
  const carrier = onSheet ? 'sheet' : 'stick';
  return (
    <Stage
      heading={`Read ${yours(view.reads)} back with the YubiKey and the ${carrier}`}
      turn={view.turn}
    >
      <p>
        {onSheet
          ? 'The next window reads the sheet, then asks for the key.'
          : 'The stick is in again; the next window asks for the key.'}{' '}
        {otp
          ? `You touch it once, then type your six words from your own paper, or your own passphrase. That proves the ${carrier}, the key and the words, in one go.`
          : `You type its PIN and touch it once; with a backup key the same again for that one. That proves the ${carrier}, the key and the PIN.`}
      </p>
      {!otp && view.newWords ? (
        <p>Then you type your six words or passphrase once, for your personal identity.</p>
      ) : null}
      <Written records={view.written} />
      {onSheet ? <HowToRead mode={view.mode} way={way} choose={setWay} /> : null}
      <Actions>
        <Button
          kind="primary"
          onPress={() => say({ type: 'read', how: onSheet ? (way ?? 'camera') : 'usb' })}
        >
          Read it back with my YubiKey
        </Button>
        <Button onPress={() => say({ type: 'write-again' })}>
          {onSheet ? 'It cannot be read: print it again' : 'It cannot be read: write it again'}
        </Button>
        {view.newWords ? (
          <Button onPress={() => say({ type: 'new-words' })}>
            My words are not right: new words
          </Button>
        ) : null}
        <Button onPress={keyLost}>My YubiKey does not work</Button>
      </Actions>
    </Stage>
  );
}

function Plain({ view }: ScreenProps<'read-back'>) {
  const [way, setWay] = useState<PaperWay | null>('camera');
  const onStick = !view.onSheet;
  const what = yours(view.reads);
  return (
    <Stage
      heading={onStick ? `Read ${what} back from the stick` : `Read ${what} back from the sheet`}
      turn={view.turn}
    >
      <p>
        {onStick
          ? 'Type your six words from your own paper, or your own passphrase. That proves the stick and what you wrote down or remember, in one go.'
          : 'That proves the print: a share that cannot be read back does not count.'}
      </p>
      <Written records={view.written} />
      {onStick ? null : <HowToRead mode={view.mode} way={way} choose={setWay} />}
      <Actions>
        <Button
          kind="primary"
          onPress={() => say({ type: 'read', how: onStick ? 'usb' : (way ?? 'camera') })}
        >
          {onStick ? 'Type my six words' : 'Read the sheet'}
        </Button>
        <Button onPress={() => say({ type: 'write-again' })}>
          {onStick ? 'It cannot be read: write it again' : 'It cannot be read: print it again'}
        </Button>
        {view.newWords ? (
          <Button onPress={() => say({ type: 'new-words' })}>
            My words are not right: new words
          </Button>
        ) : null}
      </Actions>
    </Stage>
  );
}
