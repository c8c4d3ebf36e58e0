/**
 * A place in the audit list, as text that a caller brings back: the row after which it goes on.
 * @module
 */
import { z } from 'zod';
import { refuseAudit } from './refusals.ts';

const place = z.strictObject({
  /** With microseconds, as the database counts. */
  at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
  /** Of rows at the same time: events first, then approvals, then mails. */
  rank: z.int().min(0).max(2),
  number: z.int().min(0),
  key: z.string().max(300),
});
export type Place = z.infer<typeof place>;

export function writePlace({ at, rank, number, key }: Place): string {
  return Buffer.from(JSON.stringify({ at, rank, number, key })).toString('base64url');
}

/** @throws Refusal `audit-after` */
export function readPlace(text: string): Place {
  try {
    return place.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw refuseAudit('audit-after');
  }
}
