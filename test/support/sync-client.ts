/**
 * Calls of sync's HTTP port in tests: an answer, or the problem it gave.
 * @module
 */
import { type Problem, problemSchema } from '../../sync/http/problem.ts';
import type { FileAnswer } from '../../sync/routes/answers.ts';

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

export interface Caller {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: object | Uint8Array): Promise<T>;
}

/** @param address of the service @param token of the admin who calls */
export function caller(address: string, token: string): Caller {
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
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
  };
}

export function bytesOf(file: FileAnswer): Uint8Array {
  return new Uint8Array(Buffer.from(file.content, 'base64'));
}
