/**
 * Asking for the recovery of a survey that an organisation keeps: by numbers, because no table of
 * CheckTick's lists such surveys by name.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import type { RequestAnswer } from '../../routes/answers.ts';
import { Panel } from '../components/Panel.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { hoursFault, hoursOf } from '../lib/hours.ts';
import { addressOf } from '../lib/route.ts';
import { useTask } from '../lib/task.ts';

const NUMBERS = [
  ['user', 'Number of the user', 'Whose survey it is, in CheckTick.'],
  ['survey', 'Number of the survey', 'Its key lies in Vault under this number.'],
  ['organisation', 'Number of the organisation', 'Whose passphrase opens the key.'],
  ['team', 'Number of the team', 'Empty: the organisation keeps the key itself, and no team.'],
] as const;
type Name = (typeof NUMBERS)[number][0];

function numberFault(text: string): string | undefined {
  const typed = text.trim();
  return typed === '' || /^[1-9]\d{0,14}$/.test(typed) ? undefined : 'A whole number, from 1.';
}

export function NewOrganisationRequest({ onBack }: { onBack: () => void }) {
  const [typed, setTyped] = useState<Readonly<Record<Name, string>>>({
    user: '',
    survey: '',
    organisation: '',
    team: '',
  });
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState('');
  const { busy, problem, run } = useTask();
  const ready =
    NUMBERS.every(([name]) => name === 'team' || typed[name].trim() !== '') &&
    NUMBERS.every(([name]) => numberFault(typed[name]) === undefined) &&
    reason.trim() !== '' &&
    hoursFault(hours) === undefined;
  const send = () => {
    if (!ready) return;
    void run(async () => {
      const delayHours = hoursOf(hours);
      const made = await call<RequestAnswer>('POST', '/v1/requests', {
        userId: Number(typed.user),
        surveyId: Number(typed.survey),
        organisation: {
          organisationId: Number(typed.organisation),
          teamId: typed.team.trim() === '' ? null : Number(typed.team),
        },
        reason: reason.trim(),
        ...(delayHours === undefined ? {} : { delayHours }),
      });
      location.hash = addressOf('requests', made.code);
    });
  };
  return (
    <Panel title="Ask for a recovery with an organisation’s passphrase" onSend={send}>
      <p>
        For a survey whose key an organisation or a team keeps. Custodians and the owner of the
        organisation come to the laptop together.
      </p>
      {NUMBERS.map(([name, label, hint]) => (
        <Field
          key={name}
          label={label}
          hint={hint}
          value={typed[name]}
          onChange={(text) => setTyped({ ...typed, [name]: text })}
          fault={numberFault(typed[name])}
        />
      ))}
      <Field
        label="Why is it needed?"
        hint="Approvers read it, and it is kept for ever."
        value={reason}
        onChange={setReason}
        wide
      />
      <Field
        label="Hours of delay"
        hint="Time to object after the second approval. Empty: as this sync is set up. It may be longer, never shorter."
        value={hours}
        onChange={setHours}
        fault={hoursFault(hours)}
      />
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button kind="primary" type="submit" disabled={busy || !ready}>
          Ask for this recovery
        </Button>
        <Button onPress={onBack} disabled={busy}>
          Leave it
        </Button>
      </Actions>
    </Panel>
  );
}
