/**
 * What the transcript says of a share that was refused.
 * @module
 */
import type { Effect } from '../../../shared/ceremony/effects.ts';
import type { Refusal } from '../../../shared/refusal.ts';
import type { Facts } from '../../../shared/transcript/entry.ts';

/** What an auditor hears of a share that was refused: its code and whose it was, never its text. */
export function refusedShare(effect: Effect, { code, culprit }: Refusal): Facts | null {
  const facts = { code, ...(culprit === undefined ? {} : { culprit }) };
  if (effect.effect === 'accept-share') return facts;
  if (effect.effect !== 'read-back' && effect.effect !== 'prove-envelope') return null;
  const { name, index } = effect.turn;
  return { ...facts, readBackOf: name, ...(index === null ? {} : { index }) };
}
