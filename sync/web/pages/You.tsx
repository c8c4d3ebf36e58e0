/**
 * One's own: whether one is on call, keys, tokens of the command line.
 * @module
 */
import type { z } from 'zod';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import type { meAnswer } from '../../routes/people-answers.ts';
import styles from '../App.module.css';
import { Behind } from '../components/Behind.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { useLive } from '../lib/live.tsx';
import { sayTime } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';
import { YourKeys } from './YourKeys.tsx';
import { YourTokens } from './YourTokens.tsx';

export function You() {
  const { answer, problem: met, refresh } = useLive<z.infer<typeof meAnswer>>('/v1/me');
  const { busy, problem, run } = useTask();
  if (answer === null) return <Behind problem={met} known={false} />;
  const { admin, session } = answer;
  const turn = () =>
    run(async () => {
      await call('POST', '/v1/me/on-call', { onCall: !admin.onCall });
      await refresh();
    });
  return (
    <section className={styles.page}>
      <h1>You: {admin.name}</h1>
      <Behind problem={met} known />
      <Facts
        facts={[
          { name: 'CheckTick user', value: String(admin.userId) },
          { name: 'roles', value: admin.roles.join(', ') },
          { name: 'on call', value: admin.onCall ? 'yes: you are told of what waits' : 'no' },
          ...(session === null
            ? []
            : [
                {
                  name: 'signed in',
                  value: `until ${sayTime(session.expiresAt)}, or ${session.idleMinutes} minutes without use`,
                },
              ]),
        ]}
      />
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button onPress={() => void turn()} disabled={busy}>
          {admin.onCall ? 'Stop being on call' : 'Be on call'}
        </Button>
      </Actions>
      <YourKeys />
      <YourTokens />
    </section>
  );
}
