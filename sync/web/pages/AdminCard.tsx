/**
 * One admin: who, with which keys, and what can be done about him.
 * @module
 */
import { useId, useState } from 'react';
import { Button } from '../../../ui/Button.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import type { AdminEntry } from '../../routes/people-answers.ts';
import type { Done } from '../lib/outcome.tsx';
import { addressOf } from '../lib/route.ts';
import { sayTime } from '../lib/say.ts';
import { Approve } from './Approve.tsx';
import { Half } from './Half.tsx';
import card from '../components/Card.module.css';
import styles from './Item.module.css';

type Doing = 'nothing' | 'confirm' | 'dismiss' | 'code' | 'link';

const KINDS = { passkey: 'passkey', identity: 'personal identity', certificate: 'certificate' };
const STATES = {
  invited: 'invited; a second admin must confirm',
  confirmed: 'confirmed; must register a key',
  active: 'active',
  disabled: 'disabled',
} as const;

function factsOf(admin: AdminEntry) {
  const { userId, roles, kind, onCall, invitedBy, confirmedBy, disabledAt, keys } = admin;
  const good = keys.filter(({ revokedAt }) => revokedAt === null);
  return [
    { name: 'CheckTick user', value: String(userId) },
    { name: 'roles', value: roles.join(', ') },
    ...(kind === 'person' && disabledAt === null
      ? [{ name: 'on call', value: onCall ? 'yes' : 'no' }]
      : []),
    ...(invitedBy === null ? [] : [{ name: 'invited by', value: invitedBy }]),
    ...(confirmedBy === null ? [] : [{ name: 'confirmed by', value: confirmedBy }]),
    ...(disabledAt === null ? [] : [{ name: 'disabled', value: sayTime(disabledAt) }]),
    {
      name: 'keys',
      value:
        good.length === 0 ? (
          'none'
        ) : (
          <ul>
            {good.map((key) => (
              <li key={key.id}>
                {KINDS[key.kind]} “{key.label}”,{' '}
                {key.lastUsedAt === null ? 'never used' : `last used ${sayTime(key.lastUsedAt)}`}
              </li>
            ))}
          </ul>
        ),
    },
  ];
}

export function AdminCard({ admin, onDone }: { admin: AdminEntry; onDone: Done }) {
  const title = useId();
  const [doing, setDoing] = useState<Doing>('nothing');
  const back = () => setDoing('nothing');
  const { id, name, confirm, dismiss, dismissedBy } = admin;
  const approval = (action: 'admin-confirm' | 'admin-disable', does: string) => ({
    subject: id,
    approve: { action, words: false, does },
  });
  return (
    <article className={card.card} aria-labelledby={title}>
      <p className={card.kind}>
        <Icon name={admin.kind === 'machine' ? 'keyboard' : 'person'} />
        {admin.kind === 'machine' ? 'Machine, ' : ''}
        {STATES[admin.state]}
      </p>
      <h3 id={title} className={styles.title}>
        {name}
        {admin.you ? ' (you)' : ''}
      </h3>
      {dismissedBy.length === 0 ? null : (
        <p>
          <strong>
            {dismissedBy.join(' and ')} signed that {name} be disabled. A second signature is
            missing.
          </strong>
        </p>
      )}
      <Facts facts={factsOf(admin)} />
      {admin.you ? (
        <p>
          <a href={addressOf('you')}>Your keys and tokens</a>
        </p>
      ) : null}
      {doing === 'confirm' && confirm.does !== null ? (
        <Approve
          item={approval('admin-confirm', confirm.does)}
          onDone={onDone}
          onBack={back}
          then={`${name} is confirmed. Hand over the link; the code comes from who invited.`}
        />
      ) : doing === 'dismiss' && dismiss.does !== null ? (
        <Approve
          item={approval('admin-disable', dismiss.does)}
          onDone={onDone}
          onBack={back}
          then={
            dismissedBy.length === 0
              ? `Signed. With a second admin’s signature ${name} can no longer sign in.`
              : `${name} is disabled and can no longer sign in.`
          }
        />
      ) : doing === 'code' || doing === 'link' ? (
        <Half admin={admin} what={doing} onBack={back} />
      ) : (
        <Deeds admin={admin} onDo={setDoing} />
      )}
    </article>
  );
}

function Deeds({ admin, onDo }: { admin: AdminEntry; onDo: (doing: Doing) => void }) {
  const { name, confirm, dismiss } = admin;
  const deeds = [
    { doing: 'confirm', verb: 'Confirm', does: confirm.does, kind: 'primary' },
    {
      doing: 'code',
      verb: 'Code',
      does: admin.code
        ? 'Makes the code that you read out to the person. One made before is void.'
        : null,
      kind: 'quiet',
    },
    {
      doing: 'link',
      verb: 'Link',
      does: admin.link
        ? 'Makes the link that you hand to the person. One made before is void.'
        : null,
      kind: 'quiet',
    },
    { doing: 'dismiss', verb: 'Disable', does: dismiss.does, kind: 'danger' },
  ] as const;
  return (
    <>
      {admin.state === 'invited' && confirm.whyNot !== null ? (
        <p className={card.quiet}>You cannot confirm: {confirm.whyNot}</p>
      ) : null}
      <ul className={styles.deeds} aria-label="What you can do">
        {deeds.map(({ doing, verb, does, kind }) =>
          does === null ? null : (
            <li key={doing}>
              <Button kind={kind} onPress={() => onDo(doing)} label={`${verb}: ${name}`}>
                {verb}
              </Button>
              <span>{does}</span>
            </li>
          ),
        )}
      </ul>
    </>
  );
}
