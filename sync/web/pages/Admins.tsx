/**
 * Who runs this sync: people and machines, those who come and those who went; and what two admins do
 * together about a third.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import type { AdminsAnswer } from '../../routes/people-answers.ts';
import styles from '../App.module.css';
import { Behind } from '../components/Behind.tsx';
import { useLive } from '../lib/live.tsx';
import { useOutcome } from '../lib/outcome.tsx';
import type { ViewProps } from '../lib/view.ts';
import { AdminCard } from './AdminCard.tsx';
import { Invite } from './Invite.tsx';

/** What an outcome is about: keys are used all the time. */
const shownOf = ({ admins }: AdminsAnswer) => admins.map(({ keys: _keys, ...one }) => one);

export function Admins({ me }: ViewProps) {
  const { answer, problem, refresh } = useLive<AdminsAnswer>('/v1/admins');
  const { onDone, outcome } = useOutcome(refresh, shownOf);
  const [inviting, setInviting] = useState(false);
  const here = answer?.admins.filter(({ state }) => state !== 'disabled') ?? [];
  const gone = answer?.admins.filter(({ state }) => state === 'disabled') ?? [];
  const onCall = here.filter((one) => one.onCall).length;
  return (
    <section className={styles.page}>
      <h1>Admins</h1>
      {answer === null ? null : outcome(answer)}
      <Behind problem={problem} known={answer !== null} />
      {answer === null ? null : (
        <>
          <p>
            {onCall === 0
              ? 'Nobody is on call: nobody is told of what waits.'
              : `${onCall} ${onCall === 1 ? 'is' : 'are'} on call and told of what waits.`}
          </p>
          {!me.admin.roles.includes('approver') ? null : inviting ? (
            <Invite
              onDone={onDone}
              onBack={() => setInviting(false)}
              taken={here.map(({ userId }) => userId)}
            />
          ) : (
            <Actions>
              <Button kind="primary" onPress={() => setInviting(true)}>
                Invite a person
              </Button>
            </Actions>
          )}
          <h2>Active, or to come</h2>
          {here.map((one) => (
            <AdminCard key={one.id} admin={one} onDone={onDone} />
          ))}
          {gone.length === 0 ? null : (
            <>
              <h2>Disabled</h2>
              {gone.map((one) => (
                <AdminCard key={one.id} admin={one} onDone={onDone} />
              ))}
            </>
          )}
        </>
      )}
    </section>
  );
}
