/**
 * Approving, rejecting and cancelling recovery requests: every change under the row lock, with
 * its state checked, and written down in CheckTick's audit tables.
 * @module
 */
import { z } from 'zod';
import type { Admin } from '../admins/admins.ts';
import { advanceClock, databaseTime } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import type { FlowContext } from './context.ts';
import { refuseFlow } from './refusals.ts';
import { CLOSED, lockRequest, recordChange, requestByCode, type RequestRow } from './requests.ts';

/** Python's `isoformat()` of a moment in UTC, as CheckTick's details hold it. */
function isoformat(at: Date): string {
  return `${at.toISOString().slice(0, -1)}000+00:00`;
}

/** Locks the request, lets `work` change it, and answers with what it is then. */
async function underLock(
  { database }: FlowContext,
  code: string,
  work: (tx: Queryable, request: RequestRow, now: Date) => Promise<void>,
): Promise<RequestRow> {
  await advanceClock(database);
  const { id } = await requestByCode(database, code);
  await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    await work(tx, await lockRequest(tx, id, now), now);
    await lockRequest(tx, id, now);
  });
  return requestByCode(database, code);
}

/**
 * The first approval, then the second by somebody else; with it the delay begins.
 * @throws Refusal `own-approval`, `approved-already`, `request-state`
 */
export async function approveRequest(
  context: FlowContext,
  admin: Admin,
  code: string,
  reason: string,
): Promise<RequestRow> {
  return underLock(context, code, async (tx, request, now) => {
    const { userId } = admin;
    // SECURITY: compared as people of CheckTick, whichever account they use here.
    if (
      admin.id === request.createdBy ||
      userId === request.creatorUserId ||
      userId === request.userId
    ) {
      throw refuseFlow('own-approval');
    }
    if (userId === request.primaryApprover) throw refuseFlow('approved-already');
    if (request.status === 'awaiting_primary') {
      await tx.run(
        `UPDATE surveys_recoveryrequest SET status = 'awaiting_secondary',
           primary_approver_id = $2, primary_approved_at = $3, primary_reason = $4 WHERE id = $1`,
        [request.id, userId, now, reason],
      );
      await recordChange(tx, request, {
        event: 'primary_approval',
        severity: 'info',
        actorId: userId,
        details: { reason },
        message: `Recovery ${code} has its first approval.`,
        at: now,
      });
    } else if (request.status === 'awaiting_secondary') {
      const until = new Date(now.getTime() + request.delayHours * 3_600_000);
      await tx.run(
        `UPDATE surveys_recoveryrequest SET status = 'in_time_delay', approved_at = $3,
           secondary_approver_id = $2, secondary_approved_at = $3, secondary_reason = $4,
           time_delay_until = $5 WHERE id = $1`,
        [request.id, userId, now, reason, until],
      );
      await recordChange(tx, request, {
        event: 'secondary_approval',
        severity: 'info',
        actorId: userId,
        details: { reason, time_delay_until: isoformat(until) },
        message: `Recovery ${code} has its second approval; its delay runs.`,
        at: now,
      });
    } else {
      throw refuseFlow('request-state', request.status, 'awaiting approval');
    }
    await appendEvent(tx, { type: 'request-approved', adminId: admin.id, facts: { code } });
  });
}

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
  return underLock(context, code, async (tx, request, now) => {
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
    await appendEvent(tx, { type: `request-${how}`, adminId: admin.id, facts: { code } });
  });
}
