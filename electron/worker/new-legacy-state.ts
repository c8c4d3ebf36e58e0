/**
 * What the worker holds of new legacy shares, until they were read back or left.
 * @module
 */
import type { Secret } from '../../shared/secret/secret.ts';

/** Legacy shares of the set's component: the y of each, by number. */
export interface NewLegacy {
  readonly threshold: number;
  readonly count: number;
  readonly split: ReadonlyMap<number, Secret>;
  /** From their sticks. */
  readonly readBack: Map<number, Secret>;
}

export function wipeNewLegacy({ split, readBack }: NewLegacy): void {
  for (const secret of [...split.values(), ...readBack.values()]) secret.wipe();
}
