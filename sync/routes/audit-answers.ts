/**
 * What sync answers about its audit list, as schemas.
 * @module
 */
import { z } from 'zod';

export const auditEntryAnswer = z.object({
  /** Names this entry for ever; as `after` it asks for what is older. */
  id: z.string(),
  /** With microseconds, UTC. */
  at: z.string(),
  type: z.string(),
  sentence: z.string(),
  /** The admin who did it; null: sync itself, or somebody unknown. */
  by: z.string().nullable(),
  adminId: z.string().nullable(),
  subject: z.string().nullable(),
  facts: z.array(z.tuple([z.string(), z.string()])),
});
export type AuditEntryAnswer = z.infer<typeof auditEntryAnswer>;

/** Newest first. `next`: the `after` of the next page; null: that was all. */
export const auditAnswer = z.object({
  entries: z.array(auditEntryAnswer),
  next: z.string().nullable(),
  /** Whether the sign-ins of others are among them: they are for auditors. */
  signInsOfOthers: z.boolean(),
});
export type AuditAnswer = z.infer<typeof auditAnswer>;

export const auditTypesAnswer = z.object({
  types: z.array(z.object({ type: z.string(), says: z.string() })),
});
export type AuditTypesAnswer = z.infer<typeof auditTypesAnswer>;
