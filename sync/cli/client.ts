/**
 * The HTTP client behind the commands that talk to a running sync.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import type { z } from 'zod';
import { Refusal, refusals } from '../../shared/refusal.ts';
import { isLoopback } from '../config/database-url.ts';
import { errorCode, isCertificateCode } from '../database/errors.ts';
import type { Hidden } from '../hidden.ts';
import type { Meanings } from '../meaning.ts';
import { parseProblem } from '../http/problem.ts';
import { type Cli, readSecret, refuseUse, RemoteRefusal } from './cli.ts';
import { visibleStrings } from './terminal.ts';

export const refuseClient = refusals({
  'sync-unreachable': (address: string, reason: string) => ({
    happened: `Sync does not answer at ${address} (${reason}).`,
    means: 'The request did not arrive. Nothing was changed.',
    next: 'Check that it runs (conclave-sync serve) and that --url names it.',
  }),
  'sync-outcome-unknown': (address: string) => ({
    happened: `The connection to sync at ${address} broke before its answer came.`,
    means: 'The request was either carried out whole or not at all.',
    next: 'Look at the state (conclave-sync queue) before you ask again: a request, a package, a code or a token would be made twice. Imports, approvals and commits are never made twice.',
  }),
  'sync-certificate': (address: string) => ({
    happened: `${address} showed a certificate that is not trusted here.`,
    means: 'Your token was not sent. Nothing was changed.',
    next: 'Give the certificate authority of sync with --ca FILE.',
  }),
  'sync-answer': (address: string) => ({
    happened: `${address} answered with something that is not from this version of sync.`,
    means: 'It is not known what was done, if it is another version of sync.',
    next: 'Check --url, and use the conclave-sync of the same version as the service.',
  }),
});

export const clientMeanings: Meanings = {
  'sync-unreachable': { status: 503, part: 'sync' },
  'sync-outcome-unknown': { status: 503, part: 'sync', changed: 'perhaps' },
  'sync-certificate': { status: 503, part: 'sync' },
  'sync-answer': { status: 502, part: 'sync', changed: 'perhaps' },
};

/** The options that every client command has. */
export interface ClientOptions {
  /** Default `CONCLAVE_URL`, then http://127.0.0.1:8450. */
  readonly url?: string | undefined;
  /** Default `CONCLAVE_TOKEN_FILE`; asked for without echo otherwise. */
  readonly tokenFile?: string | undefined;
  /** Default `CONCLAVE_CA`. PEM file. */
  readonly ca?: string | undefined;
}

/** What goes up: JSON, or a file's bytes as they are. */
export type Upload = { readonly json: unknown } | { readonly bytes: Uint8Array };

export interface Client {
  /** Calls a `/v1/…` path; the answer is checked by `schema`. */
  call<T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    upload?: Upload,
  ): Promise<T>;
  /** The answer's bytes as they are: packages, receipts. */
  download(path: string): Promise<Uint8Array>;
  /** A long answer to a POST, as it comes; ends with a refusal where it breaks off. */
  stream(path: string, upload: Upload): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

/** Milliseconds; a commit waits for Vault and scrypt. */
const TIMEOUT = 90_000;

/** @throws Refusal `used-wrongly`, `secret-file`; its calls throw those of this file, and sync's own */
export async function openClient(
  cli: Cli,
  options: ClientOptions & { readonly anonymous?: boolean },
): Promise<Client> {
  const { environment } = cli.world;
  const address = originOf(options.url ?? environment['CONCLAVE_URL'] ?? 'http://127.0.0.1:8450');
  const caFile = options.ca ?? environment['CONCLAVE_CA'];
  const ca = caFile === undefined ? undefined : await readCa(caFile);
  // Before somebody has a token: enrolment, and signing in with an identity.
  const forPerson = !cli.json();
  if (options.anonymous === true) return createClient(address, ca, undefined, { forPerson });
  const token = await readSecret(cli.world, {
    file: options.tokenFile ?? environment['CONCLAVE_TOKEN_FILE'],
    message: 'Your token (it is not shown):',
    option: '--token-file',
  });
  return createClient(address, ca, token, { forPerson });
}

/**
 * @param address origin, as {@link openClient} checks it
 * @param options `forPerson`: the answers are shown, so each of their strings is one visible line
 */
export function createClient(
  address: string,
  ca: string | undefined,
  token: Hidden | undefined,
  { forPerson = false }: { readonly forPerson?: boolean } = {},
): Client {
  const agent = new Agent({
    connect: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    headersTimeout: TIMEOUT,
    bodyTimeout: TIMEOUT,
  });

  const ask = (method: string, path: string, upload?: Upload) =>
    request(`${address}${path}`, {
      method: method as 'GET',
      dispatcher: agent,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
        ...(upload === undefined
          ? {}
          : {
              'content-type': 'json' in upload ? 'application/json' : 'application/octet-stream',
            }),
      },
      ...(upload === undefined
        ? {}
        : { body: 'json' in upload ? JSON.stringify(upload.json) : upload.bytes }),
    });

  async function send(method: string, path: string, upload?: Upload) {
    try {
      const answer = await ask(method, path, upload);
      const bytes = await answer.body.bytes();
      return { status: answer.statusCode, bytes };
    } catch (cause) {
      throw toRefusal(cause, address, method);
    }
  }

  async function good(method: string, path: string, upload?: Upload): Promise<Uint8Array> {
    const { status, bytes } = await send(method, path, upload);
    if (status >= 200 && status < 300) return bytes;
    throw refused(bytes);
  }

  async function* stream(path: string, upload: Upload): AsyncGenerator<Uint8Array> {
    try {
      const { statusCode, body } = await ask('POST', path, upload);
      if (statusCode !== 200) throw refused(await body.bytes());
      for await (const chunk of body) yield chunk as Uint8Array;
    } catch (cause) {
      throw cause instanceof Refusal ? cause : toRefusal(cause, address, 'POST');
    }
  }

  function refused(bytes: Uint8Array): Refusal {
    const found = parseProblem(json(bytes, forPerson));
    if (found === undefined) return refuseClient('sync-answer', address);
    return new RemoteRefusal(found.refusal, found.problem);
  }

  return {
    async call(schema, method, path, upload) {
      const parsed = schema.safeParse(json(await good(method, path, upload), forPerson));
      if (!parsed.success) throw refuseClient('sync-answer', address);
      return parsed.data;
    },
    download: (path) => good('GET', path),
    stream,
    close: () => agent.close(),
  };
}

function json(bytes: Uint8Array, forPerson: boolean): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text, forPerson ? visibleStrings : undefined);
  } catch {
    return undefined;
  }
}

function originOf(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuseUse('used-wrongly', '--url is not an address such as https://sync.example:8450.');
  }
  // SECURITY: the bearer token must not cross a network in the clear.
  const plain = url.protocol === 'http:' && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !plain) {
    throw refuseUse('used-wrongly', '--url must begin with https:// unless it is this machine.');
  }
  return url.origin;
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw refuseUse('used-wrongly', `The certificate file ${file} cannot be read.`);
  }
}

function toRefusal(cause: unknown, address: string, method: string): Error {
  const code = errorCode(cause) || (cause instanceof Error ? errorCode(cause.cause) : '');
  if (isCertificateCode(code)) return refuseClient('sync-certificate', address);
  const notSent = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH)$/;
  if (method === 'GET' || notSent.test(code)) {
    return refuseClient('sync-unreachable', address, code || 'no answer');
  }
  return refuseClient('sync-outcome-unknown', address);
}
