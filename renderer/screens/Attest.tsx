/**
 * A person signs a sentence and the transcript's head.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { Words } from '../../ui/Words.tsx';
import { say } from '../lib/store.ts';
import { useKeyLost } from './KeyLost.tsx';
import { KeyLostIdentity } from './KeyLostIdentity.tsx';
import type { ScreenProps } from './screen.ts';
import styles from './Attest.module.css';

export function Attest({ view }: ScreenProps<'attest'>) {
  const keyLost = useKeyLost(view);
  if (keyLost.shown) {
    return (
      <KeyLostIdentity turn={view.turn} mayBeNew={view.mayBeNew} maySkip={view.maySkip}>
        <Button kind="primary" onPress={() => say({ type: 'other-identity' })}>
          Go on without this key
        </Button>
        <Button onPress={keyLost.close}>Back: the key works after all</Button>
      </KeyLostIdentity>
    );
  }
  return (
    <Stage heading="Read this sentence, then sign it" turn={view.turn}>
      <blockquote className={styles.statement}>{view.statement}</blockquote>
      <p>
        Your signature also covers everything in the transcript up to here. Its last four words, for
        your own notes:
      </p>
      <Words words={view.words} label="The transcript’s last four words" />
      {view.onKey ? (
        <p>
          Your YubiKey signs: have it ready. The window in front asks for its PIN, then you touch it
          {view.turn?.role === 'operator'
            ? '; and once more for the bundle, which you sign as well.'
            : '.'}
        </p>
      ) : null}
      <p>If the sentence is not true, press “Something is wrong” instead.</p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'sign' })}>
          Sign as {view.turn?.name ?? 'myself'}
        </Button>
        {view.onKey ? <Button onPress={keyLost.open}>My YubiKey does not sign</Button> : null}
      </Actions>
    </Stage>
  );
}
