/**
 * What the worker waits with until it stands in the transcript.
 * @module
 */
import { programming } from '../../../shared/ceremony/seat/keys.ts';
import { making } from '../../../shared/ceremony/seat/stick.ts';
import { replacedUsed } from '../../../shared/ceremony/seat/replaced.ts';
import type { ReplacedChoice, Turn } from '../../../shared/ceremony/types.ts';
import type { Noted } from '../../worker/protocol.ts';
import type { EffectContext } from './effect-context.ts';
import { refuseHost } from './refusals.ts';

/**
 * @param about who sits there, and what was chosen of an envelope that is over; without a choice
 *   nothing of that is written down, and the worker does not go on
 */
export function noting(
  { transcript }: Pick<EffectContext, 'transcript'>,
  { turn, replaced }: { readonly turn: Turn; readonly replaced?: ReplacedChoice | undefined },
): (noted: Noted) => Promise<void> {
  return async (noted) => {
    if (noted.about === 'slot-programming') {
      // Before the slot changes: the register of a sitting that is cut off names it all the same.
      await transcript.record('slot-programming', programming(turn, noted.facts));
      return;
    }
    if (noted.about === 'envelope-making') {
      await transcript.record('envelope-making', making(turn, noted.facts));
      return;
    }
    if (replaced === undefined) throw refuseHost('laptop-fault');
    await transcript.record(
      'replaced-envelope-used',
      replacedUsed(turn.index ?? 0, turn.name, replaced, noted.facts),
    );
  };
}
