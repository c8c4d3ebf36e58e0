/**
 * One half of an invitation, shown once: the code from who invited, or the link from who confirmed.
 * @module
 */
import { useState } from 'react';
import type { z } from 'zod';
import { Actions, Button } from '../../../ui/Button.tsx';
import type { AdminEntry, codeAnswer, linkAnswer } from '../../routes/people-answers.ts';
import { Heading } from '../components/Heading.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { sayTime } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';
import styles from './Item.module.css';

interface Shown {
  readonly text: string;
  readonly note: string;
}

export function Half(props: {
  readonly admin: Pick<AdminEntry, 'id' | 'name'>;
  readonly what: 'code' | 'link';
  readonly onBack: () => void;
}) {
  const { admin, what, onBack } = props;
  const [shown, setShown] = useState<Shown | null>(null);
  const { busy, problem, run } = useTask();
  const make = () =>
    run(async () => {
      const address = `/v1/admins/${admin.id}/${what}`;
      if (what === 'code') {
        const { code } = await call<z.infer<typeof codeAnswer>>('POST', address);
        setShown({ text: code, note: `Read it out to ${admin.name}, and to nobody else.` });
      } else {
        const made = await call<z.infer<typeof linkAnswer>>('POST', address);
        setShown({
          text: made.link ?? made.code,
          note: `Hand it to ${admin.name}, and to nobody else. It ends at ${sayTime(made.expiresAt)}.`,
        });
      }
    });
  return (
    <div className={styles.statement}>
      <Heading key={shown === null ? 'ask' : 'shown'}>
        {what === 'code' ? `Code for ${admin.name}` : `Link for ${admin.name}`}
      </Heading>
      {shown === null ? (
        <p>It is shown once. {what === 'code' ? 'A code' : 'A link'} made before is void then.</p>
      ) : (
        <>
          <p className={styles.secret}>{shown.text}</p>
          <p>{shown.note} It takes both halves to register a key.</p>
        </>
      )}
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        {shown === null ? (
          <Button kind="primary" onPress={() => void make()} disabled={busy}>
            Show the {what}
          </Button>
        ) : null}
        <Button onPress={onBack} disabled={busy}>
          {shown === null ? 'Go back' : 'Hide it'}
        </Button>
      </Actions>
    </div>
  );
}
