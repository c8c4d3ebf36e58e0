/**
 * A plan that was loaded: everything in it, for everybody to read.
 * @module
 */
import type { PlannedView } from '../../shared/ceremony/loaded-plan.ts';
import type { Mode } from '../../shared/mode.ts';
import { plannedPeople } from '../../shared/plan/people.ts';
import type { CeremonyPlan } from '../../shared/plan/plan.ts';
import { policyInWords } from '../../shared/sharing/media-policy.ts';
import { Facts, type Fact } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { count, sayDateTime } from '../lib/say.ts';
import { PlanFindings } from './PlanFindings.tsx';
import styles from './PlanSummary.module.css';

export function PlanSummary(props: { readonly planned: PlannedView; readonly mode: Mode }) {
  const { planned, mode } = props;
  const { plan, words, findings } = planned;
  return (
    <section className={styles.card} aria-label="The plan that was prepared">
      <h2>The plan that was prepared</h2>
      <p>
        Its eight words: <strong>{words}</strong>. They are those of the invitation, or it is
        another plan.
      </p>
      {mode === 'rehearsal' && plan.mode === 'production' ? (
        <Notice title="This is the plan of the real ceremony.">
          <p>It is rehearsed here; what comes of it opens nothing real.</p>
        </Notice>
      ) : null}
      <Facts facts={[...whenAndWhere(plan), ...ofSet(plan)]} />
      <table className={styles.people}>
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">As</th>
            <th scope="col">With</th>
          </tr>
        </thead>
        <tbody>
          {plannedPeople(plan).map(({ name, role, brings }) => (
            <tr key={`${role} ${name}`}>
              <th scope="row">{name}</th>
              <td>{role}</td>
              <td>{brings}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <PlanFindings findings={findings} />
    </section>
  );
}

function whenAndWhere({ begins, minutes, place, remarks, needed }: CeremonyPlan): Fact[] {
  return [
    { name: 'Begins', value: `${sayDateTime(begins)}, ${count(minutes, 'minute')}` },
    { name: 'Place', value: place },
    ...(needed === undefined
      ? []
      : [{ name: 'Needed', value: count(needed, 'share that exists', 'shares that exist') }]),
    ...(remarks === '' ? [] : [{ name: 'Remarks', value: remarks }]),
  ];
}

function ofSet({ set }: CeremonyPlan): Fact[] {
  if (set === undefined) return [];
  const { label, threshold, custodians, policy, page } = set;
  return [
    { name: 'Share set', value: `${label}: any ${threshold} of ${custodians.length} open the key` },
    ...(policy === undefined ? [] : [{ name: 'Rule for media', value: policyInWords(policy) }]),
    { name: 'Paper', value: page },
  ];
}
