/**
 * Asking sync for a recovery, and going to its page.
 * @module
 */
import type { RequestAnswer } from '../../routes/answers.ts';
import type { ReasonAndHours } from '../components/ReasonAndDelay.tsx';
import { call } from './api.ts';
import { hoursOf } from './hours.ts';
import { addressOf } from './route.ts';

/** @param of whose survey, by CheckTick's numbers. @throws what {@link call} throws */
export async function askForRecovery(
  of: Readonly<Record<string, unknown>>,
  { reason, hours }: ReasonAndHours,
): Promise<void> {
  const delayHours = hoursOf(hours);
  const made = await call<RequestAnswer>('POST', '/v1/requests', {
    ...of,
    reason: reason.trim(),
    ...(delayHours === undefined ? {} : { delayHours }),
  });
  location.hash = addressOf('requests', made.code);
}
