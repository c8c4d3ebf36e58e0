/**
 * What sync answers about whole recoveries, and to searches for whom and what, as schemas.
 * @module
 */
import { z } from 'zod';
import { requestAnswer } from './answers.ts';
import { queueItem } from './page-answers.ts';

const time = z.string();

export const usersAnswer = z.object({
  users: z.array(
    z.object({
      id: z.number(),
      userName: z.string(),
      name: z.string(),
      email: z.string(),
      active: z.boolean(),
    }),
  ),
  more: z.boolean(),
});

export type UsersAnswer = z.infer<typeof usersAnswer>;

/** `users`: who fits the search but has nothing that could be recovered. */
export const recoverableAnswer = z.object({
  surveys: z.array(
    z.object({
      userId: z.number(),
      userName: z.string(),
      name: z.string(),
      email: z.string(),
      active: z.boolean(),
      surveyId: z.number(),
      surveyName: z.string(),
      keyVersion: z.string().nullable(),
      escrowedAt: time,
      openRequest: z.string().nullable(),
    }),
  ),
  users: z.array(z.object({ id: z.number(), userName: z.string() })),
  more: z.boolean(),
});
export type RecoverableAnswer = z.infer<typeof recoverableAnswer>;

export const STEP_STATES = ['done', 'now', 'next', 'stopped'] as const;
/** `who` acts; `state`: `stopped`, when the recovery ended before it was done. */
export const recoveryStep = z.object({
  name: z.string(),
  who: z.string(),
  state: z.enum(STEP_STATES),
});
export type RecoveryStep = z.infer<typeof recoveryStep>;

export const recoveryAnswer = z.object({
  /** The database's clock. */
  now: time,
  request: requestAnswer,
  item: queueItem,
  steps: z.array(recoveryStep),
  history: z.array(z.object({ at: time, what: z.string(), by: z.string() })),
  /** Its packages and bundles, newest first. */
  files: z.array(queueItem),
  /** Hours of delay that this sync demands at least. */
  leastDelayHours: z.number(),
  /** Whether whoever asks may record checks of the person now, and which are missing. */
  check: z.object({ open: z.boolean(), whyNot: z.string().nullable() }),
  /** Whether whoever asks may bring a ticket now. */
  ticket: z.boolean(),
});
export type RecoveryAnswer = z.infer<typeof recoveryAnswer>;
