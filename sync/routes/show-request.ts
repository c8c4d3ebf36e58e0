/**
 * A recovery request as sync answers it.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import { wayInWords } from '../../shared/bundle/organisation-way.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Queryable } from '../database/database.ts';
import { basesOf, basisOf, type RequestBasis } from '../flows/requests/approve.ts';
import type { RequestRow } from '../flows/requests/requests.ts';
import { checksInWords } from '../flows/requests/verifications.ts';
import type { RequestAnswer } from './answers.ts';
import { approvalAnswer } from './show.ts';

export async function showRequest(on: Queryable, found: RequestRow): Promise<RequestAnswer> {
  return requestAnswerOf(await basisOf(on, found));
}

/** Many at once, in their order. */
export async function showRequests(
  on: Queryable,
  rows: readonly RequestRow[],
): Promise<RequestAnswer[]> {
  return (await basesOf(on, rows)).map(requestAnswerOf);
}

export function requestAnswerOf({
  request: found,
  checks,
  stated,
  approvals,
}: RequestBasis): RequestAnswer {
  const until = found.delayUntil === null ? null : formatTime(found.delayUntil);
  const status = found.status.replaceAll('_', ' ');
  const through =
    found.organisation === null ? '' : `, with the passphrase of ${wayInWords(found.organisation)}`;
  return {
    code: found.code,
    id: found.id,
    status: found.status,
    sentence: `Recover survey ${found.surveyId} (${asOneLine(found.surveyName)}) for user ${found.userId} (${asOneLine(found.userName)})${through}: ${status}${until === null ? '' : `, delay until ${until}`}.`,
    userId: found.userId,
    userName: found.userName,
    surveyId: found.surveyId,
    surveyName: found.surveyName,
    organisation: found.organisation,
    submittedAt: formatTime(found.submittedAt),
    delayHours: found.delayHours,
    delayUntil: until,
    createdBy: found.creatorName ?? 'CheckTick',
    verified: checksInWords(checks),
    emailGiven: stated !== null,
    checks: checks.map((one) => ({
      check: one.check,
      reference: one.reference,
      by: one.adminName,
      at: formatTime(one.at),
    })),
    approvals: approvals.map(approvalAnswer),
  };
}
