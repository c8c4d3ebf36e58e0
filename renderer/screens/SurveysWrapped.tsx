/**
 * Which surveys were wrapped anew and read back, and which stay as they are:
 * everybody reads it before there is a bundle.
 * @module
 */
import {
  LEFT_IN_WORDS,
  organisationInWords,
  sourceInWords,
} from '../../shared/bundle/organisation.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Stage } from '../components/Shell.tsx';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import { SurveyList } from './SurveyList.tsx';

/** A reason stands behind a name elsewhere, and here by itself. */
const beginning = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

export function SurveysWrapped({ view }: ScreenProps<'surveys-wrapped'>) {
  const { facts, moved, unopened, left, movesFrom } = view;
  const moves = movesFrom !== null;
  const stay = [...unopened, ...left];
  return (
    <Stage
      heading={moves ? 'Read what moved, and what stays' : 'Read which surveys were helped'}
      turn={view.turn}
    >
      <p>
        Keys of {organisationInWords(facts)} that were wrapped, and read back with what{' '}
        {facts.owner} typed{moves ? '' : ' the second time'}: {moved.length}.
      </p>
      <SurveyList
        surveys={moved.map((one) => ({
          ...one,
          says:
            one.surveyKey === 'fits'
              ? `Fits CheckTick’s hash of the key; ${sourceInWords(one)}`
              : `Compared with nothing; ${sourceInWords(one)}`,
        }))}
      />
      {unopened.length === 0 ? null : (
        <Notice
          title={`${unopened.length} could not be ${moves ? 'moved' : 'helped'} after all`}
          tone="warn"
        >
          <p>
            {unopened.length === 1
              ? 'It stays exactly as it is. Tell the admin of sync which.'
              : 'They stay exactly as they are. Tell the admin of sync which.'}
          </p>
        </Notice>
      )}
      {stay.length === 0 ? null : (
        <>
          <h2>Stay as they are: {stay.length}</h2>
          <SurveyList
            surveys={stay.map((one) => ({ ...one, says: beginning(LEFT_IN_WORDS[one.why]) }))}
          />
        </>
      )}
      <Notice title="Nothing is written yet">
        <p>
          Sync writes these keys when the bundle is committed.{' '}
          {moves
            ? `Until then they open with the shares of ${movesFrom}, as before.`
            : 'Until then CheckTick knows the new passphrase for none of them.'}{' '}
          If anyone in the room does not agree, press “Something is wrong”.
        </p>
      </Notice>
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'agree' })}>
          Everyone has read it
        </Button>
      </Actions>
    </Stage>
  );
}
