/**
 * A refresh: the share was read, and another one is made of it.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { GetUp } from '../components/GetUp.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function RefreshShare({ view }: ScreenProps<'refresh-share'>) {
  const { index, count, label, generation } = view;
  const [leaving, setLeaving] = useState(false);
  if (leaving) {
    return <GetUp turn={view.turn} purpose="refresh" back={() => setLeaving(false)} />;
  }
  return (
    <Stage heading="Make another share of yours" turn={view.turn}>
      <Notice tone="good" title={`This is share ${index} of ${count} of the set ${label}.`}>
        <p>It was read and is genuine. No other share is in this laptop’s memory.</p>
      </Notice>
      <p>
        Now it signs that you agree, and becomes a share of generation {generation}. The old one is
        wiped from memory at that moment. Then you write the new one onto another stick or sheet,
        read it back and sign for it.
      </p>
      <p>
        <strong>Keep what you brought.</strong> Your old share opens the key until sync has taken
        the new ones, and is destroyed in front of the witness after that.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'continue' })}>
          Make my new share
        </Button>
        <Button onPress={() => setLeaving(true)}>I cannot stay</Button>
      </Actions>
    </Stage>
  );
}
