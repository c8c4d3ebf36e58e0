/**
 * The plan: label, threshold, people, media, paper.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import type { PageSize } from '../../shared/ceremony/types.ts';
import type { Mode } from '../../shared/mode.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { PersonFields } from '../components/PersonFields.tsx';
import { PeopleForm } from '../components/PeopleForm.tsx';
import { PolicyFields } from '../components/PolicyFields.tsx';
import { Select } from '../components/Select.tsx';
import { Stage } from '../components/Shell.tsx';
import {
  IDENTITY_CHOICES,
  KEY_IDENTITY_MEANS,
  MEDIA_MEANINGS,
  SHARE_CHOICES,
} from '../lib/media.ts';
import { usePolled } from '../lib/polling.ts';
import {
  emptyForm,
  faults,
  FEWEST,
  formOf,
  mailOf,
  nextLabel,
  MOST,
  planOf,
  thresholdMeaning,
  withoutPerson,
  withPerson,
  type PlanForm,
} from '../lib/plan.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './Plan.module.css';

export function Plan({ view }: ScreenProps<'plan'>) {
  const [form, setForm] = useState<PlanForm>(() => firstForm(view));
  usePrinterPage(view.mode, view.plan !== null, (page) => setForm((now) => ({ ...now, page })));

  const person = (id: number, change: PlanForm['custodians'][number]) =>
    setForm((now) => ({
      ...now,
      custodians: now.custodians.map((one) => (one.id === id ? change : one)),
    }));
  const total = form.custodians.length;
  return (
    <Stage heading="Write down who takes part" turn={view.turn}>
      {view.renews === undefined ? null : <Renews {...view.renews} />}
      <PeopleForm
        faults={faults(form)}
        page={form.page}
        onPage={(page) => setForm({ ...form, page })}
        submit="Agree on this plan"
        onSubmit={() => say({ type: 'plan', plan: planOf(form) })}
      >
        {(shown) => (
          <>
            <Field
              label="Name of the set"
              hint={`For key version ${view.keyVersion}. It stands on every sheet.`}
              value={form.label}
              onChange={(label) => setForm({ ...form, label })}
              fault={shown.get('label')}
            />
            <fieldset className={styles.people}>
              <legend>Custodians: each gets one share</legend>
              <p>
                With a mail address, sync can tell a person when somebody wants to change the keys,
                and they can stop it. It may stay empty; then they have to be called.
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
                    onRemove={
                      total > FEWEST ? () => setForm(withoutPerson(form, one.id)) : undefined
                    }
                  />
                ))}
              </ol>
              {total < MOST ? (
                <Button onPress={() => setForm(withPerson(form))}>Add a custodian</Button>
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
            <PolicyFields
              policy={form.policy}
              onChange={(policy) => setForm({ ...form, policy })}
            />
            <div className={styles.threshold}>
              <Select
                label="How many shares open the key"
                value={String(form.threshold)}
                onChange={(value) => setForm({ ...form, threshold: Number(value) })}
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
                  onChange={(operator) => setForm({ ...form, operator })}
                />
                <PersonFields
                  label="Witness"
                  person={form.witness}
                  fault={shown.get(String(form.witness.id))}
                  media={IDENTITY_CHOICES}
                  address={{ fault: shown.get(mailOf(form.witness.id)) }}
                  onChange={(witness) => setForm({ ...form, witness })}
                />
              </ol>
              {[form.operator, form.witness].some(({ medium }) => medium === 'yubikey-fido2') ? (
                <p>
                  <strong>An identity on a YubiKey.</strong> {KEY_IDENTITY_MEANS} In this ceremony
                  that would make it void, because both sign at its end.
                </p>
              ) : null}
            </fieldset>
          </>
        )}
      </PeopleForm>
    </Stage>
  );
}

/** What was entered before; else, of new shares, who takes part today. */
function firstForm({ plan, renews, startedAt }: ScreenProps<'plan'>['view']): PlanForm {
  if (plan !== null) return formOf(plan);
  const year = new Date(startedAt).getFullYear();
  if (renews === undefined) return emptyForm(year);
  return { ...formOf(renews.present), label: nextLabel(year, renews.label) };
}

/**
 * New shares: of which set; and the way out for whoever only brings the new half back. A new platform
 * key: beside which set.
 */
function Renews({
  label,
  nextVersion,
}: Pick<NonNullable<ScreenProps<'plan'>['view']['renews']>, 'label' | 'nextVersion'>) {
  if (nextVersion !== null) {
    return (
      <Notice title={`A new platform key, version ${nextVersion}, comes beside the set ${label}.`}>
        <p>
          Below stand the people of today: change who is to hold a share of the new key. The shares
          of {label} go on, and so does everybody who holds one.
        </p>
      </Notice>
    );
  }
  return (
    <Notice title={`New shares take the place of the set ${label}.`}>
      <p>
        Below stand the people of today: change who is to hold a share from now on. If this package
        was only brought to see that sync’s half fits the set {label}, nobody else is needed.
      </p>
      <Actions>
        <Button kind="quiet" onPress={() => say({ type: 'compare-only' })}>
          Only compare sync’s half
        </Button>
      </Actions>
    </Notice>
  );
}

/** What the printer says about its paper is not asked; once, and only for a new plan. */
function usePrinterPage(mode: Mode, known: boolean, set: (page: PageSize) => void) {
  const printers = usePolled('printers:list', { mode });
  const done = useRef(known);
  const page = printers?.find((printer) => printer.page !== null)?.page ?? null;
  useEffect(() => {
    if (done.current || page === null) return;
    done.current = true;
    set(page);
  });
}
