/**
 * What one call from the window comes to: a value that the contract allows, or three sentences.
 * @module
 */
import {
  contract,
  type Answer,
  type Channel,
  type Input,
  type Output,
} from '../../shared/ipc/contract.ts';
import { Refusal } from '../../shared/refusal.ts';
import { reportFault } from './fault.ts';
import { refuseCall } from './refusals.ts';

/** Parses, runs, parses, and turns whatever goes wrong into three sentences. */
export async function answer<C extends Channel>(
  channel: C,
  handler: (input: Input<C>) => Promise<Output<C>>,
  input: unknown,
): Promise<Answer<Output<C>>> {
  const parsed = contract[channel].input.safeParse(input);
  if (!parsed.success) return { ok: false, note: refuseCall('call-malformed', channel).note() };
  try {
    const output = await handler(parsed.data as Input<C>);
    // SECURITY: a handler cannot hand out more than the contract says.
    return { ok: true, value: contract[channel].output.parse(output) as Output<C> };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, note: error.note() };
    reportFault(`fault in ${channel}`, error, input);
    return { ok: false, note: refuseCall('app-fault').note() };
  }
}
