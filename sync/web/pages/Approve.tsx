/**
 * Approving: first the reason, then the whole statement as it will be signed, then the passkey, then
 * what is true now.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import { wordsFault } from '../../../ui/eight.ts';
import { Field } from '../../../ui/Field.tsx';
import type { StatementAnswer } from '../../routes/answers.ts';
import type { QueueItem } from '../../routes/page-answers.ts';
import { Heading } from '../components/Heading.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import type { Done } from '../lib/outcome.tsx';
import { sayTime, sayTimes } from '../lib/say.ts';
import { approve } from '../lib/statement.ts';
import { useTask } from '../lib/task.ts';
import styles from './Item.module.css';

interface Props {
  readonly item: Pick<QueueItem, 'subject' | 'approve'>;
  readonly onDone: Done;
  readonly onBack: () => void;
  /** Of its headings: below that of an item, or of a panel. */
  readonly level?: 3 | 4;
  /** What is true then, where the answer does not say it. */
  readonly then?: string;
}

/** Where the eight words come from that are typed before a statement is shown. */
const ON_PAPER = {
  label: 'Eight words on the witness’s paper',
  hint: 'Type them from the paper, never from a screen.',
} as const;
const OF_TICKET = {
  label: 'Eight words of the ticket',
  hint: 'Hear them from the person who holds the ticket; call, and type what you hear.',
} as const;

export function Approve(props: Props) {
  const { item, onDone, onBack, level = 4, then = 'It is approved.' } = props;
  // As it was when the button was pressed: afterwards the item has moved on.
  const [asked] = useState(item.approve);
  const [reason, setReason] = useState('');
  const [words, setWords] = useState('');
  const [open, setOpen] = useState<StatementAnswer | null>(null);
  const { busy, problem, run } = useTask();
  if (asked === null) return null;

  const show = () =>
    run(async () => {
      setOpen(
        await call<StatementAnswer>('POST', '/v1/statements', {
          action: asked.action,
          subject: item.subject,
          reason: reason.trim(),
          ...(asked.words ? { words: words.trim() } : {}),
        }),
      );
    });
  const sign = (statement: StatementAnswer) =>
    run(async () => {
      const done = await approve(statement);
      const now = done.request?.sentence ?? done.package?.sentence ?? done.bundle?.sentence;
      onBack();
      await onDone('Your approval is recorded', now ?? then);
    });

  if (open === null) {
    return (
      <form
        className={styles.statement}
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') void show();
        }}
      >
        <Heading key="reason" level={level}>
          Why do you approve?
        </Heading>
        <Field
          label="Reason"
          hint="It is part of what your key signs, and is kept for ever."
          value={reason}
          onChange={setReason}
          wide
        />
        {asked.words ? (
          <Field
            {...(asked.action === 'package-release' ? OF_TICKET : ON_PAPER)}
            value={words}
            onChange={setWords}
            fault={wordsFault(words)}
            wide
          />
        ) : null}
        {problem === null ? null : <Refused problem={problem} />}
        <Actions>
          <Button kind="primary" type="submit" disabled={busy || reason.trim() === ''}>
            Show the statement
          </Button>
          <Button onPress={onBack} disabled={busy}>
            Go back
          </Button>
        </Actions>
      </form>
    );
  }
  const { statement } = open;
  const facts = [
    ...statement.facts.map(([name, value]) => ({ name, value: sayTimes(value) })),
    ...(statement.delayHours === null
      ? []
      : [{ name: 'delay', value: `${statement.delayHours} hours` }]),
    ...(statement.notBefore === null
      ? []
      : [{ name: 'not before', value: sayTime(statement.notBefore) }]),
    ...(statement.expiresAt === null
      ? []
      : [{ name: 'expires', value: sayTime(statement.expiresAt) }]),
    { name: 'your reason', value: statement.reason },
    { name: 'you are', value: `${statement.approver.name}, user ${statement.approver.userId}` },
    { name: 'shown at', value: sayTime(statement.at) },
    { name: 'subject', value: statement.subject, code: true },
    { name: 'its digest', value: statement.subjectDigest, code: true },
    { name: 'at sync', value: `${statement.audience}, ${statement.mode}`, code: true },
    { name: 'used once', value: statement.nonce, code: true },
  ];
  return (
    <div className={styles.statement}>
      <Heading key="statement" level={level}>
        You are about to approve
      </Heading>
      <p className={styles.sentence}>{statement.sentence}</p>
      <Facts facts={facts} />
      {problem === null ? null : <Refused problem={problem} />}
      <p>
        Your key signs exactly this, once, until {sayTime(open.goodUntil)}. Going back changes
        nothing.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => void sign(open)} disabled={busy}>
          {busy ? 'Waiting for your key' : 'Approve with your passkey'}
        </Button>
        <Button onPress={problem === null ? onBack : () => setOpen(null)} disabled={busy}>
          {problem === null ? 'Go back' : 'Ask again'}
        </Button>
      </Actions>
    </div>
  );
}
