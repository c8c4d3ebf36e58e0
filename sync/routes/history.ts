/**
 * The history of a bundle as people read it: what happened, who was told, who objected. Names and
 * roles as the roster has them, never addresses.
 * @module
 */
import { z } from 'zod';
import { asOneLine } from '../../shared/bundle/approval.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { fromHex, grouped } from '../database/together.ts';

/** What is read of an event's facts; other types of events may use the same names otherwise. */
const facts = z.object({
  step: z.string().optional().catch(undefined),
  people: z.array(z.string()).optional().catch(undefined),
  why: z.string().optional().catch(undefined),
  places: z.array(z.string()).optional().catch(undefined),
});
const event = z.object({
  subject: columns.bytes.transform(bytesToHex),
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

function sentenceOf(
  type: string,
  { step = '', people = [], why = '', places = [] }: z.infer<typeof facts>,
) {
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
    case 'difference-found':
      return `not read back as it was written: ${asOneLine(places.join('; '), 1_000)}`;
    default:
      return type.replaceAll('-', ' ');
  }
}

/** Those of many bundles, by digest; an event whose bundle is not among them is left out. */
export async function historiesOf(on: Queryable, digests: readonly string[]) {
  const rows = await on.rows(
    event,
    `SELECT e.subject, e.at, e.type, a.name, e.facts FROM conclave.events e
       LEFT JOIN conclave.admins a ON a.id = e.admin_id
      WHERE e.subject = ANY ${fromHex('$1')} ORDER BY e.sequence`,
    [digests],
  );
  const lines = rows.map((one) => ({
    subject: one.subject,
    at: formatTime(one.at),
    what: sentenceOf(one.type, one.facts),
    by: one.name ?? 'sync',
  }));
  return grouped(lines, ({ subject }) => subject);
}
