/**
 * A plan that was prepared, loaded from a stick: before the first step of every ceremony, or where the
 * plan of a share set is agreed on. Its digest stands in the transcript; nobody types it.
 * @module
 */
import { hexToBytes } from '../encoding/bytes.ts';
import { eightWords } from '../encoding/words.ts';
import type { Facts } from '../transcript/entry.ts';
import { planChanges } from '../plan/changes.ts';
import { lintPlan } from '../plan/lint.ts';
import type { Plan } from '../plan/set-plan.ts';
import type { CeremonyEvent } from './events.ts';
import type { PlannedView, WithPlanned } from './loaded-plan.ts';
import { busy, type Core, type Step } from './machine.ts';

/** Hears what is about a plan; null: it is about something else. */
export function planTransition<S extends Core & WithPlanned>(
  state: S,
  event: CeremonyEvent,
): Step<S> | null {
  if (event.type === 'load-plan') {
    return {
      state: { ...state, busy: busy('Reading the plan') },
      effects: [{ effect: 'load-plan', documentId: event.id }],
    };
  }
  if (event.type !== 'plan-loaded') return null;
  const { plan, digest, now, printers, unsealKeys } = event;
  return {
    state: {
      ...state,
      planned: { plan, digest, findings: lintPlan(plan, { now, printers, unsealKeys }) },
    },
    effects: [
      {
        effect: 'record',
        kind: 'plan-loaded',
        facts: {
          digest: { type: 'digest', value: digest },
          madeFor: plan.mode,
          begins: { type: 'time', value: plan.begins },
          minutes: plan.minutes,
          place: plan.place,
        },
      },
    ],
  };
}

/** For the entry of what was agreed: which plan, and what is otherwise than it has it. */
export function plannedFacts({ planned }: WithPlanned, agreed: Plan): Facts {
  if (planned === null) return {};
  const { digest, plan } = planned;
  const changes = plan.set === undefined ? [] : planChanges(plan.set, agreed);
  return {
    plan: { type: 'digest', value: digest },
    ...Object.fromEntries(changes.map((change, at) => [`changed.${at + 1}`, change])),
  };
}

/** Nothing where no plan was loaded. */
export function plannedView({ planned }: WithPlanned): { readonly planned?: PlannedView } {
  return planned === null
    ? {}
    : { planned: { ...planned, words: eightWords(hexToBytes(planned.digest)) } };
}
