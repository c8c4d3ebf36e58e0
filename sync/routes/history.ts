/**
 * The history of a bundle as people read it: what happened, who was told, who objected. Names and
 * roles as the roster has them, never addresses.
 * @module
 */
import { z } from 'zod';
import { asOneLine } from '../../shared/bundle/approval.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';

/** What is read of an event's facts; other types of events may use the same names otherwise. */
const facts = z.object({
  step: z.string().optional().catch(undefined),
  people: z.array(z.string()).optional().catch(undefined),
  why: z.string().optional().catch(undefined),
});
const event = z.object({
  at: columns.time,
  type: columns.text,
  name: columns.text.nullable(),
  facts,
});

/** What each step is called in the history. */
const STEPS: Readonly<Record<string, string>> = {
  verified: 'that it came',
  delay: 'that its delay runs',
  committed: 'that it was made',
  stopped: 'that it was stopped',
};

function sentenceOf(type: string, { step = '', people = [], why = '' }: z.infer<typeof facts>) {
  const who = people.map((one) => asOneLine(one, 300)).join(', ');
  const what = STEPS[step] ?? '';
  switch (type) {
    case 'people-told':
      return `mail ${what} to ${who}`;
    case 'people-not-told':
      return `no mail ${what} to ${who} (${why}): call them`;
    case 'mail-failed':
      return `a mail did not reach ${who === '' ? 'its address' : `${who}: call them`}`;
    case 'bundle-objected':
      return who === '' ? 'bundle objected' : `stopped by ${who}, by the link in the mail`;
    default:
      return type.replaceAll('-', ' ');
  }
}

export async function historyOf(on: Queryable, digest: string) {
  const rows = await on.rows(
    event,
    `SELECT e.at, e.type, a.name, e.facts FROM conclave.events e
       LEFT JOIN conclave.admins a ON a.id = e.admin_id
      WHERE e.subject = $1 ORDER BY e.sequence`,
    [hexToBytes(digest)],
  );
  return rows.map((one) => ({
    at: formatTime(one.at),
    what: sentenceOf(one.type, one.facts),
    by: one.name ?? 'sync',
  }));
}
