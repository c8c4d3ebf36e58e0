/**
 * Approving recovery requests: two people who neither asked, nor checked the person, nor are the
 * user; with the second the delay begins. Every change is under the row lock, and written down in
 * CheckTick's audit tables.
 * @module
 */
import { createHash } from 'node:crypto';
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { wayInWords } from '../../../shared/bundle/organisation-way.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import type { Admin } from '../../admins/admins.ts';
import type { Approvable, Recorded, Shown } from '../../approvals/approvable.ts';
import {
  type Approval,
  approvalsOfAll,
  delayedUntil,
  signedEnd,
  type Excluded,
  isOneOf,
  type Judging,
  twoDifferentApprovers,
  verifiedApprovals,
  type VerifiedApproval,
} from '../../approvals/approvals.ts';
import { refuseApproval } from '../../approvals/refusals.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { tellOfRequest } from './tell.ts';
import type { FlowContext } from '../../trust/context.ts';
import { refuseRecover } from '../../checktick/recover-refusals.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { lockRequest, recordChange, requestByCode, type RequestRow } from './requests.ts';
import { statedEmailFact, statedEmailOf, statedEmailsOf } from './stated-email.ts';
import {
  assertVerified,
  checkFact,
  type Verification,
  verificationsOf,
  verificationsOfAll,
} from './verifications.ts';

export const REQUEST_APPROVE = 'request-approve';

/** Python's `isoformat()` of a moment in UTC, as CheckTick's details hold it. */
function isoformat(at: Date): string {
  return `${at.toISOString().slice(0, -1)}000+00:00`;
}

/**
 * What approvers approve: this request, its delay, how the person was checked, the address given, and
 * whose key opens it.
 */
export function requestSubject(
  request: Pick<RequestRow, 'id' | 'code' | 'userId' | 'surveyId' | 'delayHours' | 'organisation'>,
  checks: readonly Verification[],
  stated: string | null,
): Uint8Array {
  const { id, code, userId, surveyId, delayHours, organisation } = request;
  const checked = checks.map(({ check, reference, adminId, at }) => ({
    check,
    reference,
    adminId,
    at: at.toISOString(),
  }));
  // Only where there is one: what was approved before there were any stays approved.
  const email = stated === null ? {} : { stated };
  const way = organisation === null ? {} : { organisation };
  return createHash('sha256')
    .update(
      encodeJson({
        type: REQUEST_APPROVE,
        id,
        code,
        userId,
        surveyId,
        delayHours,
        checked,
        ...email,
        ...way,
      }),
    )
    .digest();
}

/** A request, and what its approvals hang on beside its row. */
export interface RequestBasis {
  readonly request: RequestRow;
  readonly checks: readonly Verification[];
  /** Null: none was recorded. */
  readonly stated: string | null;
  /** For people to look at; oldest first. */
  readonly approvals: readonly Approval[];
}

/** That of many requests at once, in their order. */
export async function basesOf(
  on: Queryable,
  requests: readonly RequestRow[],
): Promise<RequestBasis[]> {
  const ids = requests.map(({ id }) => id);
  const checks = await verificationsOfAll(on, ids);
  const stated = await statedEmailsOf(on, ids);
  const named = requests.map((request) => {
    const own = { checks: checks.get(request.id) ?? [], stated: stated.get(request.id) ?? null };
    const subject = bytesToHex(requestSubject(request, own.checks, own.stated));
    return { request, ...own, subject };
  });
  const approvals = await approvalsOfAll(
    on,
    REQUEST_APPROVE,
    named.map(({ subject }) => subject),
  );
  return named.map(({ subject, ...own }) => ({ ...own, approvals: approvals.get(subject) ?? [] }));
}

export async function basisOf(on: Queryable, request: RequestRow): Promise<RequestBasis> {
  const [only] = await basesOf(on, [request]);
  if (only === undefined) throw new Error('the basis of a request is missing');
  return only;
}

/** Who may not approve: whoever asked, whoever checked the person, and the user himself. */
export function excludedFrom(request: RequestRow, checks: readonly Verification[]): Excluded[] {
  return [
    { adminId: request.createdBy, userId: request.creatorUserId },
    { adminId: null, userId: request.userId },
    ...checks,
  ];
}

/**
 * Two different people approved this request, by proofs that are verified now, the delay that
 * they signed is over, and what they signed is not.
 * @throws Refusal `approvals-missing`, `approval-altered`, `delay-altered`, `check-aged`,
 *   `identity-unverified`
 */
export async function assertApprovedByTwo(
  on: Queryable,
  judging: Judging,
  request: RequestRow,
  now: Date,
): Promise<void> {
  const checks = await verificationsOf(on, request.id);
  const stated = await statedEmailOf(on, request.id);
  const about = {
    subject: requestSubject(request, checks, stated),
    kind: REQUEST_APPROVE,
  } as const;
  assertTwoSigned(request, checks, await verifiedApprovals(on, judging, about), now);
}

/** As {@link assertApprovedByTwo}, of approvals that were verified. */
export function assertTwoSigned(
  request: RequestRow,
  checks: readonly Verification[],
  approvals: readonly VerifiedApproval[],
  now: Date,
): void {
  assertVerified(checks);
  // The two that CheckTick's own columns name, whichever was first within one second.
  const named = approvals.filter(
    ({ userId }) => userId === request.primaryApprover || userId === request.secondaryApprover,
  );
  const two = twoDifferentApprovers(named, { notAlso: excludedFrom(request, checks) });
  if (two === undefined) throw refuseFlow('approvals-missing', 'request');
  const until = delayedUntil(two);
  if (until > now || request.delayUntil === null || request.delayUntil < until) {
    throw refuseApproval('delay-altered', formatTime(until));
  }
  const end = signedEnd(two);
  if (end !== null) assertFresh(end, now);
}

function assertFresh(end: Date, now: Date): void {
  if (end <= now) throw refuseApproval('check-aged', formatTime(end));
}

/** A request as people see it; foreign text as one line each. */
function sentenceOf(request: RequestRow): string {
  const survey = `${request.surveyId} (${asOneLine(request.surveyName)})`;
  const user = `${request.userId} (${asOneLine(request.userName)})`;
  const { organisation } = request;
  const through =
    organisation === null ? '' : `, with the passphrase of ${wayInWords(organisation)}`;
  return `Recover survey ${survey} for user ${user}, request ${request.code}${through}.`;
}

/**
 * Whether this admin may approve the request as it stands.
 * @throws Refusal `own-approval`, `approved-already`, `request-state`, `identity-unverified`,
 *   `check-aged`, `approvals-missing`
 */
export function assertOpenTo(
  admin: Admin,
  { request, checks, approvals }: Omit<RequestBasis, 'stated'>,
  now: Date,
): void {
  // SECURITY: compared as people of CheckTick, whichever account they use here.
  const person = { adminId: admin.id, userId: admin.userId };
  if (isOneOf(person, excludedFrom(request, checks))) throw refuseFlow('own-approval');
  if (admin.userId === request.primaryApprover) throw refuseFlow('approved-already');
  if (/verification/.test(request.status)) assertVerified(checks);
  if (request.status !== 'awaiting_primary' && request.status !== 'awaiting_secondary') {
    throw refuseRecover('request-state', request.status, 'awaiting approval');
  }
  assertVerified(checks);
  assertFresh(goodUntil(request, checks), now);
  // CheckTick's own first approval is proved by nobody's key, so nothing could come of a second.
  if ((request.status === 'awaiting_secondary') !== approvals.length > 0) {
    throw refuseFlow('approvals-missing', 'request');
  }
  if (isOneOf(person, approvals)) throw refuseFlow('approved-already');
}

/** Days for which a check of the person's identity may be acted on, beside the delay. */
const CHECK_DAYS = 30;

/** Until when the request can be approved and its package released: its last check ages. */
export function goodUntil(
  { delayHours }: Pick<RequestRow, 'delayHours'>,
  checks: readonly Pick<Verification, 'at'>[],
): Date {
  const last = Math.max(...checks.map(({ at }) => at.getTime()));
  return new Date(last + CHECK_DAYS * 86_400_000 + delayHours * 3_600_000);
}

async function show(
  tx: Queryable,
  _context: FlowContext,
  { admin, subject: code, now }: Parameters<Approvable['show']>[2],
): Promise<Shown> {
  const request = await lockRequest(tx, (await requestByCode(tx, code)).id, now);
  const { checks, stated, approvals: before } = await basisOf(tx, request);
  assertOpenTo(admin, { request, checks, approvals: before }, now);
  const subjectDigest = requestSubject(request, checks, stated);
  return {
    subject: request.code,
    subjectDigest,
    sentence: sentenceOf(request),
    delayHours: request.delayHours,
    expiresAt: goodUntil(request, checks),
    facts: [
      ['asked for by', asOneLine(request.creatorName ?? 'CheckTick')],
      ['asked at', formatTime(request.submittedAt)],
      ...(request.reason === null
        ? []
        : [['reason of the request', asOneLine(request.reason, 1_000)] as const]),
      ...checks.map((one) => checkFact(one, formatTime(one.at))),
      ['address that the person gave', await statedEmailFact(tx, stated, request.userId)],
      ...before.map(
        (one) =>
          [
            'first approval',
            `${asOneLine(one.adminName)} at ${formatTime(one.at)}: ${asOneLine(one.reason, 600)}`,
          ] as const,
      ),
      ['after this', before.length === 0 ? 'one more approver is needed' : 'the delay begins'],
    ],
  };
}

async function apply(
  tx: Queryable,
  { config }: FlowContext,
  { admin, reason, shown, now }: Recorded,
): Promise<void> {
  const code = shown.subject;
  const { id } = await requestByCode(tx, code);
  const request = await lockRequest(tx, id, now);
  const { userId } = admin;
  const change = { severity: 'info', actorId: userId, at: now } as const;
  if (request.status === 'awaiting_primary') {
    await tx.run(
      `UPDATE surveys_recoveryrequest SET status = 'awaiting_secondary',
         primary_approver_id = $2, primary_approved_at = $3, primary_reason = $4 WHERE id = $1`,
      [id, userId, now, reason],
    );
    await recordChange(tx, request, {
      ...change,
      event: 'primary_approval',
      details: { reason },
      message: `Recovery ${code} has its first approval.`,
    });
    await tellOfRequest(tx, config, request, 'approved');
  } else {
    const until = new Date(now.getTime() + request.delayHours * 3_600_000);
    await tx.run(
      `UPDATE surveys_recoveryrequest SET status = 'in_time_delay', approved_at = $3,
         secondary_approver_id = $2, secondary_approved_at = $3, secondary_reason = $4,
         time_delay_until = $5 WHERE id = $1`,
      [id, userId, now, reason, until],
    );
    await recordChange(tx, request, {
      ...change,
      event: 'secondary_approval',
      details: { reason, time_delay_until: isoformat(until) },
      message: `Recovery ${code} has its second approval; its delay runs.`,
    });
    await tellOfRequest(tx, config, request, 'delay', { until });
  }
  await appendEvent(tx, { type: 'request-approved', adminId: admin.id, facts: { code } });
  await lockRequest(tx, id, now);
}

/** @throws Refusal `own-approval`, `approved-already`, `request-state`, `identity-unverified` */
export const approveRequest: Approvable = {
  action: REQUEST_APPROVE,
  roles: ['approver'],
  show,
  apply,
};
