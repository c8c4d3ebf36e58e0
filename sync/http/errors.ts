/**
 * Every error that leaves the HTTP port, in one form.
 * @module
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../shared/refusal.ts';
import type { Meanings } from '../meaning.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';
import { refuseRequest } from './refusals.ts';
import { retrySeconds } from '../retry.ts';

type OnError = (
  error: FastifyError | Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
) => FastifyReply;

/** The answer to whatever went wrong; also (`frameworkErrors`) to an address that cannot be read. */
export function errorAnswer(
  meanings: Meanings,
  bodyLimitBytes: number,
  background: () => number | undefined,
): OnError {
  return (error, request, reply) => {
    const refusal = toRefusal(error, request.id, bodyLimitBytes);
    const retry = retrySeconds(refusal, meanings, background());
    const problem = problemOf(refusal, meanings, request.id, retry);
    if (refusal.code === 'internal-fault') request.log.error({ err: error }, 'fault');
    else request.log.info({ code: refusal.code, culprit: refusal.culprit }, 'refused');
    return reply
      .code(problem.status)
      .type(PROBLEM_TYPE)
      .headers(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {})
      .headers(retry === undefined ? {} : { 'retry-after': String(retry) })
      .send(problem);
  };
}

export function installErrors(app: FastifyInstance, onError: OnError): void {
  app.setErrorHandler(onError);
  app.setNotFoundHandler(() => {
    throw refuseRequest('no-such-address');
  });
}

function toRefusal(
  error: FastifyError | Refusal,
  requestId: string,
  bodyLimitBytes: number,
): Refusal {
  if (error instanceof Refusal) return error;
  if (error.validation !== undefined) {
    const [first] = error.validation;
    // The path only: the value could be anything, a token too.
    const where = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`;
    return refuseRequest('request-invalid', where);
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refuseRequest('request-too-large', bodyLimitBytes);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refuseRequest('request-type');
    default:
      break;
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return refuseRequest('request-invalid', 'request');
  }
  return refuseRequest('internal-fault', requestId);
}
