/**
 * A drill: who sits down next, what came of the shares so far, and the end of the round.
 * @module
 */
import { useState } from 'react';
import type { ShareFailure } from '../../shared/bundle/drill.ts';
import { MEDIUM_NAMES } from '../../shared/sharing/media-kinds.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

const FAILURES: Readonly<Record<ShareFailure, string>> = {
  absent: 'Called, and not brought',
  unreadable: 'Called, and not readable',
  wrong: 'Called, and what was brought is not this share',
};

export function DrillRound({ view }: ScreenProps<'drill-round'>) {
  const { shares, threshold } = view;
  const waiting = shares.filter(({ proved }) => proved === null);
  const proved = shares.filter((share) => share.proved !== null);
  const failed = shares.filter((share) => share.failed !== null);
  const [index, setIndex] = useState<string | null>(
    waiting.length === 1 ? String(waiting[0]?.index) : null,
  );
  const isDone = proved.length + failed.length > 0;
  return (
    <Stage
      heading={waiting.length === 0 ? 'Every share is proved' : 'Choose whose share is proved next'}
      turn={view.turn}
    >
      <p>
        {proved.length} of {count(shares.length, 'share')} proved. In any order, and as many as are
        here.
      </p>
      <Facts
        facts={shares.map(({ index: number, name, ...share }) => ({
          name: `Share ${number}, ${name}`,
          value:
            share.proved === null
              ? share.failed === null
                ? 'Not called yet'
                : FAILURES[share.failed]
              : `Proved, from ${MEDIUM_NAMES[share.proved]}`,
        }))}
      />
      {failed.length === 0 ? null : (
        <Notice title="A share was not proved" tone="warn">
          <p>
            Let its custodian try another copy, here or another day. If it stays lost, any{' '}
            {threshold} of the others still open the key: have new shares made while they are there.
          </p>
        </Notice>
      )}
      {waiting.length === 0 ? null : (
        <Choices
          label="Custodian"
          value={index}
          onChange={setIndex}
          choices={waiting.map(({ index: number, name }) => ({
            id: String(number),
            icon: 'person' as const,
            title: name,
            detail: `share ${number}`,
          }))}
        />
      )}
      <Actions>
        {waiting.length === 0 ? null : (
          <Button
            kind="primary"
            disabled={index === null}
            onPress={() => index !== null && say({ type: 'who', index: Number(index) })}
          >
            This custodian is next
          </Button>
        )}
        <Button
          kind={waiting.length === 0 ? 'primary' : 'quiet'}
          disabled={!isDone}
          onPress={() => say({ type: 'continue' })}
        >
          Nobody else today: the witness signs
        </Button>
      </Actions>
    </Stage>
  );
}
