/**
 * One recovery from the first check to the user: where it stands, what is to be done now, its files,
 * everything that happened.
 * @module
 */
import { wayInWords } from '../../../shared/bundle/organisation-way.ts';
import { Facts } from '../../../ui/Facts.tsx';
import type { RecoveryAnswer } from '../../routes/recovery-answers.ts';
import styles from '../App.module.css';
import { Behind } from '../components/Behind.tsx';
import { StepList } from '../components/StepList.tsx';
import { Timeline } from '../components/Timeline.tsx';
import { useLive } from '../lib/live.tsx';
import { useOutcome } from '../lib/outcome.tsx';
import { addressOf } from '../lib/route.ts';
import { Checks } from './Checks.tsx';
import { Item } from './Item.tsx';
import { TicketIn } from './TicketIn.tsx';

const shownOf = ({ item, files, steps }: RecoveryAnswer) => ({ item, files, steps });

export function Recovery({ code }: { code: string }) {
  const path = `/v1/requests/${encodeURIComponent(code)}/recovery`;
  const { answer, problem, ahead, refresh } = useLive<RecoveryAnswer>(path);
  const { onDone, outcome } = useOutcome(refresh, shownOf);
  return (
    <section className={styles.page}>
      <p>
        <a href={addressOf('requests')}>All requests</a>
      </p>
      <h1>Recovery {code}</h1>
      {answer === null ? null : outcome(answer)}
      <Behind problem={problem} known={answer !== null} />
      {answer === null ? null : (
        <>
          <h2>Where it stands</h2>
          <StepList steps={answer.steps} label="Steps of this recovery" />
          <Item item={answer.item} ahead={ahead} onDone={onDone} within={code} />
          {answer.check.whyNot === null ? null : (
            <p>You cannot record how the person was checked: {answer.check.whyNot}</p>
          )}
          {answer.check.open ? <Checks recovery={answer} onDone={onDone} /> : null}
          {answer.ticket ? <TicketIn code={code} onDone={onDone} /> : null}
          <h2>Packages and bundles</h2>
          {answer.files.length === 0 ? (
            <p>None yet. A package comes after the approvals.</p>
          ) : (
            answer.files.map((one) => (
              <Item
                key={`${one.kind} ${one.subject}`}
                item={one}
                ahead={ahead}
                onDone={onDone}
                within={code}
              />
            ))
          )}
          <h2>Everything that happened</h2>
          <Facts
            facts={[
              { name: 'user', value: `${answer.request.userId} (${answer.request.userName})` },
              {
                name: 'survey',
                value: `${answer.request.surveyId} (${answer.request.surveyName})`,
              },
              ...(answer.request.organisation === null
                ? []
                : [
                    {
                      name: 'kept by',
                      value: `${wayInWords(answer.request.organisation)}; the owner’s passphrase is needed on the laptop`,
                    },
                  ]),
              { name: 'delay', value: `${answer.request.delayHours} hours` },
            ]}
          />
          <Timeline entries={answer.history} />
        </>
      )}
    </section>
  );
}
