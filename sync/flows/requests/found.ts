/**
 * Requests that CheckTick made itself: their users are told as soon as sync sees them, long before
 * an admin takes them up. Safe in every replica at once: what is told is told once.
 * @module
 */
import { z } from 'zod';
import { databaseTime } from '../../database/clock.ts';
import { columns } from '../../database/columns.ts';
import { tellOfRequest } from './tell.ts';
import type { FlowContext } from '../../trust/context.ts';
import { CLOSED, lockRequest } from './requests.ts';

/** An older one was asked before anybody could have been told; whoever takes it up tells of it. */
const NEW_DAYS = 30;
/** Of one look; the next ones follow with the next. */
const AT_MOST = 100;

const found = z.object({ id: columns.uuid });

/** Not yet told, and tellable. */
const UNTOLD = `
  SELECT r.id FROM surveys_recoveryrequest r
    JOIN auth_user u ON u.id = r.user_id AND u.email <> ''
   WHERE r.status <> ALL ($1::text[]) AND r.submitted_at > $2::timestamptz
     AND NOT EXISTS (SELECT FROM conclave.requests c WHERE c.request_id = r.id)
     AND NOT EXISTS (SELECT FROM conclave.outbox o
          WHERE o.request_id = r.id AND o.key LIKE 'request:' || r.id || ':submitted:%')
     AND NOT EXISTS (SELECT FROM conclave.events e
          WHERE e.type = 'mail-no-address' AND e.facts ->> 'code' = r.request_code
            AND e.facts ->> 'told' = 'submitted')`;

/** Tells the users of all that CheckTick made lately. Without mail settings nobody is told. */
export async function tellOfFound(context: FlowContext): Promise<void> {
  const { database, config } = context;
  if (config.mail === undefined) return;
  const { now } = await databaseTime(database);
  const values = [[...CLOSED], new Date(now.getTime() - NEW_DAYS * 86_400_000)];
  const untold = await database.rows(
    found,
    `${UNTOLD} ORDER BY r.submitted_at LIMIT ${AT_MOST}`,
    values,
  );
  for (const { id } of untold) {
    await database.transaction(async (tx) => {
      const { now: at } = await databaseTime(tx);
      const request = await lockRequest(tx, id, at);
      // Another replica may have told it while this one waited for the row.
      const still = await tx.maybe(found, `${UNTOLD} AND r.id = $3`, [...values, id]);
      if (still !== undefined) await tellOfRequest(tx, config, request, 'submitted');
    });
  }
}
