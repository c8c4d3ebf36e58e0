/**
 * Asking for a recovery: whose survey, found by number or name, and why. Nothing is asked early: how
 * the person was checked is asked on the request's own page.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Choices } from '../../../ui/Choices.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type { RecoverableAnswer } from '../../routes/recovery-answers.ts';
import { Panel } from '../components/Panel.tsx';
import { ReasonAndDelay } from '../components/ReasonAndDelay.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { askForRecovery, isAsked, NOTHING_ASKED } from '../lib/ask-recovery.ts';
import { addressOf } from '../lib/route.ts';
import { sayTime } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';

type Survey = RecoverableAnswer['surveys'][number];
const idOf = ({ userId, surveyId }: Survey): string => `${userId} ${surveyId}`;

export function NewRequest({ onBack }: { onBack: () => void }) {
  const [text, setText] = useState('');
  const [found, setFound] = useState<RecoverableAnswer | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [asked, setAsked] = useState(NOTHING_ASKED);
  const { busy, problem, run } = useTask();
  const survey = found?.surveys.find((one) => idOf(one) === chosen);

  const search = () =>
    run(async () => {
      setChosen(null);
      setFound(await call('POST', '/v1/recoverable/search', { text: text.trim() }));
    });
  const ask = ({ userId, surveyId }: Survey) =>
    run(() => askForRecovery({ userId, surveyId }, asked));
  const send = () => {
    if (survey === undefined) {
      if (text.trim() !== '') void search();
    } else if (isAsked(asked)) void ask(survey);
  };

  return (
    <Panel title="Ask for a recovery" onSend={send}>
      <Field
        label="Whose survey"
        hint="Number or name of the user or of the survey, as CheckTick has it."
        value={text}
        onChange={(next) => {
          setText(next);
          setFound(null);
          setChosen(null);
        }}
        wide
      />
      {found === null ? null : <Results found={found} chosen={chosen} onChoose={setChosen} />}
      {survey === undefined ? null : (
        <>
          {survey.openRequest === null ? null : (
            <Notice tone="warn" title="There is an open request about this survey already.">
              <p>
                Look at <a href={addressOf('requests', survey.openRequest)}>{survey.openRequest}</a>{' '}
                first.
              </p>
            </Notice>
          )}
          <ReasonAndDelay value={asked} onChange={setAsked} />
        </>
      )}
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        {survey === undefined ? (
          <Button kind="primary" type="submit" disabled={busy || text.trim() === ''}>
            Search
          </Button>
        ) : (
          <Button kind="primary" type="submit" disabled={busy || !isAsked(asked)}>
            Ask for this recovery
          </Button>
        )}
        <Button onPress={onBack} disabled={busy}>
          Leave it
        </Button>
      </Actions>
    </Panel>
  );
}

function Results(props: {
  readonly found: RecoverableAnswer;
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}) {
  const { found, chosen, onChoose } = props;
  const { surveys, users, more } = found;
  return (
    <>
      {surveys.length > 0 ? (
        <Choices
          label="Which one?"
          choices={surveys.map((one) => ({
            id: idOf(one),
            title: `Survey ${one.surveyId} (${one.surveyName})`,
            detail: `User ${one.userId}: ${[one.name, one.userName, one.email].filter((part, at, all) => part !== '' && all.indexOf(part) === at).join(', ')}${one.active ? '' : '; not active'}. Escrowed ${sayTime(one.escrowedAt)}.`,
          }))}
          value={chosen}
          onChange={onChoose}
        />
      ) : (
        <Notice tone="warn" title="Nothing that can be recovered fits.">
          <p>Only a survey whose key was escrowed can be recovered. Nothing was changed.</p>
        </Notice>
      )}
      {users.length === 0 ? null : (
        <p>
          Without any escrow, so nothing to recover:{' '}
          {users.map(({ id, userName }) => `user ${id} (${userName})`).join(', ')}.
        </p>
      )}
      {more ? <p>There are more than these. Type more of the name, or the number.</p> : null}
    </>
  );
}
