/**
 * The keys of surveys: of how many something is stored for recovery, of how many that is proved, and
 * of which not.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type { EscrowListAnswer } from '../../routes/escrow-answers.ts';
import app from '../App.module.css';
import { Behind } from '../components/Behind.tsx';
import card from '../components/Card.module.css';
import { Rows } from '../components/Rows.tsx';
import { useLive } from '../lib/live.tsx';
import { sayTime } from '../lib/say.ts';

type Count = EscrowListAnswer['count'];

const surveys = (many: number): string => `${many} ${many === 1 ? 'survey' : 'surveys'}`;

function headingFor({ none, stored, proved }: Count): string {
  const all = none + stored + proved;
  if (all === 0) return 'There are no surveys with a key yet';
  if (proved === all) return `The keys of all ${all} surveys are stored and proved`;
  return `The keys of ${proved} of ${surveys(all)} are stored and proved`;
}

/** Rounded down: 100% is all of them. */
function share(part: number, all: number): string {
  return all === 0 ? '' : ` (${Math.floor((100 * part) / all)}%)`;
}

export function SurveyKeys() {
  // Number of the last survey before those that are shown.
  const [after, setAfter] = useState(0);
  const { answer, problem } = useLive<EscrowListAnswer>(`/v1/escrows?after=${after}`);
  if (answer === null) return <Behind problem={problem} known={false} />;
  const { count, now, more } = answer;
  const all = count.none + count.stored + count.proved;
  const last = answer.surveys.at(-1)?.surveyId;
  return (
    <section className={app.page}>
      <h1>{headingFor(count)}</h1>
      <Behind problem={problem} known />
      <Facts
        facts={[
          { name: 'Proved', value: `${surveys(count.proved)}${share(count.proved, all)}` },
          { name: 'Stored, not proved', value: surveys(count.stored) },
          { name: 'Not stored', value: surveys(count.none) },
        ]}
      />
      {count.none === 0 ? null : (
        <Notice tone="warn" title={`No key is stored of ${surveys(count.none)}.`}>
          <p>
            Nobody can bring these back for a user who forgets password and recovery phrase.
            CheckTick stores a key when the user opens the survey.
          </p>
        </Notice>
      )}
      {answer.surveys.length === 0 ? null : (
        <>
          <h2>Surveys whose key is not proved</h2>
          <p>A stored key is proved when its user opens the survey again, at another sign-in.</p>
          <Rows label="Surveys whose key is not proved">
            {answer.surveys.map(({ surveyId, name, state, userIds }) => (
              <li key={surveyId}>
                <p>
                  Survey {surveyId} ({name})
                </p>
                <p>
                  {state === 'none'
                    ? 'Not stored'
                    : `Stored for ${userIds.length === 1 ? 'user' : 'users'} ${userIds.join(', ')}, not proved`}
                </p>
              </li>
            ))}
          </Rows>
        </>
      )}
      <Actions>
        {more && last !== undefined ? (
          <Button onPress={() => setAfter(last)}>More surveys</Button>
        ) : null}
        {after === 0 ? null : <Button onPress={() => setAfter(0)}>The first surveys</Button>}
      </Actions>
      <p className={card.quiet}>
        Counted at {sayTime(now)}. Proved: opened in a recovery, or sealed again by CheckTick to the
        same bytes.
      </p>
    </section>
  );
}
