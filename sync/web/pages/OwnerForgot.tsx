/**
 * Asking for the package of an organisation whose owner forgot the passphrase, or which moves to the key
 * version in use: who that is, how it was checked, and the ticket from the laptop. What it would touch, sync says to whoever releases it.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Choices } from '../../../ui/Choices.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type { PackageAnswer } from '../../routes/answers.ts';
import { Panel } from '../components/Panel.tsx';
import { Refused } from '../components/Refused.tsx';
import { Ticks } from '../components/Ticks.tsx';
import { NO_TICKET, ticketBody, TicketWords } from '../components/TicketWords.tsx';
import { useWhichSetOfAny } from '../components/WhichSet.tsx';
import { call } from '../lib/api.ts';
import { numberFault, surveysOf } from '../lib/numbers.ts';
import { addressOf } from '../lib/route.ts';
import { useTask } from '../lib/task.ts';

const NOTHING = {
  organisation: '',
  owner: '',
  organisationChecked: '',
  ownerChecked: '',
  surveys: '',
};
type Name = keyof typeof NOTHING;

const FIELDS: readonly (readonly [Exclude<Name, 'surveys'>, string, string])[] = [
  ['organisation', 'Number of the organisation', 'In CheckTick.'],
  [
    'owner',
    'Name of the owner',
    'Who comes to the laptop, and makes up the passphrase or knows it.',
  ],
  [
    'organisationChecked',
    'How was the organisation checked?',
    'That it exists and asks for this, and where the evidence lies. Approvers read it, and it is kept for ever.',
  ],
  [
    'ownerChecked',
    'How was the owner checked?',
    'That this person is who may act for it, and where the evidence lies.',
  ],
];

const fault = (name: Name, text: string): string | undefined => {
  if (name === 'organisation') return numberFault(text);
  if (name === 'surveys' && surveysOf(text) === undefined) {
    return 'Numbers such as 31:9, 40 (survey 31 of team 9, survey 40 of no team).';
  }
  return undefined;
};

/** `under-active`: a new one, and wrapped under the key version in use. */
type Which = 'new' | 'under-active' | 'continued' | 'kept';

export function OwnerForgot({ onBack }: { onBack: () => void }) {
  const [typed, setTyped] = useState(NOTHING);
  const [passphrase, setPassphrase] = useState<Which>('new');
  const [all, setAll] = useState<readonly 'areAll'[]>([]);
  const [entry, setEntry] = useState(NO_TICKET);
  const [done, setDone] = useState<PackageAnswer | null>(null);
  const which = useWhichSetOfAny();
  const { busy, problem, run, forget } = useTask();
  const ticket = ticketBody(entry);
  const surveys = surveysOf(typed.surveys);
  const ready =
    ticket !== null &&
    FIELDS.every(([name]) => typed[name].trim() !== '' && fault(name, typed[name]) === undefined) &&
    surveys !== undefined;

  if (done !== null) {
    return (
      <Notice title="The package was asked for">
        <p>
          {done.sentence} Two approvers must release it; they find it, and you its file then, in{' '}
          <a href={addressOf('')}>the queue</a>.
        </p>
        <Actions>
          <Button onPress={onBack}>Back to the requests</Button>
        </Actions>
      </Notice>
    );
  }
  const send = () => {
    if (!ready) return;
    void run(async () => {
      setDone(
        await call<PackageAnswer>('POST', '/v1/packages/migrate-organisation', {
          organisationId: Number(typed.organisation),
          owner: typed.owner.trim(),
          organisationChecked: typed.organisationChecked.trim(),
          ownerChecked: typed.ownerChecked.trim(),
          passphrase: passphrase === 'under-active' ? 'new' : passphrase,
          ...(passphrase === 'under-active' ? { underActive: true } : {}),
          ...(surveys.length === 0 ? {} : { surveys }),
          ...(surveys.length > 0 && all.length > 0 ? { areAll: true } : {}),
          ...which.body,
          ...ticket,
        }),
      );
    });
  };
  return (
    <Panel title="Ask for the package of an organisation" onSend={send}>
      <p>
        {passphrase === 'kept'
          ? 'What the organisation keeps is wrapped under the key version in use, with the same passphrase.'
          : 'Surveys of the organisation that a user’s escrow keeps as well get a new passphrase. Every other one is named and stays as it is.'}{' '}
        Custodians and the owner come to the laptop together.
      </p>
      {FIELDS.map(([name, label, hint]) => (
        <Field
          key={name}
          label={label}
          hint={hint}
          value={typed[name]}
          onChange={(text) => setTyped({ ...typed, [name]: text })}
          fault={fault(name, typed[name])}
          wide={name !== 'organisation'}
        />
      ))}
      <Choices
        label="Which passphrase"
        value={passphrase}
        onChange={setPassphrase}
        choices={[
          {
            id: 'new',
            title: 'A new one',
            detail: 'The owner makes it up at the laptop.',
          },
          {
            id: 'continued',
            title: 'That of an earlier such ceremony',
            detail: 'For surveys that it had no room for, or that got an escrow since.',
          },
          {
            id: 'under-active',
            title: 'A new one, under the key version in use',
            detail: 'Where another version is active than that of the organisation.',
          },
          {
            id: 'kept',
            title: 'The one in use: it moves to the key version in use',
            detail:
              'The half for organisations was handed over, and the owner knows the passphrase.',
          },
        ]}
      />
      <Field
        label="Only these surveys"
        hint="Empty: all that CheckTick’s table gives to the organisation. Else numbers such as 31:9, 40 (survey 31 of team 9, survey 40 of no team)."
        value={typed.surveys}
        onChange={(text) => setTyped({ ...typed, surveys: text })}
        fault={fault('surveys', typed.surveys)}
        wide
      />
      {surveys === undefined || surveys.length === 0 ? null : (
        <Ticks
          label="Are there others?"
          hint="Unless all are named, the organisation is counted under its key version of before, which cannot be retired."
          ticks={[
            { id: 'areAll', title: 'No: these are all of which the organisation keeps a key.' },
          ]}
          value={all}
          onChange={setAll}
        />
      )}
      {which.choice}
      <TicketWords value={entry} disabled={busy} onTry={forget} onChange={setEntry} />
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button kind="primary" type="submit" disabled={busy || !ready}>
          Ask for the package
        </Button>
        <Button onPress={onBack} disabled={busy}>
          Leave it
        </Button>
      </Actions>
    </Panel>
  );
}
