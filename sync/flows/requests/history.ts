/**
 * What happened to a recovery request, as CheckTick's own audit table tells it: what this sync did,
 * and what CheckTick did itself.
 * @module
 */
import { z } from 'zod';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';

const row = z.object({
  at: columns.time,
  event: columns.text,
  by: columns.text.nullable(),
  /** CheckTick's own entries hold whatever it likes. */
  details: z.unknown(),
});

export interface HistoryEntry {
  readonly at: Date;
  readonly what: string;
  readonly by: string;
}

/** Of the details of an entry, those that people want to read. */
const said = z.object({
  /** How the escrowed address compared. */
  outcome: z.string().optional(),
  reason: z.string().optional(),
  verification: z.string().optional(),
  time_delay_hours: z.number().optional(),
});

function inWords(event: string, details: unknown): string {
  const {
    outcome,
    reason,
    verification,
    time_delay_hours: hours,
  } = said.safeParse(details).data ?? {};
  const more = [
    outcome,
    reason,
    verification,
    hours === undefined ? undefined : `${hours} hours`,
  ].filter((part) => part !== undefined && part !== '');
  const what = event.replaceAll('_', ' ');
  return more.length === 0 ? what : `${what}: ${more.join(', ')}`;
}

/** Oldest first. Who it was: the admin of sync whose user it is, else CheckTick's user. */
export async function historyOfRequest(on: Queryable, requestId: string): Promise<HistoryEntry[]> {
  const rows = await on.rows(
    row,
    `SELECT e."timestamp" AS at, e.event_type AS event, e.details,
            coalesce((SELECT a.name FROM conclave.admins a WHERE a.user_id = e.actor_id
                       ORDER BY a.disabled_at DESC NULLS FIRST LIMIT 1), u.username) AS by
       FROM surveys_recoveryauditentry e LEFT JOIN auth_user u ON u.id = e.actor_id
      WHERE e.recovery_request_id = $1 ORDER BY e."timestamp", e.id LIMIT 200`,
    [requestId],
  );
  return rows.map(({ at, event, by, details }) => ({
    at,
    what: inWords(event, details),
    by: by ?? 'the system',
  }));
}
