/**
 * Structured logs, one JSON line each, with a last sieve at the sink.
 *
 * Secrets should never reach a log call. SECURITY: should one do so (inside an error of a library,
 * say), the sink recognises it by its form and removes it.
 * @module
 */
import type { FastifyServerOptions } from 'fastify';
import type { SyncConfig } from '../config/config.ts';

const SIEVES: readonly (readonly [RegExp, string])[] = [
  // An admin's token, Vault's tokens, any bearer.
  [/ccs_[0-9a-f]{8}_[A-Za-z0-9_-]{43}/g, 'ccs_[hidden]'],
  // Enrolment codes, session cookies, links in mails.
  [/\bcc([elno])_[A-Za-z0-9_-]{43}/g, 'cc$1_[hidden]'],
  [/\bhv[sbr]\.[A-Za-z0-9_-]{8,}/g, 'hv.[hidden]'],
  [/Bearer [^\s"\\]+/gi, 'Bearer [hidden]'],
  // The password inside an address.
  [/(\b[a-z][a-z+]*:\/\/[^\s:/@"\\]+):[^\s@"\\]+@/gi, '$1:[hidden]@'],
  [
    /("(?:secret_id|role_id|client_token|password|passphrase|vault_component|surveyKey)\\?":\s*\\?")[^"\\]*/gi,
    '$1[hidden]',
  ],
  // Components and stored KEKs are 100 and more hex digits; digests are 64 and stay.
  [/\b[0-9a-f]{100,}\b/gi, '[hidden]'],
];

/** Removes from a line whatever looks like a secret. */
export function sieve(line: string): string {
  return SIEVES.reduce((text, [form, instead]) => text.replace(form, instead), line);
}

/** Fastify's logger settings. Logs go to stderr: stdout is for results. */
export function loggerOptions(
  level: SyncConfig['logLevel'],
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Exclude<FastifyServerOptions['logger'], boolean | undefined> {
  return {
    level,
    base: { service: 'conclave-sync' },
    stream: { write: (line: string) => write(sieve(line)) },
    redact: ['req.headers', 'headers', '*.token', '*.passphrase', '*.secret'],
    serializers: {
      // No headers, no query. `from` is what a trusted proxy says, else who connected.
      req: (request) => ({
        method: request.method,
        path: request.url.split('?')[0] ?? '',
        from: request.ip,
      }),
      res: (reply) => ({ status: reply.statusCode }),
    },
  };
}
