/**
 * The plan: label, threshold, people, media, paper.
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import type { PageSize } from '../../shared/ceremony/types.ts';
import type { Mode } from '../../shared/mode.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { LoadPlan } from '../components/LoadPlan.tsx';
import { PeopleForm } from '../components/PeopleForm.tsx';
import { PlanSummary } from '../components/PlanSummary.tsx';
import { SamePlanned } from '../components/SamePlanned.tsx';
import { SetPlanFields } from '../components/SetPlanFields.tsx';
import { Stage } from '../components/Shell.tsx';
import { usePolled } from '../lib/polling.ts';
import { emptyForm, faults, formOf, nextLabel, planOf, type PlanForm } from '../lib/plan.ts';
import { list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

export function Plan({ view }: ScreenProps<'plan'>) {
  const [byHand, setByHand] = useState(false);
  const { planned } = view;
  // What comes back refused is put right by hand, where it was typed.
  if (planned?.plan.set === undefined || byHand || view.plan !== null) {
    return <PlanByHand view={view} />;
  }
  const { set } = planned.plan;
  return (
    <Stage heading="Read the plan together, and agree on it" turn={view.turn}>
      {view.renews === undefined ? null : <Renews {...view.renews} />}
      <PlanSummary planned={planned} mode={view.mode} />
      <Actions>
        <Button kind="primary" onPress={() => say({ type: 'plan', plan: set })}>
          Agree on this plan
        </Button>
        <Button onPress={() => setByHand(true)}>Change something by hand</Button>
      </Actions>
      <p>
        What is changed by hand stands in the transcript, beside the digest of the plan that was
        prepared.
      </p>
    </Stage>
  );
}

function PlanByHand({ view }: ScreenProps<'plan'>) {
  const [form, setForm] = useState<PlanForm>(() => firstForm(view));
  const known = view.plan !== null || view.planned !== undefined;
  usePrinterPage(view.mode, known, (page) => setForm((now) => ({ ...now, page })));

  return (
    <Stage heading="Write down who takes part" turn={view.turn}>
      {view.renews === undefined ? null : <Renews {...view.renews} />}
      {view.planned === undefined ? <LoadPlan mode={view.mode} /> : null}
      <PeopleForm
        faults={faults(form)}
        page={form.page}
        onPage={(page) => setForm({ ...form, page })}
        submit="Agree on this plan"
        onSubmit={() => say({ type: 'plan', plan: planOf(form) })}
      >
        {(shown) => (
          <>
            <SetPlanFields
              form={form}
              onForm={setForm}
              shown={shown}
              keyVersion={view.keyVersion}
            />
            <SamePlanned form={form} mode={view.mode} />
          </>
        )}
      </PeopleForm>
    </Stage>
  );
}

/** What was entered before; else the plan that was prepared; else, of new shares, who takes part today. */
function firstForm({ plan, planned, renews, startedAt }: ScreenProps<'plan'>['view']): PlanForm {
  if (plan !== null) return formOf(plan);
  if (planned?.plan.set !== undefined) return formOf(planned.plan.set);
  const year = new Date(startedAt).getFullYear();
  if (renews === undefined) return emptyForm(year);
  return { ...formOf(renews.present), label: nextLabel(year, [renews.label, ...renews.joined]) };
}

/**
 * New shares: of which set; and the way out for whoever only brings the new half back. A new platform
 * key, or another set: beside which set.
 */
function Renews({
  kind,
  label,
  nextVersion,
  joined,
}: Omit<NonNullable<ScreenProps<'plan'>['view']['renews']>, 'present'>) {
  if (kind === 'add-set') {
    return (
      <Notice tone="warn" title={`Another set opens the same key as the set ${label}.`}>
        <p>
          Write down who is to hold its shares. They open the key without the custodians of{' '}
          {list([label, ...joined])}, whose shares go on: the key is as strong as its weakest set.
        </p>
      </Notice>
    );
  }
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
      {joined.length === 0 ? null : (
        <p>
          {list(joined)} {joined.length === 1 ? 'opens' : 'open'} the same key and{' '}
          {joined.length === 1 ? 'ends' : 'end'} with it. One set comes now; whoever else is to have
          one gets it in a ceremony of its own afterwards, for which custodians of the new set come
          again. Until then the new set alone opens the key.
        </p>
      )}
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
