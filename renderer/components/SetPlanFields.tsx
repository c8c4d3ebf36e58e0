/**
 * The fields of a share set's plan: in the ceremony, and where it is prepared.
 * @module
 */
import { Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Field } from '../../ui/Field.tsx';
import {
  IDENTITY_CHOICES,
  KEY_IDENTITY_MEANS,
  MEDIA_MEANINGS,
  SHARE_CHOICES,
} from '../lib/media.ts';
import {
  FEWEST,
  mailOf,
  MOST,
  thresholdMeaning,
  withoutPerson,
  withPerson,
  type PlanForm,
} from '../lib/plan.ts';
import type { Faults } from './PeopleForm.tsx';
import { PersonFields } from './PersonFields.tsx';
import { PolicyFields } from './PolicyFields.tsx';
import { Select } from './Select.tsx';
import styles from './SetPlanFields.module.css';

export function SetPlanFields(props: {
  readonly form: PlanForm;
  readonly onForm: (form: PlanForm) => void;
  readonly shown: Faults;
  /** For which key version; null: not known yet. */
  readonly keyVersion: string | null;
}) {
  const { form, onForm, shown, keyVersion } = props;
  const person = (id: number, change: PlanForm['custodians'][number]) =>
    onForm({
      ...form,
      custodians: form.custodians.map((one) => (one.id === id ? change : one)),
    });
  const total = form.custodians.length;
  return (
    <>
      <Field
        label="Name of the set"
        hint={`${keyVersion === null ? '' : `For key version ${keyVersion}. `}It stands on every sheet.`}
        value={form.label}
        onChange={(label) => onForm({ ...form, label })}
        fault={shown.get('label')}
      />
      <fieldset className={styles.people}>
        <legend>Custodians: each gets one share</legend>
        <p>
          With a mail address, sync can tell a person when somebody wants to change the keys, and
          they can stop it. It may stay empty; then they have to be called.
        </p>
        <ol className={styles.list}>
          {form.custodians.map((one, at) => (
            <PersonFields
              key={one.id}
              label={`Custodian ${at + 1}`}
              person={one}
              fault={shown.get(String(one.id))}
              media={SHARE_CHOICES}
              address={{ fault: shown.get(mailOf(one.id)) }}
              onChange={(change) => person(one.id, change)}
              onRemove={total > FEWEST ? () => onForm(withoutPerson(form, one.id)) : undefined}
            />
          ))}
        </ol>
        {total < MOST ? (
          <Button onPress={() => onForm(withPerson(form))}>Add a custodian</Button>
        ) : (
          <p>{MOST} is the most that one ceremony can have.</p>
        )}
        <div className={styles.meanings}>
          <p>What each medium means for its custodian:</p>
          <Facts
            facts={SHARE_CHOICES.map(({ id, label }) => ({
              name: label.replace(/^on /, 'On '),
              value: MEDIA_MEANINGS[id],
            }))}
          />
        </div>
      </fieldset>
      <PolicyFields policy={form.policy} onChange={(policy) => onForm({ ...form, policy })} />
      <div className={styles.threshold}>
        <Select
          label="How many shares open the key"
          value={String(form.threshold)}
          onChange={(value) => onForm({ ...form, threshold: Number(value) })}
          options={Array.from({ length: total - FEWEST + 1 }, (_, at) => ({
            id: String(at + FEWEST),
            label: `any ${at + FEWEST} of ${total}`,
          }))}
        />
        <p className={styles.meaning}>{thresholdMeaning(form.threshold, total)}</p>
      </div>
      <fieldset className={styles.people}>
        <legend>The two who hold no share</legend>
        <ol className={styles.list}>
          <PersonFields
            label="Operator"
            person={form.operator}
            fault={shown.get(String(form.operator.id))}
            media={IDENTITY_CHOICES}
            onChange={(operator) => onForm({ ...form, operator })}
          />
          <PersonFields
            label="Witness"
            person={form.witness}
            fault={shown.get(String(form.witness.id))}
            media={IDENTITY_CHOICES}
            address={{ fault: shown.get(mailOf(form.witness.id)) }}
            onChange={(witness) => onForm({ ...form, witness })}
          />
        </ol>
        {[form.operator, form.witness].some(({ medium }) => medium === 'yubikey-fido2') ? (
          <p>
            <strong>An identity on a YubiKey.</strong> {KEY_IDENTITY_MEANS} In this ceremony that
            would make it void, because both sign at its end.
          </p>
        ) : null}
      </fieldset>
    </>
  );
}
