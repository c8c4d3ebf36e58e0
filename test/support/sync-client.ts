/**
 * Calls of sync's HTTP port in tests: an answer, or the problem it gave.
 * @module
 */
import {
  type ApprovalAction,
  approvalType,
  statementMessage,
} from '../../shared/bundle/approval.ts';
import type { Signer } from '../../shared/encoding/dsse.ts';
import { type Problem, problemSchema } from '../../sync/http/problem.ts';
import type { ApprovedAnswer, FileAnswer, StatementAnswer } from '../../sync/routes/answers.ts';

/** What sync answered instead of doing it. */
export class ProblemAnswer extends Error {
  readonly problem: Problem;
  readonly code: string;

  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.title} ${problem.detail} ${problem.next}`);
    this.problem = problem;
    this.code = problem.code;
  }
}

/** Why, and for a setup the words. */
export interface ApprovalEntry {
  readonly reason: string;
  readonly words?: string;
}

export interface Caller {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: object | Uint8Array): Promise<T>;
  /** The statement that this admin would sign. */
  show(action: ApprovalAction, subject: string, entry: ApprovalEntry): Promise<StatementAnswer>;
  /** Brings a proof; default this admin's own signature under exactly what was shown. */
  sign(open: StatementAnswer, proof?: object): Promise<ApprovedAnswer>;
  /** Both, as an honest admin does it. */
  approve(action: ApprovalAction, subject: string, entry: ApprovalEntry): Promise<ApprovedAnswer>;
}

/** A signature of a personal identity under a statement. */
export async function proofBy(
  signer: Signer,
  { statement }: Pick<StatementAnswer, 'statement'>,
): Promise<{ readonly kind: 'identity'; readonly signature: string }> {
  const message = statementMessage(approvalType.encodeBody(statement), statement.mode);
  const signature = await signer.sign(message);
  return { kind: 'identity', signature: Buffer.from(signature).toString('base64') };
}

/**
 * @param address of the service
 * @param token of the admin who calls
 * @param signer the identity with which this admin approves
 */
export function caller(address: string, token: string, signer?: Signer): Caller {
  async function send<T>(method: string, path: string, body?: object | Uint8Array): Promise<T> {
    const isFile = body instanceof Uint8Array;
    const response = await fetch(`${address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined
          ? {}
          : { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isFile ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer as T;
    throw new ProblemAnswer(problemSchema.parse(answer));
  }
  const show: Caller['show'] = (action, subject, entry) =>
    send('POST', '/v1/statements', { action, subject, ...entry });
  const sign: Caller['sign'] = async (open, proof) => {
    if (signer === undefined) throw new Error('this admin has no identity in this test');
    const brought = proof ?? (await proofBy(signer, open));
    return send('POST', `/v1/statements/${open.id}/approve`, { proof: brought });
  };
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    show,
    sign,
    approve: async (action, subject, entry) => sign(await show(action, subject, entry)),
  };
}

export function bytesOf(file: FileAnswer): Uint8Array {
  return new Uint8Array(Buffer.from(file.content, 'base64'));
}
