/**
 * Approving from outside: fetch the statement, sign what it says, bring the signature.
 * @module
 */
import {
  type ApprovalAction,
  approvalType,
  statementMessage,
} from '../../shared/bundle/approval.ts';
import type { Signer } from '../../shared/encoding/dsse.ts';
import {
  type ApprovedAnswer,
  approvedAnswer,
  type StatementAnswer,
  statementAnswer,
} from '../routes/answers.ts';
import { type Client, refuseClient } from './client.ts';

export interface AskedApproval {
  readonly action: ApprovalAction;
  readonly subject: string;
  readonly reason: string;
  /** The eight words on the witness's paper, for a setup. */
  readonly words?: string;
}

/** @throws Refusal of the service; `sync-answer` when it shows something else than was asked for */
export async function fetchStatement(
  client: Client,
  asked: AskedApproval,
): Promise<StatementAnswer> {
  const open = await client.call(statementAnswer, 'POST', '/v1/statements', { json: asked });
  const { statement } = open;
  // SECURITY: a sync that lies gets no signature for anything else.
  const fits =
    statement.action === asked.action &&
    statement.subject.startsWith(asked.subject) &&
    statement.reason === asked.reason.trim();
  if (!fits) throw refuseClient('sync-answer', 'sync');
  return open;
}

/** Signs a statement with a personal identity, and approves it. */
export async function signStatement(
  client: Client,
  { id, statement }: StatementAnswer,
  signer: Signer,
): Promise<ApprovedAnswer> {
  // SECURITY: encoded here from what was shown here, never taken from the answer as bytes.
  const bytes = approvalType.encodeBody(statement);
  const signature = await signer.sign(statementMessage(bytes, statement.mode));
  const proof = { kind: 'identity', signature: Buffer.from(signature).toString('base64') };
  return client.call(approvedAnswer, 'POST', `/v1/statements/${id}/approve`, { json: { proof } });
}
