/**
 * Read it again from its own medium. Nothing counts before.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Written } from '../components/MediaList.tsx';
import { Stage } from '../components/Shell.tsx';
import { yours } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import { paperWays, type PaperWay } from './ways.ts';
import type { ScreenProps } from './screen.ts';

export function ReadBack({ view }: ScreenProps<'read-back'>) {
  const [way, setWay] = useState<PaperWay | null>('camera');
  const onStick = view.medium !== 'paper';
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
      {onStick ? null : (
        <Choices
          label="How to read it"
          hideLabel
          value={way}
          onChange={setWay}
          choices={paperWays(view.mode)}
        />
      )}
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
