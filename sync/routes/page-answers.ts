/**
 * What sync answers for its page alone, as schemas.
 * @module
 */
import { z } from 'zod';
import { APPROVAL_ACTIONS } from '../../shared/bundle/approval.ts';
import { PACKAGE_KINDS } from '../../shared/bundle/package.ts';
import { CLAIM_WAYS } from '../flows/claims/rows.ts';

/** One thing that waits, and what this admin may do about it. */
export const queueItem = z.object({
  kind: z.enum(['request', 'package', 'bundle', 'admin']),
  /** Its code, nonce, digest or id. */
  subject: z.string(),
  /** What it is, in one sentence. */
  sentence: z.string(),
  /** Whom or what it waits for, in one sentence. */
  waitsFor: z.string(),
  /** Whether it waits for whoever asks. */
  yours: z.boolean(),
  /** The approval that is open for whoever asks. `words`: eight words are to be typed. */
  approve: z
    .object({ action: z.enum(APPROVAL_ACTIONS), words: z.boolean(), does: z.string() })
    .nullable(),
  /** Why whoever asks cannot approve it, where approving is what it waits for. */
  notYours: z.string().nullable(),
  stop: z
    .array(z.object({ word: z.enum(['reject', 'cancel', 'refuse', 'object']), does: z.string() }))
    .readonly(),
  /** Code of the recovery that it belongs to. */
  request: z.string().nullable(),
  commit: z.boolean(),
  /** How the user gets in again, where that still waits and whoever asks may act. */
  handOver: z.enum(CLAIM_WAYS).nullable(),
  files: z.array(z.enum(['package', 'receipt'])).readonly(),
  /**
   * Of survey keys that move, for an operator: the files that go to the laptop with a package, or that
   * came back with a bundle and are not all here. `folder`: in which they lie on the stick.
   */
  keyFiles: z.object({ there: z.number(), of: z.number(), folder: z.string() }).nullable(),
  state: z.string(),
  open: z.boolean(),
  facts: z.array(z.tuple([z.string(), z.string()])).readonly(),
  history: z.array(z.object({ at: z.string(), what: z.string(), by: z.string() })).readonly(),
  /** It waits by itself until then. */
  until: z.string().nullable(),
  /** It ends by itself then. */
  expiresAt: z.string().nullable(),
  at: z.string(),
});
export type QueueItem = z.infer<typeof queueItem>;
export const queueAnswer = z.object({
  /** The database's clock, by which delays are counted. */
  now: z.string(),
  items: z.array(queueItem),
  /** How many open things are left out, because there are very many. */
  hidden: z.number(),
});
export type QueueAnswer = z.infer<typeof queueAnswer>;

export const previewAnswer = z.object({
  digest: z.string(),
  words: z.string(),
  kind: z.enum(PACKAGE_KINDS),
  sentence: z.string(),
  /** What follows when it is taken. */
  next: z.string(),
  facts: z.array(z.tuple([z.string(), z.string()])),
  /** Its state, if exactly this bundle was taken before. */
  known: z.string().nullable(),
});
export type PreviewAnswer = z.infer<typeof previewAnswer>;
