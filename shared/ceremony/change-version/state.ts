/**
 * The state of a ceremony in which k custodians of the active version sign that another version is
 * put to use, or that one is retired. Plain JSON, public.
 * @module
 */
import type { EndingPhase, EndingState } from '../ending.ts';
import type { OpeningPhase, OpeningState } from '../opening.ts';
import type { VersionChange, VersionChangePackageFacts } from '../package-facts.ts';
import type { Seat } from '../seat/state.ts';
import type { WithShares } from '../share-round.ts';
import { freshStart } from '../start.ts';
import type { WithWitnessPage } from '../witness-page.ts';

export type VersionChangePhase =
  | OpeningPhase
  | { readonly at: 'version-change' }
  | { readonly at: 'who' }
  | { readonly at: 'seat'; readonly seat: Seat }
  | EndingPhase;

export interface VersionChangeState extends OpeningState, EndingState, WithWitnessPage, WithShares {
  readonly ceremony: VersionChange;
  readonly phase: VersionChangePhase;
  readonly about: VersionChangePackageFacts | null;
}

const startChange =
  (ceremony: VersionChange) =>
  (start: Parameters<typeof freshStart>[0]): VersionChangeState => ({
    ...freshStart(start),
    ceremony,
    about: null,
    accepted: [],
    lastSeated: null,
    gotUp: [],
    watched: [],
  });

export const startActivate = startChange('activate');
export const startRetire = startChange('retire');
