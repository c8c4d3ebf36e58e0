/**
 * What all sets of a key version have in common, because they are splits of one component: compared where a
 * set comes after another one, or beside it.
 * @module
 */
import { equalBytes } from '../encoding/bytes.ts';
import { encodeJson } from '../encoding/json.ts';
import type { Manifest } from './manifest.ts';

/** A field of the manifest, and what is said of one that differs. */
export type Kept = readonly [field: keyof Manifest, otherwise: string];

/** Whatever set of the component it is. */
export const OF_THE_COMPONENT: readonly Kept[] = [
  ['componentId', 'its component is another one'],
  ['componentBytes', 'its components have another length'],
  ['keyVersion', 'it is for another key version'],
  ['checks', 'its check values are others'],
  ['sync', 'it answers to another sync'],
  ['escrowKey', 'its escrow key is another one'],
];

const bytesOf = (value: unknown) => (value === undefined ? new Uint8Array() : encodeJson(value));

/** What differs first; undefined: nothing. */
export function firstDifference(
  one: Manifest,
  other: Manifest,
  kept: readonly Kept[] = OF_THE_COMPONENT,
): string | undefined {
  return kept.find(([field]) => !equalBytes(bytesOf(one[field]), bytesOf(other[field])))?.[1];
}
