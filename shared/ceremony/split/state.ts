/**
 * The state of a Split: a whole new platform key, split among custodians. Plain JSON, public.
 * @module
 */
import { NO_SET, type CommonPhase, type NewSetState } from '../new-set/state.ts';
import { freshStart } from '../start.ts';

export type SplitPhase = CommonPhase | { readonly at: 'make-key' };

export interface SplitState extends NewSetState {
  readonly ceremony: 'split';
  readonly phase: SplitPhase;
}

export function startSplit(start: Parameters<typeof freshStart>[0]): SplitState {
  return { ...freshStart(start), ...NO_SET, ceremony: 'split' };
}
