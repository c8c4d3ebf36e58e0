/**
 * One call of Vault's HTTP API: TLS always verified, every transport error a refusal.
 * @module
 */
import { Agent, request } from 'undici';
import { z } from 'zod';
import { errorCode, isCertificateCode } from '../database/errors.ts';
import { refuseVault } from './refusals.ts';

export interface Reply {
  readonly status: number;
  /** Parsed JSON; undefined for an empty body. */
  readonly body: unknown;
  /** Vault's `errors` array, joined; empty when there are none. */
  readonly errors: string;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'LIST';
  /** After `/v1/`, without query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly token?: string;
}

export interface Transport {
  /** @throws Refusal `vault-unreachable`, `vault-certificate`, `vault-outcome-unknown`, `vault-content` */
  call(call: Call): Promise<Reply>;
  close(): Promise<void>;
}

/** Answers of Vault are small; a larger one comes from something else. Bytes. */
const LARGEST_ANSWER = 4 * 1_048_576;
/** Milliseconds. */
const TIMEOUT = 15_000;

const errorBody = z.object({ errors: z.array(z.string()) });

export function createTransport(address: string, ca: string | undefined): Transport {
  const agent = new Agent({
    // SECURITY: no setting can switch verification off (checktick.md, defect 14).
    connect: { rejectUnauthorized: true, timeout: TIMEOUT, ...(ca === undefined ? {} : { ca }) },
    headersTimeout: TIMEOUT,
    bodyTimeout: TIMEOUT,
    maxResponseSize: LARGEST_ANSWER,
  });
  return {
    async call({ method, path, query, body, token }) {
      let text: string;
      let status: number;
      try {
        // Redirects are not followed: a standby's redirect must not carry the token elsewhere.
        const answer = await request(`${address}/v1/${path}`, {
          method: method as 'GET',
          dispatcher: agent,
          ...(query === undefined ? {} : { query: { ...query } }),
          headers: {
            'x-vault-request': 'true',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(token === undefined ? {} : { 'x-vault-token': token }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        status = answer.statusCode;
        text = await answer.body.text();
      } catch (cause) {
        throw toRefusal(cause, method, path);
      }
      return { status, ...parse(text, path, status) };
    },
    close: () => agent.close(),
  };
}

function parse(text: string, path: string, status: number): { body: unknown; errors: string } {
  if (text.trim() === '') return { body: undefined, errors: '' };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's error page is an outage, not an answer of Vault.
    if (status >= 500) return { body: undefined, errors: '' };
    throw refuseVault('vault-content', path);
  }
  const errors = errorBody.safeParse(body);
  return { body, errors: errors.success ? errors.data.errors.join(' ') : '' };
}

function toRefusal(cause: unknown, method: Call['method'], path: string): Error {
  const code = errorCode(cause) || (cause instanceof Error ? errorCode(cause.cause) : '');
  if (isCertificateCode(code)) return Object.assign(refuseVault('vault-certificate'), { cause });
  const notSent = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH)$/;
  const writes = method !== 'GET' && method !== 'LIST' && !/^(?:auth|sys)\//.test(path);
  if (writes && !notSent.test(code)) {
    return Object.assign(refuseVault('vault-outcome-unknown', path), { cause });
  }
  return Object.assign(refuseVault('vault-unreachable', code || 'no answer'), { cause });
}
