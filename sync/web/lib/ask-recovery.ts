/**
 * Asking sync for a recovery, and going to its page.
 * @module
 */
import type { RequestAnswer } from '../../routes/answers.ts';
import { call } from './api.ts';
import { hoursFault, hoursOf } from './hours.ts';
import { addressOf } from './route.ts';

export interface ReasonAndHours {
  readonly reason: string;
  /** As typed. Empty: as sync is set up. */
  readonly hours: string;
}

export const NOTHING_ASKED: ReasonAndHours = { reason: '', hours: '' };

export const isAsked = ({ reason, hours }: ReasonAndHours): boolean =>
  reason.trim() !== '' && hoursFault(hours) === undefined;

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
