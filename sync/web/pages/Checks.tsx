/**
 * Writing down how the person who asks was checked.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import type { RequestAnswer } from '../../routes/answers.ts';
import type { RecoveryAnswer } from '../../routes/recovery-answers.ts';
import { Panel } from '../components/Panel.tsx';
import { Refused } from '../components/Refused.tsx';
import { Ticks } from '../components/Ticks.tsx';
import { call } from '../lib/api.ts';
import { addressFault } from '../lib/address.ts';
import { hoursFault, hoursOf } from '../lib/hours.ts';
import type { Done } from '../lib/outcome.tsx';
import { useTask } from '../lib/task.ts';

type Check = RequestAnswer['checks'][number]['check'];
const CHECKS: readonly { readonly id: Check; readonly title: string }[] = [
  { id: 'photo-id', title: 'A photo id was checked' },
  { id: 'video', title: 'A video call was held' },
  { id: 'questions', title: 'Questions were answered rightly' },
];

export function Checks({ recovery, onDone }: { recovery: RecoveryAnswer; onDone: Done }) {
  const { request, leastDelayHours } = recovery;
  const [checks, setChecks] = useState<readonly Check[]>([]);
  const [reference, setReference] = useState('');
  const [email, setEmail] = useState('');
  const [hours, setHours] = useState('');
  const { busy, problem, run } = useTask();
  const ready =
    checks.length > 0 &&
    reference.trim() !== '' &&
    hoursFault(hours) === undefined &&
    addressFault(email) === undefined;

  const record = () =>
    run(async () => {
      const delayHours = hoursOf(hours);
      const { sentence } = await call<RequestAnswer>(
        'POST',
        `/v1/requests/${request.code}/verify`,
        {
          checks,
          reference: reference.trim(),
          ...(email.trim() === '' ? {} : { email: email.trim() }),
          ...(delayHours === undefined ? {} : { delayHours }),
        },
      );
      setChecks([]);
      setReference('');
      setEmail('');
      await onDone('Written down', sentence);
    });

  return (
    <Panel title="How was the person checked?" onSend={() => (ready ? void record() : undefined)}>
      <p>
        A photo id is needed, and a video call or questions. Whoever writes this down cannot approve
        the request.
      </p>
      <Ticks
        label="What you checked yourself"
        ticks={CHECKS.map(({ id, title }) => {
          const before = request.checks.find(({ check }) => check === id);
          return {
            id,
            title,
            ...(before === undefined
              ? {}
              : { disabled: true, detail: `written down by ${before.by}` }),
          };
        })}
        value={[...request.checks.map(({ check }) => check), ...checks]}
        onChange={(value) =>
          setChecks(value.filter((id) => request.checks.every(({ check }) => check !== id)))
        }
      />
      <Field
        label="Reference"
        hint="Where the evidence lies: “file 17, page 3”. Never the evidence itself."
        value={reference}
        onChange={setReference}
      />
      {request.emailGiven ? (
        <p>The e-mail address that the person gave is written down already.</p>
      ) : (
        <Field
          label="E-mail address that the person gave"
          hint="If you asked for it. It is compared on the laptop with the one of the escrow. If the link for a new password goes to it, admins see it with the claim; otherwise it is not shown again."
          value={email}
          onChange={setEmail}
          fault={addressFault(email)}
        />
      )}
      <Field
        label="Hours of delay"
        hint={`Empty: ${Math.max(request.delayHours, leastDelayHours)} hours. At least ${leastDelayHours}.`}
        value={hours}
        onChange={setHours}
        fault={hoursFault(hours)}
      />
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button kind="primary" type="submit" disabled={busy || !ready}>
          Write it down
        </Button>
      </Actions>
    </Panel>
  );
}
