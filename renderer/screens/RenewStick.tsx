/**
 * Recover: the share was accepted from the stick of an OTP key and not locked anew. The stick was
 * looked at; which envelope is on it decides what that means and what to do.
 * @module
 */
import type { RenewalFailed } from '../../shared/ceremony/types.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

type Holds = RenewalFailed['holds'];

interface Words {
  readonly heading: (share: string) => string;
  readonly tone: 'warn' | 'bad';
  readonly title: string;
  readonly means: string;
  readonly next: string;
  readonly action: string;
}

const WORDS: Readonly<Record<Holds, Words>> = {
  old: {
    heading: (share) => `Lock ${share} anew once more, or go on`,
    tone: 'warn',
    title: 'The stick still holds the envelope of before, and it opens the share.',
    means:
      'Nothing is lost. But its question has been answered once: whoever saw that answer, has a copy of the stick and guesses the words needs no key.',
    next: 'Have the key in your hand, and slide the switch of the stick if it is write-protected. If it fails again, go on: the transcript says so, and the share is locked anew the next time that it is given.',
    action: 'Try once more',
  },
  new: {
    heading: (share) => `Have the stick of ${share} read once more`,
    tone: 'warn',
    title: 'The new envelope is on the stick, and it opened the share.',
    means: 'The envelope of before is gone. But the stick may not keep what it shows now.',
    next: 'Have it read once more: this laptop then waits until it has seen the stick out and in again. If it fails then, keep the stick and plan a new split soon.',
    action: 'Read the stick',
  },
  unknown: {
    heading: (share) => `Put the stick of ${share} in again`,
    tone: 'bad',
    title: 'Nobody knows yet which envelope is on the stick.',
    means:
      'The one of before and the new one both open the share. If it is neither, nothing is lost yet: until you go on, the share is still here, and is written once more.',
    next: 'Have your key at hand and have the stick read: this laptop then waits until it has seen the stick out and in again. If that fails, go on: the transcript says so. Then plan a new split soon: the set may have one share fewer.',
    action: 'Read the stick',
  },
};

export function RenewStick({ view }: ScreenProps<'renew-stick'>) {
  const { index, count, holds, happened } = view;
  const { heading, tone, title, means, next, action } = WORDS[holds];
  return (
    <Stage heading={heading(`share ${index} of ${count}`)} turn={view.turn}>
      <p>The share was given and counts. Locking it anew on its stick did not end as it should.</p>
      <Notice tone={tone} title={title}>
        <p>{means}</p>
      </Notice>
      <Facts
        facts={[
          { name: 'What happened', value: happened },
          { name: 'What to do now', value: next },
        ]}
      />
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'write-again' })}>
          {action}
        </Button>
        <Button onPress={() => say({ type: 'continue' })}>Go on to my signature</Button>
      </Actions>
    </Stage>
  );
}
