/**
 * Destruction: who sits down next, or nobody any more today.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { BackupsGone } from '../components/BackupsGone.tsx';
import { LookForFiles } from '../components/LookForFiles.tsx';
import { Stage } from '../components/Shell.tsx';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Destroyers({ view }: ScreenProps<'destroyers'>) {
  const { waiting, progress, witness, looked, backups } = view;
  const none = waiting.length === 0;
  const [chosen, setChosen] = useState<string | null>(
    waiting.length === 1 ? String(waiting[0]?.index) : null,
  );
  const look = looked === null ? null : <LookForFiles mode={view.mode} looked={looked} />;
  return (
    <Stage
      heading={none ? 'Look for what nobody listed' : 'Choose who destroys next'}
      turn={view.turn}
    >
      <p>
        {progress.done} of {count(progress.of, 'thing')} done with. Whoever is not here today can
        come another day: the home screen keeps the list.
      </p>
      {none ? null : (
        <Choices
          label={looked === null ? 'Custodian' : 'Who has it'}
          value={chosen}
          onChange={setChosen}
          choices={waiting.map(({ index, name, has }) => ({
            id: String(index),
            icon: 'person' as const,
            title: name,
            detail: has,
          }))}
        />
      )}
      {none ? look : null}
      <Actions>
        {none ? null : (
          <Button
            kind="primary"
            disabled={chosen === null}
            onPress={() => chosen !== null && say({ type: 'who', index: Number(chosen) })}
          >
            {looked === null ? 'This custodian is next' : 'This one is next'}
          </Button>
        )}
        <Button onPress={() => say({ type: 'continue' })}>
          {progress.done === 0 && (looked ?? []).length === 0 && backups?.gone == null
            ? 'Nobody comes today'
            : `Nobody else today: ${witness} signs`}
        </Button>
      </Actions>
      {none ? null : look}
      {backups === null ? null : <BackupsGone gone={backups.gone} witness={witness} />}
    </Stage>
  );
}
