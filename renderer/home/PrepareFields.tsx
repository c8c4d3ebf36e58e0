/**
 * The fields of a plan: which ceremony, when and where; the share set, its bags; who else comes.
 * @module
 */
import {
  CEREMONY_NAMES,
  EXPECTED_ROLES,
  PLANNED_KINDS,
  type ExpectedRole,
  type PlannedKind,
} from '../../shared/plan/kinds.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import type { Faults } from '../components/PeopleForm.tsx';
import { Select } from '../components/Select.tsx';
import { SetPlanFields } from '../components/SetPlanFields.tsx';
import lists from '../components/SetPlanFields.module.css';
import {
  bagOf,
  makesSet,
  needsShares,
  rowOf,
  type ExpectedForm,
  type PrepareForm,
} from '../lib/prepare.ts';
import { ModeChoice } from './ModeChoice.tsx';
import styles from './Prepare.module.css';

interface Props {
  readonly form: PrepareForm;
  readonly onForm: (form: PrepareForm) => void;
  readonly shown: Faults;
}

const sentence = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

export function PrepareFields(props: Props & { readonly refused: boolean }) {
  const { form, onForm, shown, refused } = props;
  const { ceremony } = form;
  return (
    <>
      <ModeChoice
        mode={form.mode}
        onChange={(mode) => onForm({ ...form, mode })}
        refused={refused}
      />
      <Select
        label="Which ceremony"
        value={ceremony}
        onChange={(kind) => onForm({ ...form, ceremony: kind as PlannedKind })}
        options={PLANNED_KINDS.map((id) => ({ id, label: sentence(CEREMONY_NAMES[id]) }))}
      />
      <When form={form} onForm={onForm} shown={shown} />
      {makesSet(ceremony) ? (
        <>
          <SetPlanFields
            form={form.set}
            onForm={(set) => onForm({ ...form, set })}
            shown={shown}
            keyVersion={null}
          />
          <Bags form={form} onForm={onForm} shown={shown} />
        </>
      ) : null}
      {needsShares(ceremony) ? (
        <Field
          label="How many shares that exist are needed, if you know"
          hint="As the set in force has it."
          value={form.needed}
          onChange={(needed) => onForm({ ...form, needed })}
          fault={shown.get('needed')}
        />
      ) : null}
      <Expected form={form} onForm={onForm} shown={shown} />
      <Field
        label="Remarks, if any"
        value={form.remarks}
        onChange={(remarks) => onForm({ ...form, remarks })}
        fault={shown.get('remarks')}
        lines={3}
        wide
      />
    </>
  );
}

function When({ form, onForm, shown }: Props) {
  return (
    <>
      <div className={styles.row}>
        <Field
          label="Date"
          hint="Such as 2026-12-14"
          value={form.date}
          onChange={(date) => onForm({ ...form, date })}
          fault={shown.get('date')}
        />
        <Field
          label="It begins at"
          hint="Such as 10:00"
          value={form.time}
          onChange={(time) => onForm({ ...form, time })}
          fault={shown.get('time')}
        />
        <Field
          label="How long it takes, in minutes"
          hint="A rehearsal tells"
          value={form.minutes}
          onChange={(minutes) => onForm({ ...form, minutes })}
          fault={shown.get('minutes')}
        />
      </div>
      <Field
        label="Place"
        hint="A room that can be locked, with a table that nobody looks over."
        value={form.place}
        onChange={(place) => onForm({ ...form, place })}
        fault={shown.get('place')}
        wide
      />
    </>
  );
}

function Bags({ form, onForm, shown }: Props) {
  return (
    <fieldset className={lists.people}>
      <legend>Bags and strips, if there are any</legend>
      <p>
        The number on the bag or strip that a sheet or stick goes into. Whoever finds it open later
        knows from the plan which one it was.
      </p>
      <ol className={lists.list}>
        {form.set.custodians.map(({ id, name }, at) => (
          <li key={id}>
            <Field
              label={`Bag of ${name.trim() === '' ? `custodian ${at + 1}` : name}`}
              value={form.bags[id] ?? ''}
              onChange={(number) => onForm({ ...form, bags: { ...form.bags, [id]: number } })}
              fault={shown.get(bagOf(id))}
            />
          </li>
        ))}
      </ol>
    </fieldset>
  );
}

const WHO_ELSE: Readonly<Record<'set' | 'shares', string>> = {
  set: 'Deputies of operator and witness, and whoever brings something that is needed.',
  shares: 'Everybody: operator, witness, their deputies, and each custodian with what they bring.',
};

function Expected({ form, onForm, shown }: Props) {
  const { expected, ceremony } = form;
  const setRow = (changed: ExpectedForm) =>
    onForm({ ...form, expected: expected.map((one) => (one.id === changed.id ? changed : one)) });
  const add = () => {
    const id = Math.max(0, ...expected.map((one) => one.id)) + 1;
    const role = makesSet(ceremony) ? 'witness' : 'custodian';
    onForm({ ...form, expected: [...expected, { id, name: '', role, brings: '' }] });
  };
  const fault = shown.get('expected');
  return (
    <fieldset className={lists.people}>
      <legend>{makesSet(ceremony) ? 'Who else comes' : 'Who comes'}</legend>
      <p>{WHO_ELSE[makesSet(ceremony) ? 'set' : 'shares']}</p>
      <ol className={lists.list}>
        {expected.map((one, at) => (
          <li key={one.id} className={styles.person}>
            <Field
              label={`Person ${at + 1}`}
              value={one.name}
              onChange={(name) => setRow({ ...one, name })}
              fault={shown.get(rowOf(one.id, 'name'))}
              wide
            />
            <Select
              label="Role"
              fullLabel={`Person ${at + 1}: role`}
              value={one.role}
              onChange={(role) => setRow({ ...one, role: role as ExpectedRole })}
              options={EXPECTED_ROLES.map((id) => ({ id, label: id }))}
            />
            <div className={styles.remove}>
              <Button
                label={`Remove person ${at + 1}`}
                onPress={() =>
                  onForm({ ...form, expected: expected.filter(({ id }) => id !== one.id) })
                }
              >
                Remove
              </Button>
            </div>
            <div className={styles.brings}>
              <Field
                label={`What person ${at + 1} brings, if anything`}
                value={one.brings}
                onChange={(brings) => setRow({ ...one, brings })}
                fault={shown.get(rowOf(one.id, 'brings'))}
                wide
              />
            </div>
          </li>
        ))}
      </ol>
      {fault === undefined ? null : <p role="alert">{fault}</p>}
      <Button onPress={add}>Add a person</Button>
    </fieldset>
  );
}
