import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Hidden } from '../../sync/hidden.ts';
import type { KvStore } from '../../sync/vault/kv.ts';
import { createVaultKv } from '../../sync/vault/vault-kv.ts';
import { makeCertificate } from '../support/certificates.ts';

type Answer = readonly [status: number, body: unknown, headers?: Record<string, string>];
interface Asked {
  readonly what: string;
  readonly token: string | undefined;
  readonly body: unknown;
}

const DOCUMENT: Answer = [200, { data: { data: { a: 'b' }, metadata: { version: 3 } } }];
const WRITTEN: Answer = [200, { data: { version: 4 } }];
// As a performance standby words it, and as the engine does while it starts after an unseal.
const BEHIND: Answer = [412, { errors: ['required index state not present'] }];
const UPGRADING: Answer = [400, { errors: ['Upgrading from non-versioned to versioned data.'] }];
const INVALID: Answer = [
  403,
  { errors: ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'] },
];
const DENIED: Answer = [403, { errors: ['1 error occurred:\n\t* permission denied\n\n'] }];

/**
 * Answers that one Vault alone cannot be brought to: a server beside it that speaks as
 * "The Vault HTTP API" says. Everything else about Vault is tried on a real one.
 */
describe('answers of a Vault that sync asks again', () => {
  let folder: string;
  let server: Server;
  let open: () => KvStore;
  let kv: KvStore;
  let asked: Asked[] = [];
  let logins = 0;
  /** What a sign-in is answered with; undefined: a token. */
  let refusesLogin: Answer | undefined;
  /** What comes next; the last one stays. */
  let answers: Answer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'conclave-answers-'));
    const { certificate, key } = await makeCertificate(folder, 'vault');
    const [cert, ca] = [await readFile(certificate), await readFile(certificate, 'utf8')];
    server = createServer({ cert, key: await readFile(key) }, (request, response) => {
      const answer = async (): Promise<Answer> => {
        const what = `${request.method ?? ''} ${request.url ?? ''}`;
        const body = 'content-type' in request.headers ? await json(request) : undefined;
        if (what === 'POST /v1/auth/approle/login') {
          logins += 1;
          if (refusesLogin !== undefined) return refusesLogin;
          const auth = { client_token: `token ${logins}`, lease_duration: 3_600, renewable: true };
          return [200, { auth }];
        }
        if (what.endsWith('/revoke-self')) return [204, undefined];
        const token = request.headers['x-vault-token'];
        asked.push({ what, body, token: Array.isArray(token) ? token[0] : token });
        return (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, undefined];
      };
      void answer().then(([status, body, headers]) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(body === undefined ? '' : JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    open = () =>
      createVaultKv({
        address: `https://127.0.0.1:${port}`,
        mount: 'secret',
        roleId: 'role',
        secretId: { value: new Hidden('secret id') },
        ca,
      });
  });
  beforeEach(() => {
    [asked, answers, logins] = [[], [], 0];
    refusesLogin = undefined;
    kv = open();
  });
  afterEach(() => kv.close());
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['a write is not yet everywhere (412)', BEHIND],
    ['the engine starts after an unseal (Upgrading)', UPGRADING],
  ])('%s, twice: it asks a third time, and has the answer', async (_, notYet) => {
    answers = [notYet, notYet, DOCUMENT];
    expect(await kv.read('conclave/trust')).toEqual({
      absent: false,
      data: { a: 'b' },
      version: 3,
    });
    expect(asked.map(({ what }) => what)).toEqual(
      Array.from({ length: 3 }, () => 'GET /v1/secret/data/conclave/trust'),
    );
    expect(logins).toBe(1);
  });

  it.each([
    ['412', BEHIND],
    ['Upgrading', UPGRADING],
  ])('%s to a write: written again with the same check-and-set', async (_, notYet) => {
    answers = [notYet, notYet, WRITTEN];
    expect(await kv.put('conclave/trust', { a: 'c' }, { cas: 3 })).toEqual({ version: 4 });
    expect(asked.map(({ body }) => body)).toEqual(
      Array.from({ length: 3 }, () => ({ options: { cas: 3 }, data: { a: 'c' } })),
    );
  });

  it.each([
    ['412', BEHIND],
    ['Upgrading', UPGRADING],
  ])('%s without end: it gives up after six times, by name', async (_, notYet) => {
    answers = [notYet];
    await expect(kv.read('conclave/trust')).rejects.toMatchObject({
      code: 'vault-replication',
      sentences: { next: 'Try again in a minute.' },
    });
    expect(asked).toHaveLength(6);
  });

  it.each([
    ['vault-sealed', [503, { errors: ['Vault is sealed'] }]],
    ['vault-standby', [429, undefined]],
    ['vault-performance-standby', [473, undefined]],
    ['vault-secondary', [472, undefined]],
    ['vault-uninitialised', [501, undefined]],
    ['vault-busy', [500, { errors: ['internal error'] }]],
    ['vault-denied', DENIED],
  ] as const)('%s is no matter of a moment: asked once', async (code, answer) => {
    answers = [answer];
    await expect(kv.read('conclave/trust')).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(1);
    expect(logins).toBe(1);
  });

  describe('a standby that sends sync to another server', () => {
    let other: Server;
    let redirect: Answer;
    let seen: string[] = [];
    beforeAll(async () => {
      const tls = ['vault.pem', 'vault.key'].map((name) => readFile(path.join(folder, name)));
      const [cert, key] = await Promise.all(tls);
      // Of the same authority, and it would answer anything.
      other = createServer({ cert, key }, (request, response) => {
        seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
        response.end(JSON.stringify({ auth: { client_token: 'x', lease_duration: 9 }, data: {} }));
      });
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      const location = `https://127.0.0.1:${port}/v1/secret/data/conclave/trust`;
      redirect = [307, undefined, { location }];
    });
    beforeEach(() => {
      seen = [];
    });
    afterAll(() => new Promise((resolve) => other.close(resolve)));

    it.each([
      ['a read', () => kv.read('conclave/trust')],
      ['a write', () => kv.put('conclave/trust', { secret: 'a' }, { cas: 0 })],
      ['the end of a path', () => kv.deleteMetadata('conclave/claims/1')],
    ])('is not followed with %s: the other one sees neither token nor body', async (_, work) => {
      answers = [redirect];
      await expect(work()).rejects.toMatchObject({ code: 'vault-standby' });
      expect(asked).toHaveLength(1);
      expect(seen).toEqual([]);
    });

    it('is not followed at the sign-in, nor is the secret id held for refused', async () => {
      refusesLogin = redirect;
      await expect(kv.read('conclave/trust')).rejects.toMatchObject({ code: 'vault-standby' });
      expect(seen).toEqual([]);
      refusesLogin = undefined;
      answers = [DOCUMENT];
      expect(await kv.read('conclave/trust')).toMatchObject({ version: 3 });
    });
  });

  it('a token that is no good: one new one, and the call is made once more with it', async () => {
    answers = [INVALID, DOCUMENT];
    expect(await kv.read('conclave/trust')).toMatchObject({ version: 3 });
    expect(asked.map(({ token }) => token)).toEqual(['token 1', 'token 2']);
    expect(logins).toBe(2);
  });

  it('the new one is no good either: no third one is asked for', async () => {
    answers = [INVALID];
    await expect(kv.read('conclave/trust')).rejects.toMatchObject({ code: 'vault-token' });
    expect(asked.map(({ token }) => token)).toEqual(['token 1', 'token 2']);
    expect(logins).toBe(2);
  });
});
