/**
 * A drill: who sits down next, what came of the shares so far, and the end of the round.
 * @module
 */
import { useState } from 'react';
import type { ShareFailure } from '../../shared/bundle/drill.ts';
import { MEDIUM_NAMES } from '../../shared/sharing/media-kinds.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { count, list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

const FAILURES: Readonly<Record<ShareFailure, string>> = {
  absent: 'Called, and not brought',
  unreadable: 'Called, and not readable',
  wrong: 'Called, and what was brought is not this share',
};

function headingFor(waiting: number, byWord: boolean): string {
  if (byWord) return waiting === 0 ? 'Every share was read' : 'Choose whose share is read next';
  return waiting === 0 ? 'Every share is proved' : 'Choose whose share is proved next';
}

export function DrillRound({ view }: ScreenProps<'drill-round'>) {
  const { shares, threshold, full, byWord } = view;
  const waiting = shares.filter(({ proved }) => proved === null);
  const proved = shares.flatMap(({ index: number, proved: medium }) =>
    medium === null ? [] : [`share ${number} from ${MEDIUM_NAMES[medium]}`],
  );
  const failed = shares.filter((share) => share.failed !== null).length;
  const away = shares.filter((share) => share.failed === 'absent').length;
  const left = shares.length - failed;
  const [index, setIndex] = useState<string | null>(
    waiting.length === 1 ? String(waiting[0]?.index) : null,
  );
  const isDone = proved.length + failed > 0;
  return (
    <Stage heading={headingFor(waiting.length, byWord)} turn={view.turn}>
      <p>
        {proved.length} of {count(shares.length, 'share')} {byWord ? 'read' : 'proved'}
        {proved.length === 0 ? '' : `: ${list(proved)}`}. In any order,{' '}
        {full ? `and ${threshold} are needed to open the test escrow.` : 'and as many as are here.'}
      </p>
      {waiting.length === 0 ? null : (
        <Choices
          label="Custodian"
          value={index}
          onChange={setIndex}
          choices={waiting.map(({ index: number, name, failed: failure }) => ({
            id: String(number),
            icon: 'person' as const,
            title: name,
            detail: failure === null ? `Share ${number}` : `Share ${number}. ${FAILURES[failure]}.`,
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
          {full
            ? 'Nobody else today: the test escrow stays shut'
            : 'Nobody else today: the witness signs'}
        </Button>
      </Actions>
      {failed === 0 ? null : (
        <Notice
          title={
            failed === 1
              ? `A share was not ${byWord ? 'read' : 'proved'}`
              : `${failed} shares were not ${byWord ? 'read' : 'proved'}`
          }
          tone="warn"
        >
          <p>
            {away === failed
              ? 'Whoever is away can come another day.'
              : 'Try another copy, here or another day.'}{' '}
            {left < threshold
              ? `Without what was not proved, only ${left} are left, and ${threshold} are needed: find one before anything else happens.`
              : `If it stays lost: ${left} others are left, and ${threshold} open the key. Have new shares made while they are there.`}
          </p>
        </Notice>
      )}
    </Stage>
  );
}
