/**
 * Prepare a ceremony: its plan is written down days before, looked at, and saved onto a stick.
 * @module
 */
import { useState } from 'react';
import type { Output } from '../../shared/ipc/contract.ts';
import { lintPlan } from '../../shared/plan/lint.ts';
import type { CeremonyPlan } from '../../shared/plan/plan.ts';
import type { Mode } from '../../shared/mode.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Words } from '../../ui/Words.tsx';
import { PeopleForm } from '../components/PeopleForm.tsx';
import { DocumentPicker, PrinterPicker, VolumePicker } from '../components/Pickers.tsx';
import { PlanFindings } from '../components/PlanFindings.tsx';
import { useUnsealKeys } from '../lib/duties.ts';
import { usePolled } from '../lib/polling.ts';
import {
  ceremonyPlanOf,
  emptyPlan,
  makesSet,
  prepareFaults,
  prepareFormOf,
  type PrepareForm,
} from '../lib/prepare.ts';
import { call, openPage, useStore } from '../lib/store.ts';
import { HomeFrame } from './Home.tsx';
import { PrepareFields } from './PrepareFields.tsx';
import home from './Home.module.css';
import styles from './Prepare.module.css';

interface Saved {
  readonly saved: Output<'plan:save'>;
  readonly plan: CeremonyPlan;
}

export function Prepare(props: { readonly application: string; readonly refused: boolean }) {
  const { application, refused } = props;
  const [form, setForm] = useState<PrepareForm>(() =>
    emptyPlan(new Date(), refused ? 'rehearsal' : 'production'),
  );
  const [saved, setSaved] = useState<Saved | null>(null);
  if (saved !== null) {
    return <SavedPlan application={application} {...saved} back={() => setSaved(null)} />;
  }
  return (
    <HomeFrame heading="Write down who comes, with what, when and where" application={application}>
      <OpenPlan mode={form.mode} onForm={setForm} />
      <PlanForm form={form} onForm={setForm} refused={refused} onSaved={setSaved} />
    </HomeFrame>
  );
}

/** A plan that was saved before is changed, and saved as another one. */
function OpenPlan(props: { readonly mode: Mode; readonly onForm: (form: PrepareForm) => void }) {
  const { mode, onForm } = props;
  const [id, setId] = useState<string | null>(null);
  const found = usePolled('documents:find', { kind: 'plan', mode });
  if (found === undefined || found.length === 0) return null;
  const open = async () => {
    if (id === null) return;
    const opened = await call('plan:open', { mode, documentId: id });
    if (opened) onForm(prepareFormOf(opened.plan));
  };
  return (
    <section className={home.card}>
      <h2>Go on with a plan from a stick</h2>
      <DocumentPicker kind="plan" what="plan" mode={mode} value={id} onChange={setId} />
      <Button disabled={id === null} onPress={() => void open()}>
        Open this plan
      </Button>
    </section>
  );
}

function PlanForm(props: {
  readonly form: PrepareForm;
  readonly onForm: (form: PrepareForm) => void;
  readonly refused: boolean;
  readonly onSaved: (saved: Saved) => void;
}) {
  const { form, onForm, refused, onSaved } = props;
  const { mode } = form;
  const [volumeId, setVolume] = useState<string | null>(null);
  const pending = useStore((state) => state.pending);
  const plan = ceremonyPlanOf(form);
  const printers = usePolled('printers:list', { mode });
  const [now] = useState(() => new Date().toISOString());
  const findings = lintPlan(plan, {
    now,
    printers: printers?.length ?? null,
    unsealKeys: useUnsealKeys(mode),
  });
  const save = async () => {
    if (volumeId === null) return;
    const saved = await call('plan:save', { plan, volumeId });
    if (saved) onSaved({ saved, plan });
  };
  return (
    <div className={styles.columns}>
      <PeopleForm
        faults={prepareFaults(form)}
        page={makesSet(form.ceremony) ? form.set.page : null}
        onPage={(page) => onForm({ ...form, set: { ...form.set, page } })}
        submit="Save the plan on this stick"
        disabled={volumeId === null || pending}
        onSubmit={() => void save()}
      >
        {(shown) => (
          <>
            <PrepareFields form={form} onForm={onForm} shown={shown} refused={refused} />
            <VolumePicker
              label="The stick for the plan"
              mode={mode}
              value={volumeId}
              onChange={setVolume}
            />
          </>
        )}
      </PeopleForm>
      <aside className={styles.beside} aria-label="What speaks against this plan">
        <PlanFindings findings={findings} />
        <Button onPress={() => openPage('home')}>Back to home</Button>
      </aside>
    </div>
  );
}

/** The same on paper, for the wall and for whoever gathers people and things. */
function PrintPlan({ plan }: { readonly plan: CeremonyPlan }) {
  const [printerId, setPrinter] = useState<string | null>(null);
  const [printed, setPrinted] = useState<Output<'plan:print'> | null>(null);
  const pending = useStore((state) => state.pending);
  const printers = usePolled('printers:list', { mode: plan.mode });
  const print = async () => {
    if (printerId === null) return;
    const answer = await call('plan:print', { plan, printerId });
    if (answer) setPrinted(answer);
  };
  return (
    <details>
      <summary>Print the plan</summary>
      <PrinterPicker printers={printers} value={printerId} onChange={setPrinter} />
      {printed === null ? null : (
        <Notice
          tone={printed.warning === null ? 'good' : 'warn'}
          title={`Printed: ${printed.description}.`}
        >
          <p>{printed.warning?.means ?? 'Nothing on it is secret.'}</p>
        </Notice>
      )}
      <Actions>
        <Button disabled={printerId === null || pending} onPress={() => void print()}>
          Print the plan
        </Button>
      </Actions>
    </details>
  );
}

function SavedPlan(props: Saved & { readonly application: string; readonly back: () => void }) {
  const { application, saved, plan, back } = props;
  return (
    <HomeFrame heading="Keep the stick for the ceremony" application={application} mode={plan.mode}>
      <div className={home.form}>
        <Notice tone="good" title="The plan was saved and read back.">
          <p>
            {saved.fileName} on {saved.description}. Nothing in it is secret.
          </p>
        </Notice>
        <p>
          These eight words name this plan and no other. Send them to everybody with the invitation:
          in the ceremony the screen shows them again. A plan that is changed has other words.
        </p>
        <Words words={saved.words} label="Eight words of the plan" />
        <Facts facts={[{ name: 'SHA-256', value: saved.digest }]} />
        <PrintPlan plan={plan} />
        <Actions>
          <Button kind="primary" onPress={() => openPage('home')}>
            The words are written down, back to home
          </Button>
          <Button onPress={back}>Change the plan</Button>
        </Actions>
      </div>
    </HomeFrame>
  );
}
