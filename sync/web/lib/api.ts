/**
 * Calls of sync's interface: an answer, or the problem that came instead.
 * @module
 */
import type { Problem } from '../../http/problem.ts';

/** What sync answered instead of doing it; also when it did not answer at all. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** A problem that the page met by itself, without sync. */
export const ownProblem = (
  code: string,
  said: Pick<Problem, 'title' | 'detail' | 'next' | 'changed'>,
): Problem => ({
  type: `urn:conclave:refusal:${code}`,
  status: 0,
  code,
  requestId: '',
  ...said,
});

/** @param changing whether what was asked for changes anything */
export function silent(changing: boolean): Problem {
  return {
    ...ownProblem('no-answer', {
      title: 'Sync did not answer.',
      ...(changing
        ? {
            detail: 'What you asked for was either done whole or not at all.',
            next: 'Check your network, wait until this page shows the state again, and look before you ask once more: a request, a package, a code or a token would be made twice.',
            changed: 'perhaps',
          }
        : {
            detail: 'Only looking was asked for. Waiting is safe.',
            next: 'Check your network. This page tries again by itself.',
            changed: 'no',
          }),
    }),
    part: 'sync',
  };
}

function isProblem(body: unknown): body is Problem {
  const has = (key: string): boolean =>
    typeof (body as Record<string, unknown> | null)?.[key] === 'string';
  return ['title', 'detail', 'next', 'code', 'changed'].every(has);
}

type Body = object | Uint8Array<ArrayBuffer>;

/**
 * The answer as it comes, for what is no JSON.
 * @throws ProblemError
 */
export async function send(method: 'GET' | 'POST', path: string, body?: Body): Promise<Response> {
  const isFile = body instanceof Uint8Array;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        'x-conclave': '1',
        ...(body === undefined
          ? {}
          : { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    });
  } catch {
    throw new ProblemError(silent(method === 'POST'));
  }
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => null);
  throw new ProblemError(isProblem(answer) ? answer : silent(method === 'POST'));
}

/** @throws ProblemError */
export async function call<T>(method: 'GET' | 'POST', path: string, body?: Body): Promise<T> {
  const response = await send(method, path, body);
  try {
    return (await response.json()) as T;
  } catch {
    throw new ProblemError(silent(method === 'POST'));
  }
}

/** Whatever was thrown, for people. A browser's passkey prompt throws errors of its own. */
export function problemOf(cause: unknown): Problem {
  if (cause instanceof ProblemError) return cause.problem;
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'AbortError') {
    return ownProblem('passkey-cancelled', {
      title: 'The passkey was not used.',
      detail: 'The prompt was closed, or its time was over. Nothing was changed.',
      next: 'Try again when your key is at hand.',
      changed: 'no',
    });
  }
  if (name === 'InvalidStateError') {
    return ownProblem('passkey-known', {
      title: 'This key is registered for you already.',
      detail: 'Nothing was changed.',
      next: 'Use another key, or sign in with this one.',
      changed: 'no',
    });
  }
  return ownProblem('page-fault', {
    title: 'The page met a fault of its own.',
    detail: cause instanceof Error ? cause.message : 'It is not known why.',
    next: 'Reload the page and look at the state before you repeat anything.',
    changed: 'perhaps',
  });
}
