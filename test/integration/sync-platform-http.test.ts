import { EventEmitter, once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { refusals } from '../../shared/refusal.ts';
import { addAdmin } from '../../sync/people/add-admin.ts';
import { disableAdmin } from '../../sync/admins/admins.ts';
import { createClient } from '../../sync/cli/client.ts';
import { loadConfig } from '../../sync/config/config.ts';
import { Hidden } from '../../sync/hidden.ts';
import { adminOf } from '../../sync/http/access.ts';
import { parseProblem } from '../../sync/http/problem.ts';
import { schemaOf } from '../../sync/http/schema.ts';
import { createService, type RouteSet } from '../../sync/server.ts';
import { createRehearsalKv } from '../../sync/vault/rehearsal-kv.ts';
import { DATABASES, type TestDatabase } from '../support/sync-databases.ts';

const refuse = refusals({
  'test-refusal': () => ({
    happened: 'It was refused.',
    means: 'Nothing happened.',
    next: 'Do it right.',
    culprit: 'line 2',
  }),
});
const Body = z.strictObject({ reason: z.string().min(1), hours: z.number().int() });

/** What a flow brings: routes that use every seam once. */
const routes: RouteSet = {
  meanings: { 'test-refusal': { status: 409, changed: 'perhaps' } },
  register(app) {
    const anyAdmin = { access: 'any-admin' } as const;
    app.post(
      '/v1/echo',
      { config: { access: ['approver'] }, schema: { body: schemaOf(Body) } },
      async (request) => ({ by: adminOf(request).name, body: Body.parse(request.body) }),
    );
    app.post('/v1/file', { config: anyAdmin }, async (request) => {
      const bytes = z.instanceof(Uint8Array).parse(request.body);
      return { bytes: bytes.length };
    });
    app.get('/v1/refuse', { config: anyAdmin }, async () => {
      throw refuse('test-refusal');
    });
    app.get('/v1/fault', { config: anyAdmin }, async () => {
      throw new Error('a library printed ccs_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
    });
  },
};

const bearer = (text: string): { authorization: string } => ({ authorization: `Bearer ${text}` });

const problemOf = (response: { json: () => unknown }) => {
  const parsed = parseProblem(response.json());
  if (parsed === undefined) throw new Error('no problem');
  return parsed.problem;
};

describe('sync’s HTTP port', () => {
  let test: TestDatabase;
  let app: FastifyInstance;
  let token: { operator: string; approver: string };
  const log: string[] = [];
  const config = {
    ...loadConfig({ CONCLAVE_MODE: 'rehearsal', CONCLAVE_BODY_LIMIT: '2048' }),
    requestsPerMinute: 60,
  };

  beforeAll(async () => {
    const [, open] = DATABASES[0] ?? [];
    if (open === undefined) throw new Error('no database');
    test = await open('rehearsal');
    const { database } = test;
    const kv = await createRehearsalKv(database);
    const add = async (name: string, userId: number, role: 'operator' | 'approver') =>
      (await addAdmin(database, { name, userId, roles: [role] })).token;
    token = {
      operator: await add('operator', 1, 'operator'),
      approver: await add('approver', 2, 'approver'),
    };
    app = await createService({
      config,
      database,
      kv,
      routes: [routes],
      writeLog: (line) => void log.push(line),
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await app.close();
    await test.stop();
  });

  const postReason = (headers: Record<string, string>) =>
    app.inject({
      method: 'POST',
      url: '/v1/echo',
      headers,
      payload: { reason: 'seen', hours: 1 },
    });
  const postFile = (payload: Buffer, type: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/file',
      headers: { ...bearer(token.operator), 'content-type': type },
      payload,
    });

  it('lets in who has a token and the role, and nobody else', async () => {
    const none = await postReason({});
    expect(none.statusCode).toBe(401);
    expect(none.headers['content-type']).toContain('application/problem+json');
    expect(problemOf(none)).toMatchObject({ code: 'not-signed-in', changed: 'no' });
    expect((await postReason(bearer('ccs_x'))).statusCode).toBe(401);
    const wrong = await postReason(bearer(token.operator));
    expect([wrong.statusCode, problemOf(wrong).code]).toEqual([403, 'wrong-role']);
    const right = await postReason(bearer(token.approver));
    expect(right.json()).toEqual({ by: 'approver', body: { reason: 'seen', hours: 1 } });
  });

  it.each([
    [{ reason: 'x', hours: '1' }, 'body/hours'],
    [{ reason: 'x', hours: 1, extra: true }, 'body'],
    [{ hours: 1 }, 'body'],
    [{ reason: '', hours: 1 }, 'body/reason'],
  ])('refuses %j and names the place', async (payload, culprit) => {
    const response = await app.inject({
      method: 'POST',
      url: '/v1/echo',
      headers: bearer(token.approver),
      payload,
    });
    expect(response.statusCode).toBe(400);
    expect(problemOf(response)).toMatchObject({ code: 'request-invalid', culprit });
  });

  it('takes files as bytes, up to the limit', async () => {
    expect((await postFile(Buffer.alloc(2048), 'application/octet-stream')).json()).toEqual({
      bytes: 2048,
    });
    const large = await postFile(Buffer.alloc(2049), 'application/octet-stream');
    expect([large.statusCode, problemOf(large).code]).toEqual([413, 'request-too-large']);
    const other = await postFile(Buffer.alloc(9), 'text/csv');
    expect([other.statusCode, problemOf(other).code]).toEqual([415, 'request-type']);
  });

  it('refuses a body that streams past the limit without ever having told its size', async () => {
    const { port } = app.server.address() as AddressInfo;
    const asked = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/v1/file',
      method: 'POST',
      headers: { ...bearer(token.operator), 'content-type': 'application/octet-stream' },
    });
    // The port may hang up on whoever goes on sending.
    asked.on('error', () => {});
    // One chunk within the limit, one beyond it, and no end: the answer comes all the same.
    asked.write(Buffer.alloc(2_000));
    asked.write(Buffer.alloc(2_000));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(asked.getHeader('content-length')).toBeUndefined();
    expect([response.statusCode, await json(response)]).toMatchObject([
      413,
      { code: 'request-too-large', changed: 'no' },
    ]);
    asked.destroy();
  });

  it('words refusals of a flow as that flow says, and faults without their insides', async () => {
    const refused = await app.inject({ url: '/v1/refuse', headers: bearer(token.operator) });
    expect(problemOf(refused)).toMatchObject({
      type: 'urn:conclave:refusal:test-refusal',
      status: 409,
      title: 'It was refused.',
      detail: 'Nothing happened.',
      next: 'Do it right.',
      changed: 'perhaps',
      culprit: 'line 2',
    });
    const fault = await app.inject({ url: '/v1/fault', headers: bearer(token.operator) });
    expect(problemOf(fault)).toMatchObject({ status: 500, code: 'internal-fault' });
    expect(fault.body).not.toContain('library');
    expect(log.join('')).toContain('a library printed');
    expect(log.join('')).not.toContain('AAAAAAAAAA');
    expect(log.join('')).not.toContain(token.operator);
    const nowhere = await app.inject({ url: '/v1/nothing' });
    expect([nowhere.statusCode, problemOf(nowhere).code]).toEqual([404, 'no-such-address']);
  });

  it('says how it is, part by part, and describes itself', async () => {
    expect((await app.inject('/livez')).json()).toEqual({ alive: true });
    const ready = await app.inject('/readyz');
    expect([ready.statusCode, ready.json<{ ready: boolean }>().ready]).toEqual([200, true]);
    await test.database.run(
      'UPDATE conclave.clock SET highest = clock_timestamp() + interval $$1 hour$$',
    );
    const behind = await app.inject('/readyz');
    expect(behind.statusCode).toBe(503);
    expect(behind.json()).toMatchObject({
      parts: { clock: { ready: false, code: 'clock-behind' }, database: { ready: true } },
    });
    const openapi = (await app.inject('/v1/openapi.json')).json<{
      paths: Record<string, unknown>;
    }>();
    expect(Object.keys(openapi.paths)).toEqual(expect.arrayContaining(['/v1/echo', '/readyz']));
  });

  it('refuses to start with a route that does not say who may call it', async () => {
    const open: RouteSet = {
      meanings: {},
      register: (scope) => void scope.get('/v1/open', () => 'x'),
    };
    const kv = await createRehearsalKv(test.database);
    await expect(
      createService({ config, database: test.database, kv, routes: [open] }),
    ).rejects.toThrow('who may call it');
  });

  it('speaks to its own client, which keeps the three sentences', async () => {
    const { port } = app.server.address() as AddressInfo;
    const client = createClient(`http://127.0.0.1:${port}`, undefined, new Hidden(token.operator));
    const file = await client.call(z.object({ bytes: z.number() }), 'POST', '/v1/file', {
      bytes: new Uint8Array(5),
    });
    expect(file).toEqual({ bytes: 5 });
    await expect(client.call(z.unknown(), 'GET', '/v1/refuse')).rejects.toMatchObject({
      code: 'test-refusal',
      culprit: 'line 2',
      problem: { changed: 'perhaps', status: 409 },
    });
    await expect(client.call(z.object({ no: z.string() }), 'GET', '/livez')).rejects.toMatchObject({
      code: 'sync-answer',
    });
    await client.close();
    const nobody = createClient('http://127.0.0.1:1', undefined, new Hidden('x'));
    await expect(nobody.download('/livez')).rejects.toMatchObject({ code: 'sync-unreachable' });
    await nobody.close();
  });

  it('ends an admin’s access at once', async () => {
    await disableAdmin(test.database, 'operator');
    const response = await app.inject({ url: '/v1/refuse', headers: bearer(token.operator) });
    expect(response.statusCode).toBe(401);
  });

  it('slows down who asks too often', async () => {
    const flood = await Promise.all(Array.from({ length: 70 }, () => app.inject('/livez')));
    const stopped = flood.find((response) => response.statusCode === 429);
    if (stopped === undefined) throw new Error('never slowed down');
    expect(problemOf(stopped).code).toBe('too-many-requests');
  });

  it('finishes what it began when it is stopped', async () => {
    const started = new EventEmitter();
    const begun = once(started, 'begun');
    const slowRoute: RouteSet = {
      meanings: {},
      register(scope, { database }) {
        scope.get('/v1/slow', { config: { access: 'public' } }, async () => {
          started.emit('begun');
          await database.run('SELECT pg_sleep(0.5)');
          return { finished: true };
        });
      },
    };
    const kv = await createRehearsalKv(test.database);
    const second = await createService({
      config: { ...config, logLevel: 'silent' },
      database: test.database,
      kv,
      routes: [slowRoute],
    });
    const address = await second.listen({ host: '127.0.0.1', port: 0 });
    const slow = fetch(`${address}/v1/slow`).then((response) => response.json());
    await begun;
    await second.close();
    expect(await slow).toEqual({ finished: true });
  });
});
