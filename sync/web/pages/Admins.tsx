/**
 * Who runs this sync: people and machines, those who come and those who went.
 * @module
 */
import type { z } from 'zod';
import type { adminAnswer, adminsAnswer } from '../../routes/people-answers.ts';
import styles from '../App.module.css';
import { Behind } from '../components/Behind.tsx';
import { Rows } from '../components/Rows.tsx';
import { useLive } from '../lib/live.tsx';

type Admin = z.infer<typeof adminAnswer>;

export function Admins() {
  const { answer, problem } = useLive<z.infer<typeof adminsAnswer>>('/v1/admins');
  const here = answer?.admins.filter(({ state }) => state !== 'disabled') ?? [];
  const gone = answer?.admins.filter(({ state }) => state === 'disabled') ?? [];
  return (
    <section className={styles.page}>
      <h1>Admins</h1>
      <Behind problem={problem} known={answer !== null} />
      <Rows label="Admins">
        {here.map((one) => (
          <Row key={one.id} admin={one} />
        ))}
      </Rows>
      {gone.length === 0 ? null : (
        <>
          <h2>Disabled</h2>
          <Rows label="Disabled admins">
            {gone.map((one) => (
              <Row key={one.id} admin={one} />
            ))}
          </Rows>
        </>
      )}
    </section>
  );
}

function Row({ admin }: { admin: Admin }) {
  const { name, userId, roles, kind, state, invitedBy, confirmedBy } = admin;
  return (
    <li>
      <p>
        <strong>{name}</strong>, {kind === 'machine' ? 'a machine, ' : ''}
        {roles.join(' and ')}: {state}
      </p>
      <p>
        User {userId} of CheckTick
        {invitedBy === null ? '' : `, invited by ${invitedBy}`}
        {confirmedBy === null ? '' : `, confirmed by ${confirmedBy}`}
      </p>
    </li>
  );
}
