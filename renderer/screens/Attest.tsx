/**
 * A person signs a sentence and the transcript's head.
 * @module
 */
import { Actions, Button } from '../../ui/Button.tsx';
import { Stage } from '../components/Shell.tsx';
import { Words } from '../../ui/Words.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './Attest.module.css';

export function Attest({ view }: ScreenProps<'attest'>) {
  return (
    <Stage heading="Read this sentence, then sign it" turn={view.turn}>
      <blockquote className={styles.statement}>{view.statement}</blockquote>
      <p>
        Your signature also covers everything in the transcript up to here. Its last four words, for
        your own notes:
      </p>
      <Words words={view.words} label="The transcript’s last four words" />
      <p>If the sentence is not true, press “Something is wrong” instead.</p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'sign' })}>
          Sign as {view.turn?.name ?? 'myself'}
        </Button>
      </Actions>
    </Stage>
  );
}
