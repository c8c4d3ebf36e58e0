/**
 * The state of a drill: shares that prove themselves, one by one; in a full one they open a test escrow
 * together. Plain JSON, public.
 * @module
 */
import type { FailedShare, ShareFailure, ShareProof } from '../../bundle/drill.ts';
import type { FullDrillFailure, FullDrillOutcome } from '../../bundle/full-drill.ts';
import type { EndingPhase, EndingState } from '../ending.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import type { DrillPackageFacts } from '../package-facts.ts';
import type { Seat } from '../seat/state.ts';
import type { WithShares } from '../share-round.ts';
import { freshStart } from '../start.ts';
import type { WithWitnessPage } from '../witness-page.ts';

export type DrillPhase =
  | OpeningPhase
  /** A full drill: the package is opened with the ticket's key. */
  | { readonly at: 'ticket-key' }
  | { readonly at: 'drill-facts' }
  /** Who comes next, or nobody more. */
  | { readonly at: 'drill-round' }
  | { readonly at: 'seat'; readonly seat: Seat }
  /** A full drill: enough shares are there. */
  | { readonly at: 'test-escrow' }
  /** Without sync: there is no bundle, and nothing to wait for. */
  | { readonly at: 'checked' }
  | EndingPhase;

/** A share that was read. Without sync there is no nonce that it could sign: `signature` null. */
export type ReadShare = Omit<ShareProof, 'signature'> & { readonly signature: string | null };

export interface DrillState extends OpeningState, EndingState, WithWitnessPage, WithShares {
  readonly ceremony: 'drill';
  readonly phase: DrillPhase;
  readonly drill: DrillPackageFacts | null;
  /** In the order of their numbers. */
  readonly proofs: readonly ReadShare[];
  /** Without sync, on this laptop's word: no package, no nonce, no bundle. */
  readonly byWord: boolean;
  /** By number: of those who were called and whose share was not read. */
  readonly faults: Readonly<Record<number, ShareFailure>>;
  /** Of a full drill. */
  readonly full: FullDrillProgress;
}

export interface FullDrillProgress {
  /** When the first share signed, by the laptop's clock: milliseconds since 1970; null: none yet. */
  readonly firstShareAt: number | null;
  /** Why it did not open when it was last tried; null: not tried, or it opened. */
  readonly refused: FullDrillFailure | null;
  /** What goes into the bundle; null: not decided, or no full drill. */
  readonly outcome: FullDrillOutcome | null;
}

export function startDrill(start: Parameters<typeof freshStart>[0]): DrillState {
  return {
    ...freshStart(start),
    ceremony: 'drill',
    drill: null,
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: [],
    proofs: [],
    byWord: false,
    faults: {},
    full: { firstShareAt: null, refused: null, outcome: null },
  };
}

/** Without a package: of a set that this laptop knows. */
export function startCheck(
  start: Parameters<typeof freshStart>[0],
  drill: DrillPackageFacts,
): DrillState {
  return { ...startDrill(start), byWord: true, drill, phase: { at: 'drill-facts' } };
}

const byIndex = (a: { readonly index: number }, b: { readonly index: number }) => a.index - b.index;

/** With one more proof; one of before for the same share is replaced. */
export function withProof(state: DrillState, proof: ReadShare): DrillState {
  const { [proof.index]: _, ...faults } = state.faults;
  const others = state.proofs.filter(({ index }) => index !== proof.index);
  return { ...state, faults, proofs: [...others, proof].sort(byIndex) };
}

/** Who was called and is not proved, in the order of their numbers. */
export function failedShares({ faults, proofs }: DrillState): FailedShare[] {
  return Object.entries(faults)
    .map(([index, why]) => ({ index: Number(index), why }))
    .filter(({ index }) => !proofs.some((proof) => proof.index === index))
    .sort(byIndex);
}
