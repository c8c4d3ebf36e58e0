/**
 * Asking for a recovery's package: the ticket from the laptop, and its words as the operator there
 * reads them out.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import type { PackageAnswer } from '../../routes/answers.ts';
import { Panel } from '../components/Panel.tsx';
import { Refused } from '../components/Refused.tsx';
import { NO_TICKET, ticketBody, TicketWords } from '../components/TicketWords.tsx';
import { useWhichSetOfAny } from '../components/WhichSet.tsx';
import { call } from '../lib/api.ts';
import type { Done } from '../lib/outcome.tsx';
import { useTask } from '../lib/task.ts';

export function TicketIn({ code, onDone }: { code: string; onDone: Done }) {
  const [entry, setEntry] = useState(NO_TICKET);
  const which = useWhichSetOfAny();
  const { busy, problem, run, forget } = useTask();
  const ready = ticketBody(entry);

  const ask = (body: object) =>
    run(async () => {
      const { sentence } = await call<PackageAnswer>('POST', '/v1/packages/recover', {
        requestCode: code,
        ...which.body,
        ...body,
      });
      await onDone('The package was asked for', `${sentence} Two approvers must release it.`);
    });

  return (
    <Panel
      title="Ask for the package"
      onSend={() => {
        if (ready !== null) void ask(ready);
      }}
    >
      <p>
        The laptop makes a ticket and shows eight words. Only the laptop that made the ticket can
        open the package.
      </p>
      {which.choice}
      <TicketWords value={entry} disabled={busy} onTry={forget} onChange={setEntry} />
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button kind="primary" type="submit" disabled={busy || ready === null}>
          Ask for the package
        </Button>
      </Actions>
    </Panel>
  );
}
