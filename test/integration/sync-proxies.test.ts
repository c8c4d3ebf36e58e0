import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../sync/config/config.ts';
import type { Database } from '../../sync/database/database.ts';
import { createPublicService } from '../../sync/public/server.ts';
import { createService, type RouteSet } from '../../sync/server.ts';
import type { KvStore } from '../../sync/vault/kv.ts';
import { createRehearsalKv } from '../../sync/vault/rehearsal-kv.ts';
import { DATABASES, type TestDatabase } from '../support/sync-databases.ts';

const MAIL = {
  CONCLAVE_PUBLIC_LINKS_URL: 'https://links.hospital.example',
  CONCLAVE_SMTP_URL: 'smtp://127.0.0.1:1',
  CONCLAVE_MAIL_FROM: 'sync@hospital.example',
};
const PROXY = '10.1.2.3';
const behindSignIn: RouteSet = {
  meanings: {},
  register: (app) =>
    void app.get('/v1/closed', { config: { access: 'any-admin' } }, () => expect.fail('let in')),
};

/** Who is believed about a client's address, at both listeners. */
describe('requests with x-forwarded headers', () => {
  let test: TestDatabase;
  let database: Database;
  let kv: KvStore;
  const open: FastifyInstance[] = [];
  const log: string[] = [];

  beforeAll(async () => {
    const [, start] = DATABASES[0] ?? expect.fail('no database');
    test = await start('rehearsal');
    ({ database } = test);
    kv = await createRehearsalKv(database);
  });
  afterAll(async () => {
    await Promise.all(open.map((app) => app.close()));
    await test.stop();
  });

  async function services(settings: Record<string, string>) {
    const config = loadConfig({ CONCLAVE_MODE: 'rehearsal', ...MAIL, ...settings });
    const context = { config, database, kv };
    const main = await createService({
      ...context,
      routes: [behindSignIn],
      writeLog: (line) => void log.push(line),
    });
    const links = await createPublicService(
      context,
      config.mail ?? expect.fail('no mail'),
      () => {},
    );
    open.push(main, links);
    return { main, links };
  }
  const ask = async (
    app: FastifyInstance,
    remoteAddress: string,
    forwardedFor?: string,
    more: Record<string, string> = {},
  ) =>
    app.inject({
      url: '/v1/openapi.json',
      remoteAddress,
      headers: {
        ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
        ...more,
      },
    });
  const limits = (n: number) => ({
    CONCLAVE_REQUESTS_PER_MINUTE: String(n),
    CONCLAVE_PUBLIC_REQUESTS_PER_MINUTE: String(n),
  });
  /** The statuses of requests that each claim to come from somewhere else. */
  const claims = async (app: FastifyInstance, peer: string, claim: (i: number) => string) => {
    const statuses: number[] = [];
    for (let i = 1; i <= 4; i += 1) {
      statuses.push((await ask(app, peer, claim(i))).statusCode);
    }
    return statuses;
  };

  it('believes nobody without the setting: a forged address gives no new limit and is in no log', async () => {
    const { main, links } = await services(limits(2));
    expect(await claims(main, '192.0.2.7', (i) => `203.0.113.${i}`)).toEqual([200, 200, 429, 429]);
    expect(await claims(links, '192.0.2.7', (i) => `203.0.113.${i}`)).toEqual([404, 404, 429, 429]);
    expect(log.join('')).toContain('"from":"192.0.2.7"');
    expect(log.join('')).not.toContain('203.0.113.');
  });

  it('believes the proxy that is named, and no other peer', async () => {
    const { main, links } = await services({
      ...limits(2),
      CONCLAVE_TRUSTED_PROXIES: `${PROXY}, 10.9.0.0/16`,
      CONCLAVE_PUBLIC_TRUSTED_PROXIES: PROXY,
    });
    const each = (i: number): string => `198.51.100.${i}`;
    expect(await claims(main, PROXY, each)).toEqual([200, 200, 200, 200]);
    expect(await claims(main, '10.9.8.7', (i) => `198.51.100.1${i}`)).toEqual([200, 200, 200, 200]);
    expect(await claims(links, PROXY, each)).toEqual([404, 404, 404, 404]);
    expect(await claims(main, '10.10.0.1', each)).toEqual([200, 200, 429, 429]);
    expect(await claims(links, '10.9.8.7', each)).toEqual([404, 404, 429, 429]);
    expect(log.join('')).toContain('"from":"198.51.100.3"');
  });

  it('takes the last address that the proxy added, not what the client wrote before it', async () => {
    const { main } = await services({ ...limits(2), CONCLAVE_TRUSTED_PROXIES: PROXY });
    const forged = (i: number): string => `203.0.113.${i}, 198.51.100.77`;
    expect(await claims(main, PROXY, forged)).toEqual([200, 200, 429, 429]);
    // Not even where the client names the proxy itself.
    const twice = (i: number): string => `203.0.113.${i}, ${PROXY}, 198.51.100.78`;
    expect(await claims(main, PROXY, twice)).toEqual([200, 200, 429, 429]);
  });

  it('writes a failed sign-in down with the client’s network, or as unknown', async () => {
    const { main } = await services({ CONCLAVE_TRUSTED_PROXIES: PROXY });
    const failing = (claim: string) =>
      main.inject({
        url: '/v1/closed',
        remoteAddress: PROXY,
        headers: { 'x-forwarded-for': claim, authorization: 'Bearer ccs_wrong' },
      });
    await failing('198.51.100.9');
    await failing('"; DROP');
    const written = await database.rows(
      z.object({ facts: z.object({ from: z.string() }) }),
      `SELECT facts FROM conclave.events WHERE type = 'sign-in-failed'`,
    );
    expect(written.map(({ facts }) => facts.from).sort()).toEqual(['198.51.100.0/24', 'unknown']);
  });

  describe('where TLS ends at the proxy', () => {
    const behind = () =>
      services({
        CONCLAVE_LISTEN_HOST: '0.0.0.0',
        CONCLAVE_TRUSTED_PROXIES: PROXY,
        CONCLAVE_TLS_AT_PROXY: 'yes',
        CONCLAVE_PUBLIC_LISTEN_HOST: '0.0.0.0',
        CONCLAVE_PUBLIC_TRUSTED_PROXIES: PROXY,
        CONCLAVE_PUBLIC_TLS_AT_PROXY: 'yes',
      });
    const https = { 'x-forwarded-proto': 'https' };

    it.each([
      ['through the proxy, over TLS', PROXY, https, 200, undefined],
      ['round the proxy', '10.1.2.4', https, 403, 'not-through-proxy'],
      [
        'through the proxy, in the clear',
        PROXY,
        { 'x-forwarded-proto': 'http' },
        403,
        'plain-at-proxy',
      ],
      ['through a proxy that does not say', PROXY, {}, 403, 'plain-at-proxy'],
      [
        'with a client’s own https before the proxy’s http',
        PROXY,
        { 'x-forwarded-proto': 'https, http' },
        403,
        'plain-at-proxy',
      ],
      ['from a command on the server', '127.0.0.1', {}, 200, undefined],
    ] as const)('a request %s', async (_how, peer, headers, status, code) => {
      const { main, links } = await behind();
      const answer = await ask(main, peer, undefined, headers);
      expect(answer.statusCode).toBe(status);
      if (code !== undefined) expect(answer.json()).toMatchObject({ code });
      // The other listener has nothing at this address, and says so only to whom it answers.
      expect((await ask(links, peer, undefined, headers)).statusCode).toBe(
        status === 200 ? 404 : 403,
      );
    });

    it('answers the balancer’s own question about its health', async () => {
      const { main } = await behind();
      const asked = await main.inject({ url: '/livez', remoteAddress: '10.1.2.4' });
      expect(asked.statusCode).toBe(200);
    });
  });
});
