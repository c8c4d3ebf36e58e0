/**
 * One's own tokens for the command line.
 * @module
 */
import { useState } from 'react';
import type { z } from 'zod';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import type { newTokenAnswer, tokensAnswer } from '../../routes/people-answers.ts';
import { Behind } from '../components/Behind.tsx';
import { Heading } from '../components/Heading.tsx';
import { Panel } from '../components/Panel.tsx';
import { Refused } from '../components/Refused.tsx';
import { Rows } from '../components/Rows.tsx';
import { call } from '../lib/api.ts';
import { useLive } from '../lib/live.tsx';
import { confirmMyself } from '../lib/passkey.ts';
import { sayTime } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';
import styles from './Item.module.css';

type New = z.infer<typeof newTokenAnswer>;

export function YourTokens() {
  const { answer, problem: met, refresh } = useLive<z.infer<typeof tokensAnswer>>('/v1/me/tokens');
  const [label, setLabel] = useState('');
  const [made, setMade] = useState<New | null>(null);
  const { busy, problem, run } = useTask();
  const good = answer?.tokens.filter(({ revokedAt }) => revokedAt === null) ?? [];
  const make = () =>
    run(async () => {
      const confirmed = await confirmMyself();
      setMade(await call<New>('POST', '/v1/me/tokens', { ...confirmed, label: label.trim() }));
      setLabel('');
      await refresh();
    });
  const revoke = (prefix: string) =>
    run(async () => {
      await call('POST', `/v1/me/tokens/${prefix}/revoke`);
      setMade(null);
      await refresh();
    });
  return (
    <>
      <h2>Your tokens</h2>
      <Behind problem={met} known={answer !== null} />
      {answer !== null && good.length === 0 ? <p>None.</p> : null}
      <Rows label="Your tokens">
        {good.map((one) => (
          <li key={one.prefix}>
            <p>
              <strong>{one.label}</strong> ({one.prefix}…), good until {sayTime(one.expiresAt)}
            </p>
            <Actions>
              <Button
                kind="danger"
                disabled={busy}
                onPress={() => void revoke(one.prefix)}
                label={`Revoke the token ${one.label}`}
              >
                Revoke
              </Button>
            </Actions>
          </li>
        ))}
      </Rows>
      {made === null ? null : (
        <div className={styles.statement}>
          <Heading level={3}>{`Token ${made.label}`}</Heading>
          <p className={styles.secret}>{made.token}</p>
          <p>
            It is shown this once. Put it into a file that only you can read (mode 600). Whoever has
            it can do what your roles allow, also reject, refuse and end, make codes and show
            one-time passphrases. It approves nothing, and makes or takes away no key of yours.
          </p>
          <Actions>
            <Button onPress={() => setMade(null)}>Hide it</Button>
          </Actions>
        </div>
      )}
      {problem === null ? null : <Refused problem={problem} />}
      <Panel
        title="A token for the command line"
        onSend={() => {
          if (label.trim() !== '') void make();
        }}
      >
        <Field
          label="Name of the token"
          hint="So that you know it again: “laptop, office”."
          value={label}
          onChange={setLabel}
        />
        <Actions>
          <Button type="submit" disabled={busy || label.trim() === ''}>
            {busy ? 'Waiting for your key' : 'Make a token'}
          </Button>
        </Actions>
      </Panel>
    </>
  );
}
