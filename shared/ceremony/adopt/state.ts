/**
 * The state of an adoption: the key that exists is restored from what people have of it, proved,
 * and split anew. Plain JSON, public.
 * @module
 */
import type { AdoptFound, ComponentPlace, FoundVersion } from '../../bundle/adopt.ts';
import { NO_SET, type CommonPhase, type NewSetState } from '../new-set/state.ts';
import { freshStart } from '../start.ts';
import type {
  GivenLegacy,
  LegacyJudgement,
  LegacyProof,
  LegacySplit,
  NewLegacyShare,
} from '../types.ts';

/** What one of two people answered for; it counts with the other's. */
export interface Answer {
  readonly place: ComponentPlace;
  readonly by: string;
}

/** What two people answer for, where no proof decides. */
interface Decision {
  readonly place: ComponentPlace;
  readonly by: readonly [string, string];
}

/** The new legacy shares, as far as they are made. */
export interface NewLegacy {
  readonly threshold: number;
  readonly count: number;
  /** Written, and read back. */
  readonly done: readonly NewLegacyShare[];
  /** Written, and not read back. */
  readonly written:
    (NewLegacyShare & { readonly volumeId: string; readonly volumeLabel: string }) | null;
  /** Who gets the one that is being written. */
  readonly writingFor: string | null;
  /** All of them gave the component back. */
  readonly proved: boolean;
}

export type NewLegacyPhase =
  /** Are they wanted at all? */
  | { readonly at: 'new-legacy' }
  | { readonly at: 'new-legacy-write' }
  | { readonly at: 'new-legacy-replug' }
  /** All were read back. */
  | { readonly at: 'new-legacy-prove' };

export type AdoptPhase =
  | CommonPhase
  | { readonly at: 'ticket-key' }
  /** How was it split? */
  | { readonly at: 'legacy-split' }
  | { readonly at: 'legacy-shares' }
  | { readonly at: 'legacy-proof' }
  | { readonly at: 'legacy-decision' }
  | { readonly at: 'legacy-restored' }
  | NewLegacyPhase;

export interface AdoptState extends NewSetState {
  readonly ceremony: 'adopt';
  readonly phase: AdoptPhase;
  readonly ticketId: string | null;
  readonly found: AdoptFound | null;
  /** Undefined: not said yet. */
  readonly split: LegacySplit | undefined;
  readonly given: readonly GivenLegacy[];
  readonly judged: LegacyJudgement | null;
  readonly proof: LegacyProof | null;
  /** The first of two answers, until the second. */
  readonly answered: Answer | null;
  readonly decision: Decision | null;
  /** Null: none are wanted, or nobody was asked yet. */
  readonly newLegacy: NewLegacy | null;
}

export function startAdopt(start: Parameters<typeof freshStart>[0]): AdoptState {
  return {
    ...freshStart(start),
    ...NO_SET,
    ceremony: 'adopt',
    ticketId: null,
    found: null,
    split: undefined,
    given: [],
    judged: null,
    proof: null,
    answered: null,
    decision: null,
    newLegacy: null,
  };
}

/** The version that is adopted, as sync found it. */
export function foundVersion({ found, package: taken }: AdoptState): FoundVersion | null {
  return found?.versions.find(({ version }) => version === taken?.keyVersion) ?? null;
}

/** Numbers of the legacy shares that are there. */
export const givenNumbers = ({ given }: AdoptState): number[] =>
  given.flatMap(({ numbers }) => numbers);

/** Whether what was given can be looked at. */
export function isEnough(state: AdoptState): boolean {
  const { split, given } = state;
  if (split === undefined) return false;
  return split === null ? given.length > 0 : givenNumbers(state).length >= split.threshold;
}
