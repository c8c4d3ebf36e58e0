/**
 * A recovery request as sync answers it.
 * @module
 */
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Queryable } from '../database/database.ts';
import { approvalsOfRequest } from '../flows/request-approve.ts';
import type { RequestRow } from '../flows/requests.ts';
import { statedEmailOf } from '../flows/stated-email.ts';
import { checksInWords, verificationsOf } from '../flows/verifications.ts';
import type { RequestAnswer } from './answers.ts';
import { approvalAnswer } from './show.ts';

export async function showRequest(on: Queryable, found: RequestRow): Promise<RequestAnswer> {
  const checks = await verificationsOf(on, found.id);
  const until = found.delayUntil === null ? null : formatTime(found.delayUntil);
  const status = found.status.replaceAll('_', ' ');
  return {
    code: found.code,
    id: found.id,
    status: found.status,
    sentence: `Recover survey ${found.surveyId} (${found.surveyName}) for user ${found.userId} (${found.userName}): ${status}${until === null ? '' : `, delay until ${until}`}.`,
    userId: found.userId,
    userName: found.userName,
    surveyId: found.surveyId,
    surveyName: found.surveyName,
    submittedAt: formatTime(found.submittedAt),
    delayHours: found.delayHours,
    delayUntil: until,
    createdBy: found.creatorName ?? 'CheckTick',
    verified: checksInWords(checks),
    emailGiven: (await statedEmailOf(on, found.id)) !== null,
    checks: checks.map((one) => ({
      check: one.check,
      reference: one.reference,
      by: one.adminName,
      at: formatTime(one.at),
    })),
    approvals: (await approvalsOfRequest(on, found, checks)).map(approvalAnswer),
  };
}
