/**
 * One's own keys: which there are, one more, one less.
 * @module
 */
import { useState } from 'react';
import type { z } from 'zod';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type { keysAnswer, linkAnswer } from '../../routes/people-answers.ts';
import { Behind } from '../components/Behind.tsx';
import { Heading } from '../components/Heading.tsx';
import { Refused } from '../components/Refused.tsx';
import { Rows } from '../components/Rows.tsx';
import { call } from '../lib/api.ts';
import { useLive } from '../lib/live.tsx';
import { confirmMyself } from '../lib/passkey.ts';
import { sayTime } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';
import styles from './Item.module.css';

type Key = z.infer<typeof keysAnswer>['keys'][number];
type Link = z.infer<typeof linkAnswer>;

export function YourKeys() {
  const { answer, problem: met, refresh } = useLive<z.infer<typeof keysAnswer>>('/v1/me/keys');
  const [leaving, setLeaving] = useState<Key | null>(null);
  const [link, setLink] = useState<Link | null>(null);
  const { busy, problem, run } = useTask();
  const good = answer?.keys.filter(({ revokedAt }) => revokedAt === null) ?? [];
  const more = () =>
    run(async () => setLink(await call<Link>('POST', '/v1/me/keys/link', await confirmMyself())));
  const revoke = (key: Key) =>
    run(async () => {
      await call('POST', `/v1/me/keys/${key.id}/revoke`);
      setLeaving(null);
      await refresh();
    });
  return (
    <>
      <h2>Your keys</h2>
      <Behind problem={met} known={answer !== null} />
      {good.length === 1 ? (
        <Notice tone="warn" title="You have one key only.">
          <p>If it is lost, two other admins must let you in again. Keep a second one elsewhere.</p>
        </Notice>
      ) : null}
      <Rows label="Your keys">
        {good.map((key) => (
          <li key={key.id}>
            <p>
              <strong>{key.label}</strong>,{' '}
              {key.kind === 'passkey' ? 'passkey' : 'personal identity'}
            </p>
            <p>
              Registered {sayTime(key.createdAt)};{' '}
              {key.lastUsedAt === null ? 'never used' : `last used ${sayTime(key.lastUsedAt)}`}
            </p>
            <Actions>
              <Button
                kind="danger"
                disabled={busy || good.length === 1}
                onPress={() => setLeaving(key)}
                label={`Revoke ${key.label}`}
              >
                Revoke
              </Button>
            </Actions>
          </li>
        ))}
      </Rows>
      {leaving === null ? null : (
        <div className={styles.statement}>
          <Heading level={3}>{`Revoke ${leaving.label}?`}</Heading>
          <p>
            It never opens anything again, and what it had opened is signed out. Approvals that you
            gave with it and that are not committed yet no longer count.
          </p>
          <Actions>
            <Button kind="danger" disabled={busy} onPress={() => void revoke(leaving)}>
              Revoke this key
            </Button>
            <Button disabled={busy} onPress={() => setLeaving(null)}>
              Go back
            </Button>
          </Actions>
        </div>
      )}
      {link === null ? null : (
        <div className={styles.statement}>
          <Heading level={3}>A link for one more key</Heading>
          <p className={styles.secret}>
            {link.link === null ? link.code : <a href={link.link}>{link.link}</a>}
          </p>
          <p>
            Open it where the new key is, before {sayTime(link.expiresAt)}. It is good once. For an
            identity file: conclave-sync admin enrol.
          </p>
          <Actions>
            <Button onPress={() => setLink(null)}>Hide it</Button>
          </Actions>
        </div>
      )}
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button disabled={busy} onPress={() => void more()}>
          {busy ? 'Waiting for your key' : 'Register one more key'}
        </Button>
      </Actions>
    </>
  );
}
