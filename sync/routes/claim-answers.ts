/**
 * What sync answers about claims, as schemas.
 * @module
 */
import { z } from 'zod';
import { CLAIM_STATES, CLAIM_WAYS } from '../flows/claims/rows.ts';

const time = z.string();

/** How the user of a recovered survey gets in again, and how that stands. */
export const claimAnswer = z.object({
  digest: z.string(),
  way: z.enum(CLAIM_WAYS),
  state: z.enum(CLAIM_STATES),
  /** How it stands, in one sentence. */
  sentence: z.string(),
  /** What to do now, in one sentence; empty: nothing. */
  next: z.string(),
  /** Where links go; null for the other way. */
  address: z.string().nullable(),
  expiresAt: time,
  endedAt: time.nullable(),
  /** The newest code: who made it and when, and how many wrong ones may still be typed. */
  code: z.object({ by: z.string(), at: time, triesLeft: z.number() }).nullable(),
  /** The mail with the newest link. */
  mail: z
    .object({ state: z.enum(['waiting', 'sent', 'failed']), at: time.nullable(), why: z.string() })
    .nullable(),
  /** What whoever asks may do about it now. */
  may: z.object({
    code: z.boolean(),
    renewLink: z.boolean(),
    end: z.boolean(),
    passphrase: z.boolean(),
  }),
});
export type ClaimAnswer = z.infer<typeof claimAnswer>;

/** A code, shown this once. */
export const claimCodeAnswer = z.object({
  code: z.string(),
  /** Where the link went that it belongs to. */
  address: z.string(),
  expiresAt: time,
});
