/**
 * Turns errors of the driver into refusals. Codes: PostgreSQL's appendix A (SQLSTATE) and Node's.
 * @module
 */
import { Refusal } from '../../shared/refusal.ts';
import { refuseDatabase } from './refusals.ts';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EACCES',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

const CERTIFICATE =
  /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** The code of a Node or PostgreSQL error, also through an AggregateError (several addresses). */
export function errorCode(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return errorCode(cause.errors[0]);
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? cause.code : '';
}

/** Which constraint a row broke (SQLSTATE class 23); empty where it is no such error. */
export function constraintOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('constraint' in cause)) return '';
  return typeof cause.constraint === 'string' ? cause.constraint : '';
}

export function isCertificateCode(code: string): boolean {
  return CERTIFICATE.test(code);
}

/** 40001 serialization failure, 40P01 deadlock: PostgreSQL asks to run the transaction again. */
export function isRetryable(cause: unknown): boolean {
  const code = errorCode(cause);
  return code === '40001' || code === '40P01';
}

/** True where the connection itself is gone, so that a COMMIT under way has an unknown outcome. */
export function isConnectionLoss(cause: unknown): boolean {
  const code = errorCode(cause);
  if (UNREACHABLE.has(code) || code.startsWith('08') || /^(?:57P0[1-4]|25P03)$/.test(code))
    return true;
  return cause instanceof Error && /Connection terminated|not queryable/i.test(cause.message);
}

/** A refusal for what the driver threw; errors that are no outage are returned as they are. */
export function toDatabaseRefusal(cause: unknown): unknown {
  if (cause instanceof Refusal) return cause;
  const code = errorCode(cause);
  if (isCertificateCode(code)) return withCause(refuseDatabase('database-certificate'), cause);
  // The driver gives this one no code.
  if (cause instanceof Error && /server does not support SSL/.test(cause.message)) {
    return withCause(refuseDatabase('database-no-tls'), cause);
  }
  if (code === '28P01' || code === '28000')
    return withCause(refuseDatabase('database-login'), cause);
  if (code === '42501') return withCause(refuseDatabase('database-permission'), cause);
  if (code === '42P01' || code === '3F000') {
    return withCause(refuseDatabase('database-not-migrated', 1), cause);
  }
  if (isRetryable(cause) || code === '55P03' || code === '53300') {
    return withCause(refuseDatabase('database-busy'), cause);
  }
  if (code === '53100') return withCause(refuseDatabase('database-full'), cause);
  if (isConnectionLoss(cause)) {
    return withCause(refuseDatabase('database-unreachable', code || 'connection lost'), cause);
  }
  if (code === '3D000')
    return withCause(refuseDatabase('database-unreachable', 'no such database'), cause);
  if (cause instanceof Error && /timeout exceeded when trying to connect/.test(cause.message)) {
    return withCause(refuseDatabase('database-unreachable', 'no free connection in time'), cause);
  }
  return cause;
}

function withCause(refusal: Refusal, cause: unknown): Refusal {
  refusal.cause = cause;
  return refusal;
}
