/**
 * Inviting a person: found among CheckTick's users, named, given roles, and signed with the passkey.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Choices } from '../../../ui/Choices.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type { UsersAnswer } from '../../routes/recovery-answers.ts';
import type { AdminEntry } from '../../routes/people-answers.ts';
import { Panel } from '../components/Panel.tsx';
import { Refused } from '../components/Refused.tsx';
import { Ticks } from '../components/Ticks.tsx';
import { call } from '../lib/api.ts';
import type { Done } from '../lib/outcome.tsx';
import { useTask } from '../lib/task.ts';
import { Approve } from './Approve.tsx';

type Role = AdminEntry['roles'][number];
const ROLES: readonly { readonly id: Role; readonly title: string; readonly detail: string }[] = [
  { id: 'operator', title: 'operator', detail: 'asks, takes bundles in, commits' },
  { id: 'approver', title: 'approver', detail: 'approves and refuses' },
  { id: 'auditor', title: 'auditor', detail: 'reads everything' },
  { id: 'escrower', title: 'escrower', detail: 'stores survey keys: for CheckTick itself' },
];

export function Invite(props: {
  readonly onDone: Done;
  readonly onBack: () => void;
  /** Users who are admins already. */
  readonly taken: readonly number[];
}) {
  const { onDone, onBack, taken } = props;
  const [text, setText] = useState('');
  const [found, setFound] = useState<UsersAnswer | null>(null);
  const [userId, setUserId] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>([]);
  const [signing, setSigning] = useState(false);
  const { busy, problem, run } = useTask();
  const ready = userId !== null && name.trim() !== '' && roles.length > 0;

  const search = () =>
    run(async () => {
      setUserId(null);
      setFound(await call<UsersAnswer>('POST', '/v1/users/search', { text: text.trim() }));
    });
  const choose = (id: string) => {
    setUserId(id);
    const user = found?.users.find((one) => String(one.id) === id);
    setName(user === undefined ? '' : user.name || user.userName);
  };

  if (signing && userId !== null) {
    return (
      <Panel title="Invite a person">
        <Approve
          item={{
            subject: `${userId}:${roles.join(',')}:${name.trim()}`,
            approve: { action: 'admin-invite', words: false, does: '' },
          }}
          onDone={async (title, now) => {
            onBack();
            await onDone(title, now);
          }}
          onBack={() => setSigning(false)}
          level={3}
          then={`${name.trim()} is invited. A second admin must confirm. Then read your code out: it is at the name below.`}
        />
      </Panel>
    );
  }
  return (
    <Panel
      title="Invite a person"
      onSend={() => {
        if (userId === null) void search();
        else if (ready) setSigning(true);
      }}
    >
      <Field
        label="Who in CheckTick"
        hint="Number, name or address of the user."
        value={text}
        onChange={(next) => {
          setText(next);
          setFound(null);
          setUserId(null);
        }}
        wide
      />
      {found === null ? null : found.users.length === 0 ? (
        <Notice tone="warn" title="Nobody in CheckTick fits.">
          <p>An admin of this sync is a user of CheckTick, too. Nothing was changed.</p>
        </Notice>
      ) : (
        <Choices
          label="Which one?"
          choices={found.users.map((one) => ({
            id: String(one.id),
            title: `User ${one.id}: ${one.name || one.userName}`,
            detail: one.email,
            disabled: taken.includes(one.id)
              ? 'Is an admin already.'
              : one.active
                ? undefined
                : 'Is not active in CheckTick.',
          }))}
          value={userId}
          onChange={choose}
        />
      )}
      {found?.more === true ? <p>There are more than these. Type more of the name.</p> : null}
      {userId === null ? null : (
        <>
          <Field
            label="Name here"
            hint="By which the others know this person. It stands in every approval."
            value={name}
            onChange={setName}
          />
          <Ticks label="Roles" ticks={ROLES} value={roles} onChange={setRoles} />
        </>
      )}
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button
          kind="primary"
          type="submit"
          disabled={busy || (userId === null ? text.trim() === '' : !ready)}
        >
          {userId === null ? 'Search' : 'Go on'}
        </Button>
        <Button onPress={onBack} disabled={busy}>
          Leave it
        </Button>
      </Actions>
    </Panel>
  );
}
