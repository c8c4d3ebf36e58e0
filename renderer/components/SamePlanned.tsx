/**
 * Of a plan that is being typed: the people who get shares unseal Vault as well.
 * @module
 */
import { sameInPlan, samePlannedInWords } from '../../shared/ledger/duties.ts';
import type { Mode } from '../../shared/mode.ts';
import { Notice } from '../../ui/Note.tsx';
import { useUnsealKeys } from '../lib/duties.ts';
import type { PlanForm } from '../lib/plan.ts';

export function SamePlanned({ form, mode }: { readonly form: PlanForm; readonly mode: Mode }) {
  const keys = useUnsealKeys(mode);
  if (keys === null) return null;
  const names = form.custodians.map(({ name }) => name);
  const { people, reachBoth } = sameInPlan(form.threshold, names, keys);
  return reachBoth ? (
    <Notice tone="warn" title="The same people would reach both halves.">
      <p>{samePlannedInWords(people, keys)}</p>
    </Notice>
  ) : null;
}
