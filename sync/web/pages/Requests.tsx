/**
 * Recovery requests, also those that CheckTick made itself: all of them, or one as a whole.
 * @module
 */
import { useState } from 'react';
import type { z } from 'zod';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type { requestsAnswer } from '../../routes/answers.ts';
import { wayInWords } from '../../../shared/bundle/organisation-way.ts';
import styles from '../App.module.css';
import { Behind } from '../components/Behind.tsx';
import { Rows } from '../components/Rows.tsx';
import { useLive } from '../lib/live.tsx';
import { addressOf } from '../lib/route.ts';
import { sayTime } from '../lib/say.ts';
import type { ViewProps } from '../lib/view.ts';
import { NewOrganisationRequest } from './NewOrganisationRequest.tsx';
import { NewRequest } from './NewRequest.tsx';
import { OwnerForgot } from './OwnerForgot.tsx';
import { Recovery } from './Recovery.tsx';

export function Requests({ me, subject }: ViewProps) {
  return subject === '' ? <All me={me} subject="" /> : <Recovery code={subject} />;
}

function All({ me }: ViewProps) {
  // Code of the last one before those that are shown; null: the newest are shown.
  const [before, setBefore] = useState<string | null>(null);
  const { answer, problem } = useLive<z.infer<typeof requestsAnswer>>(
    before === null ? '/v1/requests' : `/v1/requests?before=${encodeURIComponent(before)}`,
  );
  const [asking, setAsking] = useState<'own' | 'organisation' | 'owner' | null>(null);
  const last = answer?.requests.at(-1)?.code;
  return (
    <section className={styles.page}>
      <h1>Requests</h1>
      <Behind problem={problem} known={answer !== null} />
      {!me.admin.roles.includes('operator') ? null : asking === 'own' ? (
        <NewRequest onBack={() => setAsking(null)} />
      ) : asking === 'organisation' ? (
        <NewOrganisationRequest onBack={() => setAsking(null)} />
      ) : asking === 'owner' ? (
        <OwnerForgot onBack={() => setAsking(null)} />
      ) : (
        <Actions>
          <Button kind="primary" onPress={() => setAsking('own')}>
            Ask for a recovery
          </Button>
          <Button onPress={() => setAsking('organisation')}>Of an organisation’s survey</Button>
          <Button onPress={() => setAsking('owner')}>
            An owner forgot, or an organisation moves
          </Button>
        </Actions>
      )}
      {answer === null ? null : answer.requests.length === 0 && before === null ? (
        <Notice title="There are no requests yet.">
          <p>One appears here as soon as a recovery is asked for, here or in CheckTick.</p>
        </Notice>
      ) : (
        <Rows label="Requests, newest first">
          {answer.requests.map((one) => (
            <li key={one.code}>
              <p>
                <a href={addressOf('requests', one.code)}>{one.code}</a>,{' '}
                <strong>{one.status.replaceAll('_', ' ')}</strong>
              </p>
              <p>
                Survey {one.surveyId} ({one.surveyName}) for user {one.userId} ({one.userName})
                {one.organisation === null ? '' : `, ${wayInWords(one.organisation)}`}
              </p>
              <p>
                Asked for by {one.createdBy}, {sayTime(one.submittedAt)}
              </p>
            </li>
          ))}
        </Rows>
      )}
      <Actions>
        {answer?.more === true && last !== undefined ? (
          <Button onPress={() => setBefore(last)}>Older requests</Button>
        ) : null}
        {before === null ? null : (
          <Button onPress={() => setBefore(null)}>The newest requests</Button>
        )}
      </Actions>
    </section>
  );
}
