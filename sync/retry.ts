/**
 * When whoever was refused because a part is down should ask again, in whole seconds.
 * @module
 */
import { Refusal } from '../shared/refusal.ts';
import type { Meanings } from './meaning.ts';

/** A refusal that ends by itself at a known moment, such as a lock-out in Vault. */
export class HeldRefusal extends Refusal {
  /** Until nothing is tried. */
  readonly seconds: number;

  constructor(refusal: Refusal, seconds: number) {
    super(refusal.code, refusal.sentences, refusal.culprit);
    this.seconds = Math.max(1, Math.ceil(seconds));
  }
}

/** While nobody tries in the background: how soon asking again is of use. */
const PATIENCE = 15;

/**
 * Undefined where repeating does not help before somebody changed something.
 * @param background seconds until sync itself tries again; undefined while it waits for nothing
 */
export function retrySeconds(
  refusal: Refusal,
  meanings: Meanings,
  background: number | undefined,
): number | undefined {
  if (refusal instanceof HeldRefusal) return refusal.seconds;
  const meaning = meanings[refusal.code];
  if (meaning?.status !== 503) return undefined;
  return background ?? PATIENCE;
}
