/**
 * The signature of whoever sits at the laptop. Where a YubiKey makes the identity, a window in front
 * asks for it, its PIN and a touch.
 * @module
 */
import { Refusal } from '../../../shared/refusal.ts';
import type { CommandOutput } from '../../worker/protocol.ts';
import type { EffectContext } from './effect-context.ts';
import type { WorkerClient } from './worker-client.ts';
import { seatTitle } from './seat-title.ts';

/** @throws Refusal, EntryCancelled: then nothing was signed */
export async function signAsSeated(
  { worker, seated }: Pick<EffectContext, 'worker' | 'seated'>,
  message: Uint8Array,
): Promise<CommandOutput<'sign-identity'>> {
  const turn = seated();
  const title = turn === null ? 'Signature' : seatTitle(turn);
  return signInWindow(await worker(), title, message);
}

export async function signInWindow(
  worker: WorkerClient,
  title: string,
  message: Uint8Array,
): Promise<CommandOutput<'sign-identity'>> {
  try {
    return await worker.ask('sign-identity', { messages: [message] });
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'signing-needs-key') throw error;
    return worker.askInWindow(title, 'sign-identity', { messages: [message] });
  }
}
