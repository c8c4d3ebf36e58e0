/**
 * Rejecting and cancelling recovery requests: it needs a reason and no key, because stopping must be
 * easy.
 * @module
 */
import type { Admin } from '../../admins/admins.ts';
import { databaseTime } from '../../database/clock.ts';
import { appendEvent } from '../../database/documents.ts';
import { tellOfRequest } from '../requests/tell.ts';
import { type FlowContext, situationToSign } from '../../trust/context.ts';
import { destroySpentKeysIfPossible } from '../bundles/receipts.ts';
import { refuseRecover } from '../../checktick/recover-refusals.ts';
import { endAllOf, lockAllOf, stoppedStatement } from './request-end.ts';
import { CLOSED, recordChange, requestByCode, type RequestRow } from '../requests/requests.ts';

/** How a request is ended before anything was written; the outcome is that of the receipts. */
const STOPS = {
  rejected: {
    set: `status = 'rejected', rejected_by_id = $2, rejected_at = $3, rejection_reason = $4`,
    event: 'request_rejected',
    outcome: 'refused',
  },
  cancelled: {
    set: `status = 'cancelled', cancelled_by_id = $2, cancelled_at = $3, cancellation_reason = $4`,
    event: 'request_cancelled',
    outcome: 'objected',
  },
} as const;

/**
 * Rejects or cancels a request, at any time before its commit has written. Its packages and bundles
 * end with it, each with a signed negative receipt; while Vault is away, receipts follow later (due.ts).
 * @throws Refusal `request-state`; `request-busy` once its commit has written
 */
export async function stopRequest(
  context: FlowContext,
  admin: Admin,
  code: string,
  how: keyof typeof STOPS,
  reason: string,
): Promise<RequestRow> {
  const { database } = context;
  const situation = await situationToSign(context);
  const { id } = await requestByCode(database, code);
  await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    const hanging = await lockAllOf(tx, id, now);
    const { request } = hanging;
    if (CLOSED.includes(request.status)) {
      throw refuseRecover('request-state', request.status, 'open');
    }
    if (hanging.written) throw refuseRecover('request-busy');
    const { set, event, outcome } = STOPS[how];
    const statement = stoppedStatement(how, reason);
    const ending = { outcome, statement, adminId: admin.id };
    if (situation !== undefined) await endAllOf(tx, context, situation, hanging, ending, now);
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
  await destroySpentKeysIfPossible(context);
  return requestByCode(database, code);
}
