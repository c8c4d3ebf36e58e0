/**
 * What waits, for whom; whoever signed in comes first.
 * @module
 */
import { Notice } from '../../../ui/Note.tsx';
import type { QueueAnswer, QueueItem } from '../../routes/page-answers.ts';
import styles from '../App.module.css';
import { Alerts } from '../components/Alerts.tsx';
import { Behind } from '../components/Behind.tsx';
import { useLive } from '../lib/live.tsx';
import { useOutcome } from '../lib/outcome.tsx';
import type { ViewProps } from '../lib/view.ts';
import { Import } from './Import.tsx';
import { Item } from './Item.tsx';

/** Somebody may be invited, and to be disabled, at once. */
const keyOf = ({ kind, subject, state }: QueueItem): string =>
  kind === 'admin' ? `${subject} ${state}` : `${kind} ${subject}`;
const itemsOf = ({ items }: QueueAnswer) => items;

export function Queue({ me }: ViewProps) {
  const { answer, problem, ahead, refresh } = useLive<QueueAnswer>('/v1/queue');
  const { onDone, outcome } = useOutcome(refresh, itemsOf);
  if (answer === null) return <Behind problem={problem} known={false} />;
  const yours = answer.items.filter((one) => one.yours);
  const others = answer.items.filter((one) => !one.yours && one.open);
  const ended = answer.items.filter((one) => !one.yours && !one.open);
  const list = (items: readonly QueueItem[]) =>
    items.map((one) => <Item key={keyOf(one)} item={one} ahead={ahead} onDone={onDone} />);
  return (
    <section className={styles.page}>
      <h1>
        {yours.length === 0
          ? 'Nothing waits for you'
          : `${yours.length} ${yours.length === 1 ? 'thing waits' : 'things wait'} for you`}
      </h1>
      {outcome(answer)}
      <Behind problem={problem} known />
      <Alerts />
      {yours.length > 0 ? (
        <>
          <h2>For you</h2>
          {list(yours)}
        </>
      ) : (
        <Notice tone="good" title="Waiting is safe.">
          <p>
            {others.length === 0
              ? 'Nothing is open at all. '
              : 'What is open below waits for others, or for its delay. '}
            This page renews itself.
          </p>
        </Notice>
      )}
      <h2>Waiting for others, or for time</h2>
      {others.length === 0 ? <p>Nothing.</p> : list(others)}
      {answer.hidden === 0 ? null : (
        <p>
          {answer.hidden} more are open and not shown here: what waits for people is shown first.
          Every one is found by conclave-sync request list, package list and bundle list.
        </p>
      )}
      {me.admin.roles.includes('operator') ? <Import onChanged={refresh} /> : null}
      <h2>Ended</h2>
      {ended.length === 0 ? <p>Nothing has ended yet.</p> : list(ended)}
    </section>
  );
}
