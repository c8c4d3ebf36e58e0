/**
 * Recording how the person who asks was checked, also for requests that CheckTick made itself:
 * `pending_verification` → `verification_in_progress` → `awaiting_primary`.
 * @module
 */
import type { Admin } from '../../admins/admins.ts';
import { delayHoursFor } from '../../config/config.ts';
import { advanceClock, databaseTime } from '../../database/clock.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { tellOfRequest } from './tell.ts';
import type { FlowContext } from '../../trust/context.ts';
import { refuseRecover } from '../../checktick/recover-refusals.ts';
import { lockRequest, recordChange, requestByCode, type RequestRow } from './requests.ts';
import { recordStatedEmail } from './stated-email.ts';
import {
  type Check,
  checksInWords,
  missingCheck,
  recordVerifications,
  verificationsOf,
} from './verifications.ts';

/** The delay of a request in hours: what was asked for, else the least. @throws `delay-too-short` */
export function chosenDelay(config: FlowContext['config'], wanted: number | undefined): number {
  const least = delayHoursFor(config, 'recover');
  // SECURITY: whoever asks for a recovery does not take the time to object away.
  if (wanted !== undefined && wanted < least) throw refuseRecover('delay-too-short', least);
  return wanted ?? least;
}

export interface NewChecks {
  /** At least one. */
  readonly checks: readonly Check[];
  /** Where the evidence lies. */
  readonly reference: string;
  /** The address that the person gave. */
  readonly email?: string | undefined;
}

/** What can be verified: an open request that nobody has approved. */
const UNVERIFIED = ['pending_verification', 'verification_in_progress', 'awaiting_primary'];

/** Inside the caller's transaction, which holds the lock on the request's row. */
export async function verifyIn(
  tx: Queryable,
  request: RequestRow,
  admin: Admin,
  entry: NewChecks,
  now: Date,
): Promise<void> {
  if (!UNVERIFIED.includes(request.status)) {
    throw refuseRecover('request-state', request.status, 'waiting for verification');
  }
  if (admin.userId === request.userId) throw refuseRecover('own-check');
  const before = await verificationsOf(tx, request.id);
  // What approvers are shown does not change under their eyes.
  if (missingCheck(before) === undefined) throw refuseRecover('request-verified');
  await recordVerifications(tx, request.id, entry, admin, now);
  const { email } = entry;
  if (email !== undefined) await recordStatedEmail(tx, request.id, email, admin, now);
  const checks = await verificationsOf(tx, request.id);
  const isWhole = missingCheck(checks) === undefined;
  await tx.run(
    `UPDATE surveys_recoveryrequest SET status = $2, verification_completed_at = $3 WHERE id = $1`,
    [request.id, isWhole ? 'awaiting_primary' : 'verification_in_progress', isWhole ? now : null],
  );
  const words = checksInWords(checks);
  await recordChange(tx, request, {
    event: isWhole ? 'verification_completed' : 'verification_recorded',
    severity: 'info',
    actorId: admin.userId,
    details: { verification: words },
    message: isWhole
      ? `The identity check of recovery ${request.code} is complete.`
      : `A part of the identity check of recovery ${request.code} was recorded.`,
    at: now,
  });
  await appendEvent(tx, {
    type: 'request-verified',
    adminId: admin.id,
    facts: {
      code: request.code,
      checks: words,
      complete: isWhole,
      emailGiven: email !== undefined,
    },
  });
}

/**
 * Records checks of the person. A request that CheckTick made gets at least this sync's delay.
 * @throws Refusal `request-unknown`, `request-state`, `request-verified`, `own-check`,
 *   `delay-too-short`, `stated-email-differs`
 */
export async function verifyRequest(
  context: FlowContext,
  admin: Admin,
  code: string,
  entry: NewChecks & { readonly delayHours?: number | undefined },
): Promise<RequestRow> {
  const { database, config } = context;
  await advanceClock(database);
  const { id } = await requestByCode(database, code);
  await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    const request = await lockRequest(tx, id, now);
    const delay = Math.max(
      chosenDelay(config, entry.delayHours),
      entry.delayHours ?? request.delayHours,
    );
    await verifyIn(tx, request, admin, entry, now);
    // A request that CheckTick made, where no look has told of it before.
    await tellOfRequest(tx, config, request, 'submitted');
    if (delay === request.delayHours) return;
    await tx.run('UPDATE surveys_recoveryrequest SET time_delay_hours = $2 WHERE id = $1', [
      id,
      delay,
    ]);
    await recordChange(tx, request, {
      event: 'time_delay_changed',
      severity: 'info',
      actorId: admin.userId,
      details: { time_delay_hours: delay, before: request.delayHours },
      message: `The delay of recovery ${code} is ${delay} hours.`,
      at: now,
    });
  });
  return requestByCode(database, code);
}
