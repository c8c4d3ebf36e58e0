/**
 * CheckTick's recovery requests: found by code, locked, and moved on when their delay is over.
 * @module
 */
import { z } from 'zod';
import { organisationWay } from '../../../shared/bundle/package.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { type Severity, writeAuditLog, writeRecoveryEntry } from '../../checktick/audit-log.ts';
import { LIST_AT_MOST, type QueuePart } from '../../database/lists.ts';
import { refuseRecover } from '../../checktick/recover-refusals.ts';

export const REQUEST_CODE = /^[A-Z]{3}-[0-9]{3}-[A-Z]{3}$/;
/** Nothing happens to a request any more in these. */
export const CLOSED: readonly string[] = ['completed', 'rejected', 'cancelled'];

const row = z.object({
  id: columns.uuid,
  code: columns.text,
  userId: columns.integer,
  userName: columns.text,
  surveyId: columns.integer,
  surveyName: columns.text,
  /**
   * Whose key opens the survey's key; null: the user's own escrow does. SECURITY: CheckTick's column; what is not
   * ours or not whole counts as none, and approvals name what they approved.
   */
  organisation: organisationWay.nullable().catch(null),
  status: columns.text,
  submittedAt: columns.time,
  delayHours: columns.integer,
  delayUntil: columns.time.nullable(),
  primaryApprover: columns.integer.nullable(),
  secondaryApprover: columns.integer.nullable(),
  createdBy: columns.uuid.nullable(),
  creatorName: columns.text.nullable(),
  creatorUserId: columns.integer.nullable(),
  reason: columns.text.nullable(),
});
export type RequestRow = z.infer<typeof row>;

const SELECT = `SELECT r.id, r.request_code AS code, r.user_id AS "userId",
    u.username AS "userName", r.survey_id AS "surveyId", s.name AS "surveyName", r.status,
    r.user_context -> 'organisation' AS organisation,
    r.submitted_at AS "submittedAt", r.time_delay_hours AS "delayHours",
    r.time_delay_until AS "delayUntil", r.primary_approver_id AS "primaryApprover",
    r.secondary_approver_id AS "secondaryApprover", c.created_by AS "createdBy",
    a.name AS "creatorName", a.user_id AS "creatorUserId", c.reason
  FROM surveys_recoveryrequest r
  JOIN auth_user u ON u.id = r.user_id
  JOIN surveys_survey s ON s.id = r.survey_id
  LEFT JOIN conclave.requests c ON c.request_id = r.id
  LEFT JOIN conclave.admins a ON a.id = c.created_by`;

/** @throws Refusal `request-unknown` */
export async function requestByCode(on: Queryable, code: string): Promise<RequestRow> {
  const found = await on.maybe(row, `${SELECT} WHERE r.request_code = $1`, [code]);
  if (found === undefined) throw refuseRecover('request-unknown', code);
  return found;
}

/** @throws Refusal `request-unknown` */
export async function requestById(on: Queryable, id: string): Promise<RequestRow> {
  const found = await on.maybe(row, `${SELECT} WHERE r.id = $1`, [id]);
  if (found === undefined) throw refuseRecover('request-unknown', id);
  return found;
}

/** Those that are there, by id. */
export async function requestsByIds(
  on: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RequestRow>> {
  const found = await on.rows(row, `${SELECT} WHERE r.id = ANY ($1::uuid[])`, [ids]);
  return new Map(found.map((one) => [one.id, one]));
}

/** Newest first; those after `before` (a code). */
export async function listRequests(on: Queryable, before?: string): Promise<RequestRow[]> {
  return on.rows(
    row,
    `${SELECT} WHERE $1::text IS NULL OR (r.submitted_at, r.id) <
         (SELECT submitted_at, id FROM surveys_recoveryrequest WHERE request_code = $1)
      ORDER BY r.submitted_at DESC, r.id DESC LIMIT ${LIST_AT_MOST}`,
    [before ?? null],
  );
}

/** For the page's queue: what waits for people before what waits for time, then newest first. */
export async function queuedRequests(on: Queryable, part: QueuePart): Promise<RequestRow[]> {
  return on.rows(
    row,
    `${SELECT} WHERE (r.status <> ALL ($1::text[])) = $2
      ORDER BY r.status LIKE 'awaiting%' DESC, r.status LIKE '%verification%' DESC,
               r.submitted_at DESC, r.id LIMIT $3`,
    [CLOSED, part.open, part.atMost],
  );
}

function isDelayOver({ status, delayUntil }: RequestRow, now: Date): boolean {
  return status === 'in_time_delay' && delayUntil !== null && delayUntil <= now;
}

/** As {@link lockRequest} would give it, of a row that was read; for people to look at. */
export function asOf(request: RequestRow, now: Date): RequestRow {
  return isDelayOver(request, now) ? { ...request, status: 'ready_for_execution' } : request;
}

/**
 * Locks a request and, when its delay is over by the database's clock, moves it to
 * `ready_for_execution`, as CheckTick's own timer would.
 * @throws Refusal `request-unknown`
 */
export async function lockRequest(tx: Queryable, id: string, now: Date): Promise<RequestRow> {
  const select = `${SELECT} WHERE r.id = $1 FOR UPDATE OF r`;
  const found = await tx.maybe(row, select, [id]);
  if (found === undefined) throw refuseRecover('request-unknown', id);
  if (!isDelayOver(found, now)) return found;
  await tx.run(`UPDATE surveys_recoveryrequest SET status = 'ready_for_execution' WHERE id = $1`, [
    id,
  ]);
  await writeRecoveryEntry(tx, {
    requestId: id,
    eventType: 'time_delay_complete',
    severity: 'info',
    actor: null,
    details: { time_delay_hours: found.delayHours },
    at: now,
  });
  return tx.one(row, select, [id]);
}

/** @throws Refusal `request-waits` while its delay runs, `request-state` otherwise */
export function assertReady(request: RequestRow): void {
  if (request.status === 'ready_for_execution') return;
  if (request.status === 'in_time_delay' && request.delayUntil !== null) {
    throw refuseRecover('request-waits', request.delayUntil.toISOString());
  }
  throw refuseRecover('request-state', request.status, 'ready_for_execution');
}

const email = z.object({ email: columns.text });

/** A state change in both of CheckTick's audit tables. The caller holds the row lock. */
export async function recordChange(
  tx: Queryable,
  request: Pick<RequestRow, 'id' | 'code' | 'userId' | 'surveyId'>,
  change: {
    readonly event: string;
    readonly severity: Severity;
    readonly actorId: number;
    readonly details: Readonly<Record<string, string | number | boolean>>;
    readonly message: string;
    readonly at: Date;
  },
): Promise<void> {
  const actor = await tx.one(email, 'SELECT email FROM auth_user WHERE id = $1', [change.actorId]);
  await writeRecoveryEntry(tx, {
    requestId: request.id,
    eventType: change.event,
    severity: change.severity,
    actor: { userId: change.actorId, email: actor.email },
    details: change.details,
    at: change.at,
  });
  await writeAuditLog(tx, {
    actorId: change.actorId,
    scope: 'survey',
    action: 'key_recovery',
    severity: change.severity,
    surveyId: request.surveyId,
    targetUserId: request.userId,
    metadata: { request_code: request.code, event: change.event },
    message: change.message,
    at: change.at,
  });
}
