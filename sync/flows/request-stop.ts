/**
 * Rejecting and cancelling recovery requests: it needs a reason and no key, because stopping must be
 * easy.
 * @module
 */
import { z } from 'zod';
import type { Admin } from '../admins/admins.ts';
import { advanceClock, databaseTime } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import { appendEvent } from '../database/documents.ts';
import { tellOfRequest } from '../mail/tell.ts';
import type { FlowContext } from './context.ts';
import { refuseFlow } from './refusals.ts';
import { CLOSED, lockRequest, recordChange, requestByCode, type RequestRow } from './requests.ts';

/** How a request is ended before anything was written. */
const STOPS = {
  rejected: {
    set: `status = 'rejected', rejected_by_id = $2, rejected_at = $3, rejection_reason = $4`,
    event: 'request_rejected',
  },
  cancelled: {
    set: `status = 'cancelled', cancelled_by_id = $2, cancelled_at = $3, cancellation_reason = $4`,
    event: 'request_cancelled',
  },
} as const;

/**
 * Rejects or cancels a request, at any time before its commit begins. A bundle for it gets its
 * negative receipt when somebody tries to commit it.
 * @throws Refusal `request-state`, `request-busy`
 */
export async function stopRequest(
  context: FlowContext,
  admin: Admin,
  code: string,
  how: keyof typeof STOPS,
  reason: string,
): Promise<RequestRow> {
  const { database } = context;
  await advanceClock(database);
  const { id } = await requestByCode(database, code);
  await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    const request = await lockRequest(tx, id, now);
    if (CLOSED.includes(request.status)) {
      throw refuseFlow('request-state', request.status, 'open');
    }
    const { busy } = await tx.one(
      z.object({ busy: columns.boolean }),
      `SELECT EXISTS (SELECT FROM conclave.intents i
         JOIN conclave.bundles b ON b.digest = i.bundle_digest
         JOIN conclave.packages p ON p.nonce = b.nonce
        WHERE p.request_id = $1 AND i.step = 'commit' AND i.finished_at IS NULL) AS busy`,
      [request.id],
    );
    if (busy) throw refuseFlow('request-busy');
    const { set, event } = STOPS[how];
    await tx.run(`UPDATE surveys_recoveryrequest SET ${set} WHERE id = $1`, [
      request.id,
      admin.userId,
      now,
      reason,
    ]);
    await recordChange(tx, request, {
      event,
      severity: 'warning',
      actorId: admin.userId,
      details: { reason },
      message: `Recovery ${code} was ${how}.`,
      at: now,
    });
    await tellOfRequest(tx, context.config, request, 'stopped');
    await appendEvent(tx, { type: `request-${how}`, adminId: admin.id, facts: { code } });
  });
  return requestByCode(database, code);
}
