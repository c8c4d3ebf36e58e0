/**
 * All recovery requests, also those that CheckTick made itself.
 * @module
 */
import type { z } from 'zod';
import { Notice } from '../../../ui/Note.tsx';
import type { requestsAnswer } from '../../routes/answers.ts';
import styles from '../App.module.css';
import { Behind } from '../components/Behind.tsx';
import { Rows } from '../components/Rows.tsx';
import { useLive } from '../lib/live.tsx';
import { sayTime } from '../lib/say.ts';

type Requests = z.infer<typeof requestsAnswer>;

export function Requests() {
  const { answer, problem } = useLive<Requests>('/v1/requests');
  return (
    <section className={styles.page}>
      <h1>Requests</h1>
      <Behind problem={problem} known={answer !== null} />
      {answer === null ? null : answer.requests.length === 0 ? (
        <Notice title="There are no requests yet.">
          <p>One appears here as soon as a recovery is asked for, here or in CheckTick.</p>
        </Notice>
      ) : (
        <Rows label="Requests, newest first">
          {answer.requests.map((one) => (
            <li key={one.code}>
              <p>
                <strong>{one.code}</strong>, {one.status.replaceAll('_', ' ')}
              </p>
              <p>
                Survey {one.surveyId} ({one.surveyName}) for user {one.userId} ({one.userName})
              </p>
              <p>
                Asked for by {one.createdBy}, {sayTime(one.submittedAt)}
              </p>
            </li>
          ))}
        </Rows>
      )}
    </section>
  );
}
