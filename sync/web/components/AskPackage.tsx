/**
 * A package that brings half of a key: asked for with the laptop's ticket, released by two approvers.
 * @module
 */
import { type ReactNode, useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import type { PackageAnswer } from '../../routes/answers.ts';
import { call } from '../lib/api.ts';
import { addressOf } from '../lib/route.ts';
import { useTask } from '../lib/task.ts';
import { Panel } from './Panel.tsx';
import { Refused } from './Refused.tsx';
import { type OneSet, useWhichSet } from './WhichSet.tsx';
import { NO_TICKET, ticketBody, TicketWords } from './TicketWords.tsx';

export function AskPackage(props: {
  readonly kind: 'adopt' | 'rotate-shares' | 'new-version' | 'full-drill' | 'migrate-escrows';
  /** Not of a new version: sync gives it its number. */
  readonly version?: string;
  /** Those with one of which the ceremony is held; of an adoption there is none yet. */
  readonly sets?: readonly OneSet[];
  readonly title: string;
  /** What it is for, and for which ceremony the ticket has to be made. */
  readonly children: ReactNode;
}) {
  const { kind, version, sets = [], title, children } = props;
  const which = useWhichSet(sets);
  const [entry, setEntry] = useState(NO_TICKET);
  const [asked, setAsked] = useState<PackageAnswer | null>(null);
  const { busy, problem, run, forget } = useTask();
  const ticket = ticketBody(entry);
  const ask = (body: object) =>
    run(async () => {
      const keyVersion = version === undefined ? {} : { keyVersion: version };
      setAsked(
        await call<PackageAnswer>('POST', `/v1/packages/${kind}`, {
          ...keyVersion,
          ...which.body,
          ...body,
        }),
      );
    });
  if (asked !== null) {
    return (
      <Panel title={`${title}: asked for`}>
        <output>
          {asked.sentence} Two approvers must release it; they find it, and you its file then, in{' '}
          <a href={addressOf('')}>the queue</a>.
        </output>
      </Panel>
    );
  }
  return (
    <Panel
      title={title}
      onSend={() => {
        if (ticket !== null && !which.isOpen) void ask(ticket);
      }}
    >
      {children}
      {which.choice}
      <TicketWords value={entry} disabled={busy} onTry={forget} onChange={setEntry} />
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button type="submit" disabled={busy || ticket === null || which.isOpen}>
          Ask for the package
        </Button>
      </Actions>
    </Panel>
  );
}
