/**
 * Asking for the recovery of a survey that an organisation keeps: by numbers, because no table of
 * CheckTick's lists such surveys by name.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Panel } from '../components/Panel.tsx';
import { ReasonAndDelay } from '../components/ReasonAndDelay.tsx';
import { Refused } from '../components/Refused.tsx';
import { askForRecovery, isAsked, NOTHING_ASKED } from '../lib/ask-recovery.ts';
import { numberFault } from '../lib/numbers.ts';
import { useTask } from '../lib/task.ts';

const NUMBERS = [
  ['user', 'Number of the user', 'Whose survey it is, in CheckTick.'],
  ['survey', 'Number of the survey', 'Its key lies in Vault under this number.'],
  ['organisation', 'Number of the organisation', 'Whose passphrase opens the key.'],
  ['team', 'Number of the team', 'Empty: the organisation keeps the key itself, and no team.'],
] as const;
type Name = (typeof NUMBERS)[number][0];

export function NewOrganisationRequest({ onBack }: { onBack: () => void }) {
  const [typed, setTyped] = useState<Readonly<Record<Name, string>>>({
    user: '',
    survey: '',
    organisation: '',
    team: '',
  });
  const [asked, setAsked] = useState(NOTHING_ASKED);
  const { busy, problem, run } = useTask();
  const ready =
    NUMBERS.every(([name]) => name === 'team' || typed[name].trim() !== '') &&
    NUMBERS.every(([name]) => numberFault(typed[name]) === undefined) &&
    isAsked(asked);
  const send = () => {
    if (!ready) return;
    void run(() =>
      askForRecovery(
        {
          userId: Number(typed.user),
          surveyId: Number(typed.survey),
          organisation: {
            organisationId: Number(typed.organisation),
            teamId: typed.team.trim() === '' ? null : Number(typed.team),
          },
        },
        asked,
      ),
    );
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
      <ReasonAndDelay value={asked} onChange={setAsked} />
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
