/**
 * A plan that was loaded in a ceremony: what its state has of it, and what its screens show.
 * @module
 */
import type { ExpectedRole } from '../plan/kinds.ts';
import type { PlanFinding } from '../plan/lint.ts';
import type { CeremonyPlan } from '../plan/plan.ts';

export interface LoadedPlan {
  readonly plan: CeremonyPlan;
  /** SHA-256 of its file in hex. */
  readonly digest: string;
  /** As it was looked at when it was loaded. */
  readonly findings: readonly PlanFinding[];
}

/** What a ceremony's state has of it. */
export interface WithPlanned {
  readonly planned: LoadedPlan | null;
}

/** What a screen shows of it. */
export interface PlannedView extends LoadedPlan {
  /** Eight, over the digest. */
  readonly words: string;
}

/** Somebody of the plan, and what is known of them by now. */
export interface ExpectedPerson {
  readonly name: string;
  readonly role: ExpectedRole;
  readonly brings: string;
  /** Of a custodian: `gave`, or `came` without giving; null: not yet, or nobody sees it. */
  readonly here: 'gave' | 'came' | null;
}
