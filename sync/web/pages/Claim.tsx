/**
 * How the user of a recovered survey gets in again: by the mailed link and a code that is read out,
 * made and shown here.
 * @module
 */
import { useState } from 'react';
import type { z } from 'zod';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import type { ClaimAnswer, claimCodeAnswer } from '../../routes/claim-answers.ts';
import { Behind } from '../components/Behind.tsx';
import { Heading } from '../components/Heading.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { useLive } from '../lib/live.tsx';
import type { Done } from '../lib/outcome.tsx';
import { sayTime, sayTimes } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';
import { Stop } from './Stop.tsx';
import card from '../components/Card.module.css';
import styles from './Item.module.css';

type Code = z.infer<typeof claimCodeAnswer>;
const MAIL = { waiting: 'waits to be sent', sent: 'sent', failed: 'refused' } as const;

function factsOf({ address, mail, code, expiresAt }: ClaimAnswer) {
  return [
    { name: 'link mailed to', value: address ?? '' },
    ...(mail === null
      ? []
      : [
          {
            name: 'the mail',
            value: `${MAIL[mail.state]}${mail.at === null ? '' : `, ${sayTime(mail.at)}`}`,
          },
        ]),
    {
      name: 'code',
      value:
        code === null
          ? 'none yet'
          : `made by ${code.by}, ${sayTime(code.at)}; ${code.triesLeft} wrong ones may still be typed`,
    },
    { name: 'ends', value: sayTime(expiresAt) },
  ];
}

export function Claim(props: {
  readonly digest: string;
  readonly onDone: Done;
  readonly onBack: () => void;
}) {
  const { digest, onDone, onBack } = props;
  const path = `/v1/bundles/${digest}`;
  const { answer, problem: met, refresh } = useLive<ClaimAnswer>(`${path}/claim`);
  const [code, setCode] = useState<Code | null>(null);
  const [ending, setEnding] = useState(false);
  const { busy, problem, run } = useTask();
  if (answer === null) return <Behind problem={met} known={false} />;
  if (ending) {
    return (
      <Stop
        path={`${path}/claim-end`}
        verb="End this claim"
        does="Destroys the key that waits: the user cannot set a password any more and is told so. The data stays, and a new recovery is possible."
        onDone={onDone}
        onBack={() => setEnding(false)}
      />
    );
  }
  const make = () =>
    run(async () => {
      setCode(await call<Code>('POST', `${path}/claim-code`));
      await refresh();
    });
  const renew = () =>
    run(async () => {
      const { sentence } = await call<ClaimAnswer>('POST', `${path}/claim-link`);
      await refresh();
      await onDone('A new link is on its way', sentence);
    });
  return (
    <div className={styles.statement}>
      <Heading key={code === null ? 'claim' : 'code'}>
        {code === null ? 'How the user gets in' : 'Code for the user'}
      </Heading>
      {code === null ? (
        <>
          <p>{sayTimes(answer.sentence)}</p>
          <Facts facts={factsOf(answer)} />
        </>
      ) : (
        <>
          <p className={styles.secret}>{code.code}</p>
          <p>
            Read it to the user, on the telephone or face to face, and to nobody else. It belongs to
            the link mailed to {code.address}, and is good until {sayTime(code.expiresAt)}. It is
            shown this once.
          </p>
        </>
      )}
      <Behind problem={met} known />
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        {code !== null ? (
          <Button kind="primary" onPress={() => setCode(null)}>
            Hide it
          </Button>
        ) : (
          <>
            {answer.may.code ? (
              <Button kind="primary" disabled={busy} onPress={() => void make()}>
                Make a code
              </Button>
            ) : null}
            {answer.may.renewLink ? (
              <Button disabled={busy} onPress={() => void renew()}>
                Mail a new link
              </Button>
            ) : null}
            {answer.may.end ? (
              <Button kind="danger" disabled={busy} onPress={() => setEnding(true)}>
                End this claim
              </Button>
            ) : null}
            <Button onPress={onBack} disabled={busy}>
              Go back
            </Button>
          </>
        )}
      </Actions>
      {code === null && !answer.may.code && answer.state === 'held' ? (
        <p className={card.quiet}>The operator who committed it, or an approver, makes the code.</p>
      ) : null}
      {code === null && answer.may.code ? (
        <p className={card.quiet}>A code made before no longer counts then.</p>
      ) : null}
    </div>
  );
}
