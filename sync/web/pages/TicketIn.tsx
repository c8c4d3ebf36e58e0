/**
 * Asking for a recovery's package: the ticket from the laptop, and its words as the operator there
 * reads them out.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { wordsFault, wordsMissing } from '../../../ui/eight.ts';
import { Field } from '../../../ui/Field.tsx';
import type { PackageAnswer } from '../../routes/answers.ts';
import { FilePick, type Picked } from '../components/FilePick.tsx';
import { Panel } from '../components/Panel.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { base64Of } from '../lib/files.ts';
import type { Done } from '../lib/outcome.tsx';
import { useTask } from '../lib/task.ts';

export function TicketIn({ code, onDone }: { code: string; onDone: Done }) {
  const [ticket, setTicket] = useState<Picked | null>(null);
  const [words, setWords] = useState('');
  const { busy, problem, run, forget } = useTask();
  const missing = wordsMissing(words);
  const ready = ticket !== null && missing === 0 && wordsFault(words) === undefined;

  const ask = ({ bytes }: Picked) =>
    run(async () => {
      const { sentence } = await call<PackageAnswer>('POST', '/v1/packages/recover', {
        requestCode: code,
        ticket: base64Of(bytes),
        words,
      });
      await onDone('The package was asked for', `${sentence} Two approvers must release it.`);
    });

  return (
    <Panel
      title="Ask for the package"
      onSend={() => {
        if (ticket !== null && ready) void ask(ticket);
      }}
    >
      <p>
        The laptop makes a ticket and shows eight words. Only the laptop that made the ticket can
        open the package.
      </p>
      <FilePick
        what="ticket"
        disabled={busy}
        onTry={() => {
          forget();
          setTicket(null);
        }}
        onFile={setTicket}
      />
      {ticket === null ? null : (
        <>
          <p>
            <strong>{ticket.name}</strong> is chosen.
          </p>
          <Field
            label="Eight words of the ticket"
            hint={
              missing === 0
                ? 'Type them as they are read out to you at the laptop, never from a file.'
                : `Type them as they are read out to you at the laptop, never from a file. ${missing === 8 ? '' : `${missing} to go.`}`
            }
            value={words}
            onChange={setWords}
            fault={wordsFault(words)}
            wide
          />
        </>
      )}
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button kind="primary" type="submit" disabled={busy || !ready}>
          Ask for the package
        </Button>
      </Actions>
    </Panel>
  );
}
