/**
 * Change of the roster: who stays, who leaves, who comes, who gets a new identity; and the two new
 * admins of sync, when its package asks for them.
 * @module
 */
import { useState } from 'react';
import type { Role } from '../../shared/identity/roster.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { NewAdminFields } from '../components/NewAdminFields.tsx';
import { PersonFields } from '../components/PersonFields.tsx';
import { PeopleForm, type Faults } from '../components/PeopleForm.tsx';
import { Select } from '../components/Select.tsx';
import { Stage } from '../components/Shell.tsx';
import { IDENTITY_CHOICES, KEY_IDENTITY_MEANS } from '../lib/media.ts';
import { mailOf } from '../lib/plan.ts';
import {
  rosterFaults,
  rosterForm,
  rosterPlanOf,
  isTold,
  withNewcomer,
  type Fate,
  type ListedForm,
  type RosterForm,
} from '../lib/roster-plan.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from '../components/SetPlanFields.module.css';
import own from './RosterPlan.module.css';

const FATES: readonly { readonly id: Fate; readonly label: string }[] = [
  { id: 'stays', label: 'stays as before' },
  { id: 'usb', label: 'gets a new identity, on a stick' },
  { id: 'paper', label: 'gets a new identity, on paper' },
  { id: 'yubikey-fido2', label: 'gets a new identity, on a YubiKey' },
  { id: 'leaves', label: 'leaves' },
];

const ROLES: readonly { readonly id: Role; readonly label: string }[] = [
  { id: 'operator', label: 'operator' },
  { id: 'witness', label: 'witness' },
  { id: 'custodian', label: 'custodian' },
];

export function RosterPlan({ view }: ScreenProps<'roster-plan'>) {
  const [form, setForm] = useState<RosterForm>(() => rosterForm(view));
  return (
    <Stage heading="Write down who takes part from now on" turn={view.turn}>
      <PeopleForm
        faults={rosterFaults(form)}
        page={form.page}
        onPage={(page) => setForm({ ...form, page })}
        submit="Agree on these people"
        onSubmit={() => say({ type: 'roster-plan', plan: rosterPlanOf(form) })}
      >
        {(shown) => (
          <>
            <p>
              This becomes roster {view.serial}. It changes no share: who holds one stays in until
              the shares themselves are renewed.
            </p>
            <Listed view={view} form={form} setForm={setForm} shown={shown} />
            <Added form={form} setForm={setForm} shown={shown} />
            {hasKeyIdentity(form) ? (
              <p>
                <strong>An identity on a YubiKey.</strong> {KEY_IDENTITY_MEANS}
              </p>
            ) : null}
            {view.namesAdmins ? <Admins form={form} setForm={setForm} shown={shown} /> : null}
          </>
        )}
      </PeopleForm>
    </Stage>
  );
}

const hasKeyIdentity = ({ listed, added }: RosterForm) =>
  listed.some(({ fate }) => fate === 'yubikey-fido2') ||
  added.some(({ medium }) => medium === 'yubikey-fido2');

interface Part {
  readonly form: RosterForm;
  readonly setForm: (change: (now: RosterForm) => RosterForm) => void;
}

function Listed({
  view,
  form,
  setForm,
  shown,
}: Part & ScreenProps<'roster-plan'> & { shown: Faults }) {
  const change = (name: string, how: Partial<ListedForm>) =>
    setForm((now) => ({
      ...now,
      listed: now.listed.map((one) => (one.name === name ? { ...one, ...how } : one)),
    }));
  return (
    <fieldset className={styles.people}>
      <legend>In the roster now</legend>
      <ul className={styles.list}>
        {form.listed.map((person) => (
          <li key={person.name} className={own.listed}>
            <span>
              <strong>{person.name}</strong>
              <span className={own.roles}>{person.roles.join(', ')}</span>
            </span>
            <Select
              label="From now on"
              fullLabel={`${person.name}: from now on`}
              value={person.fate}
              options={
                view.holders.includes(person.name)
                  ? FATES.filter(({ id }) => id !== 'leaves')
                  : FATES
              }
              onChange={(fate) => change(person.name, { fate: fate as Fate })}
            />
            {isTold(person) && person.fate !== 'leaves' ? (
              <div className={own.mail}>
                <Field
                  label={`Mail address of ${person.name}, if any`}
                  value={person.mail}
                  onChange={(mail) => change(person.name, { mail })}
                  fault={shown.get(mailOf(`of ${person.name}`))}
                  wide
                />
                {person.mail.trim() === person.mailBefore || person.mailBefore === '' ? null : (
                  <p>Until now {person.mailBefore}: sync tells of this change there, too.</p>
                )}
              </div>
            ) : null}
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

function Added({ form, setForm, shown }: Part & { shown: Faults }) {
  return (
    <fieldset className={styles.people}>
      <legend>Who comes in</legend>
      <ol className={styles.list}>
        {form.added.map((person, at) => (
          <PersonFields
            key={person.id}
            label={`New person ${at + 1}`}
            person={person}
            fault={shown.get(String(person.id))}
            media={IDENTITY_CHOICES}
            address={{ fault: shown.get(mailOf(person.id)) }}
            onChange={(change) =>
              setForm((now) => ({
                ...now,
                added: now.added.map((one) => (one.id === person.id ? { ...one, ...change } : one)),
              }))
            }
            onRemove={() =>
              setForm((now) => ({
                ...now,
                added: now.added.filter((one) => one.id !== person.id),
              }))
            }
          >
            <Select
              label="As"
              fullLabel={`New person ${at + 1}: as`}
              value={person.role}
              options={ROLES}
              onChange={(value) =>
                setForm((now) => ({
                  ...now,
                  added: now.added.map((one) =>
                    one.id === person.id ? { ...one, role: value as Role } : one,
                  ),
                }))
              }
            />
          </PersonFields>
        ))}
      </ol>
      <Button onPress={() => setForm(withNewcomer)}>Add a person</Button>
    </fieldset>
  );
}

function Admins({ form, setForm, shown }: Part & { shown: Faults }) {
  return (
    <fieldset className={styles.people}>
      <legend>The two new admins of sync</legend>
      <Notice tone="warn" title="Every present admin of sync will be disabled.">
        <p>
          Both new ones sit down here and make an identity, with which they sign in. Name them as
          CheckTick does.
        </p>
      </Notice>
      <ol className={styles.list}>
        {form.admins.map((admin, at) => (
          <NewAdminFields
            key={admin.id}
            label={`Admin ${at + 1}`}
            admin={admin}
            faults={{ name: shown.get(String(admin.id)), user: shown.get(`user${admin.id}`) }}
            onChange={(change) =>
              setForm((now) => ({
                ...now,
                admins: now.admins.map((one) => (one.id === admin.id ? change : one)),
              }))
            }
          />
        ))}
      </ol>
    </fieldset>
  );
}
