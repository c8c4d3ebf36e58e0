/**
 * What is known of share sets that are not asked for, as plain data for the worker.
 * @module
 */
import type { KnownSets } from '../sharing/accept.ts';

/** Keys are `setId/generation`. */
export interface KnownSetsData {
  readonly void: readonly (readonly [string, string])[];
  readonly superseded: readonly (readonly [
    string,
    { readonly label: string; readonly by: string },
  ])[];
}

export function knownSets(data: KnownSetsData): KnownSets {
  return { void: new Map(data.void), superseded: new Map(data.superseded) };
}
