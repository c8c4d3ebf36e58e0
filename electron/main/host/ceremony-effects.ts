/**
 * Executes the effects of a ceremony's machine and answers with host events. Public facts are
 * made here; whatever touches a secret is asked of the worker.
 * @module
 */
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import { adoptExecutors } from './adopt-effects.ts';
import { destroyExecutors } from './destroy-effects.ts';
import type { EffectContext } from './effect-context.ts';
import type { Executors, Lasting } from './executors.ts';
import { moveExecutors } from './move-effects.ts';
import { refreshExecutors } from './refresh-effects.ts';
import { rotateExecutors } from './rotate-effects.ts';
import { openingExecutors } from './opening-effects.ts';
import { seatExecutors } from './seat-effects.ts';
import { shareExecutors } from './share-effects.ts';
import { newSetExecutors } from './new-set-effects.ts';
import { recoverExecutors } from './recover-effects.ts';
import { bundleExecutors } from './bundle-effects.ts';

const executors: Executors = {
  ...openingExecutors,
  ...seatExecutors,
  ...shareExecutors,
  ...newSetExecutors,
  ...recoverExecutors,
  ...bundleExecutors,
  ...adoptExecutors,
  ...rotateExecutors,
  ...refreshExecutors,
  ...moveExecutors,
  ...destroyExecutors,
};

/** Runs one effect; its refusals are the caller's to turn into an event. */
export function execute(effect: Lasting, context: EffectContext): Promise<HostEvent> {
  const executor = executors[effect.effect] as (
    effect: Lasting,
    context: EffectContext,
  ) => Promise<HostEvent>;
  return executor(effect, context);
}
