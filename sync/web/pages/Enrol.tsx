/**
 * Registering a passkey with a one-time link. The link's code stands in the fragment, which is
 * sent to no server by itself, and is taken out of the address at once.
 * @module
 */
import {
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
} from '@simplewebauthn/browser';
import { useEffect, useState } from 'react';
import type { z } from 'zod';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Notice } from '../../../ui/Note.tsx';
import type { enrolledAnswer, enrolmentAnswer } from '../../routes/people-answers.ts';
import styles from '../App.module.css';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { sayTime } from '../lib/say.ts';
import { useTask } from '../lib/task.ts';

type Enrolment = z.infer<typeof enrolmentAnswer>;
interface Asked {
  readonly challengeId: string;
  readonly options: PublicKeyCredentialCreationOptionsJSON;
}

const given = location.pathname === '/enrol' ? location.hash.slice(1) : '';

export function Enrol() {
  const [code] = useState(given);
  const [found, setFound] = useState<Enrolment | null>(null);
  const [label, setLabel] = useState('');
  const [invite, setInvite] = useState('');
  const [done, setDone] = useState<z.infer<typeof enrolledAnswer> | null>(null);
  const { busy, problem, run } = useTask();

  useEffect(() => {
    history.replaceState(null, '', '/enrol');
    void run(async () => setFound(await call<Enrolment>('POST', '/v1/enrolment', { code })));
  }, [code, run]);

  const register = () =>
    run(async () => {
      const body = { code, ...(invite.trim() === '' ? {} : { inviteCode: invite.trim() }) };
      const asked = await call<Asked>('POST', '/v1/enrolment/passkey/options', body);
      const made = await startRegistration({ optionsJSON: asked.options });
      const { clientDataJSON, attestationObject, transports } = made.response;
      setDone(
        await call('POST', '/v1/enrolment/passkey', {
          ...body,
          challengeId: asked.challengeId,
          label: label.trim(),
          response: {
            id: made.id,
            rawId: made.rawId,
            type: made.type,
            response: {
              clientDataJSON,
              attestationObject,
              ...(transports === undefined ? {} : { transports }),
            },
          },
        }),
      );
    });

  if (done !== null) {
    return (
      <section className={styles.page}>
        <h1>Your passkey is registered</h1>
        <Notice tone="good" title={done.active ? 'You can sign in now.' : 'One person is missing.'}>
          <p>
            {done.active
              ? 'The link is used up. Register a second key soon, and keep it elsewhere.'
              : 'The first two admins begin together: you can sign in once the other has registered a key, too.'}
          </p>
        </Notice>
        <p>
          <a href="/">Go to sign-in</a>
        </p>
      </section>
    );
  }
  return (
    <section className={styles.page}>
      <h1>Register your passkey</h1>
      {problem === null ? null : <Refused problem={problem} />}
      {found === null ? null : (
        <form
          className={styles.page}
          onSubmit={(event) => {
            event.preventDefault();
            void register();
          }}
        >
          <p>This link is for one person and one key. Go on only if this is you.</p>
          <Facts
            facts={[
              { name: 'you are', value: found.name },
              { name: 'your roles', value: found.roles.join(', ') },
              { name: 'the link ends', value: sayTime(found.expiresAt) },
            ]}
          />
          {found.needsInviteCode ? (
            <Field
              label="Code of the admin who invited you"
              hint="It is read out to you, and comes another way than this link."
              value={invite}
              onChange={setInvite}
            />
          ) : null}
          <Field
            label="Name of this key"
            hint="So that you know it again: “security key, office”."
            value={label}
            onChange={setLabel}
          />
          <Actions>
            <Button
              kind="primary"
              type="submit"
              disabled={
                busy || label.trim() === '' || (found.needsInviteCode && invite.trim() === '')
              }
            >
              {busy ? 'Waiting for your key' : 'Make the passkey'}
            </Button>
          </Actions>
        </form>
      )}
    </section>
  );
}
