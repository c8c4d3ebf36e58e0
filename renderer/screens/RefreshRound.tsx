/**
 * A refresh: who sits down next.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Stage } from '../components/Shell.tsx';
import { count, list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function RefreshRound({ view }: ScreenProps<'refresh-round'>) {
  const { shares, generation } = view;
  const waiting = shares.filter(({ standing }) => standing === 'waiting');
  const done = shares.filter(({ standing }) => standing === 'done').map(({ name }) => name);
  const ended = shares.filter(({ standing }) => standing === 'ends').map(({ name }) => name);
  const [index, setIndex] = useState<string | null>(
    waiting.length === 1 ? String(waiting[0]?.index) : null,
  );
  return (
    <Stage heading="Choose who gets another share next" turn={view.turn}>
      <p>
        {done.length} of {count(done.length + waiting.length, 'share')} of generation {generation}{' '}
        read back{done.length === 0 ? '' : `: ${list(done)}`}. In any order; everybody who is left
        has to come.
        {ended.length === 0 ? '' : ` Not here, and without a share from now on: ${list(ended)}.`}
      </p>
      <Choices
        label="Custodian"
        value={index}
        onChange={setIndex}
        choices={waiting.map(({ index: number, name }) => ({
          id: String(number),
          icon: 'person' as const,
          title: name,
          detail: `Share ${number}`,
        }))}
      />
      <p>
        Guard what is written today as the old shares: enough of either open the key. If this has to
        stop, it is void: everything written today is destroyed, and the old shares are what they
        were.
      </p>
      <Actions>
        <Button
          kind="primary"
          disabled={index === null}
          onPress={() => index !== null && say({ type: 'who', index: Number(index) })}
        >
          This custodian is next
        </Button>
      </Actions>
    </Stage>
  );
}
