import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../sync/config/config.ts';
import { routeSets } from '../../sync/route-sets.ts';
import { createService } from '../../sync/server.ts';
import { createRehearsalKv } from '../../sync/vault/rehearsal-kv.ts';
import { DATABASES, type TestDatabase } from '../support/sync-databases.ts';

const operation = z.object({
  description: z.string(),
  security: z.array(z.unknown()).optional(),
  responses: z.record(
    z.string(),
    z.object({
      content: z.record(z.string(), z.object({ schema: z.unknown() })).optional(),
    }),
  ),
});
const document = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});
/** What the OpenAPI plugin leaves out. */
const hiding = z.object({ hide: z.literal(true) });
type Operations = ReadonlyMap<string, z.infer<typeof operation>>;

/** Fastify tells every service that is made; its hook is there before the first route. */
async function withEveryRoute(
  make: () => Promise<FastifyInstance>,
): Promise<{ readonly app: FastifyInstance; readonly routes: readonly RouteOptions[] }> {
  const routes: RouteOptions[] = [];
  const listen = (message: unknown): void => {
    const { fastify } = message as { readonly fastify: FastifyInstance };
    fastify.addHook('onRoute', (route) => void routes.push(route));
  };
  subscribe('fastify.initialization', listen);
  try {
    return { app: await make(), routes };
  } finally {
    unsubscribe('fastify.initialization', listen);
  }
}

/** `GET /v1/bundles/{digest}`, as OpenAPI writes it. HEAD comes with each GET by itself. */
function namesOf({ method, url }: RouteOptions): string[] {
  const path = url.replaceAll(/:(\w+)/g, '{$1}');
  return [method].flat().flatMap((one) => (one === 'HEAD' ? [] : [`${one} ${path}`]));
}

describe('the OpenAPI document', () => {
  let test: TestDatabase;
  let app: FastifyInstance;
  let shown: RouteOptions[];
  let hidden: RouteOptions[];
  let operations: Operations;

  beforeAll(async () => {
    const [, open] = DATABASES[1] ?? [];
    if (open === undefined) throw new Error('no database');
    test = await open('rehearsal');
    const { database } = test;
    const kv = await createRehearsalKv(database);
    const config = loadConfig({ CONCLAVE_MODE: 'rehearsal' }, { rehearsal: true });
    const made = await withEveryRoute(async () => {
      const service = await createService({
        config,
        database,
        kv,
        routes: routeSets(),
        writeLog: () => {},
      });
      await service.ready();
      return service;
    });
    ({ app } = made);
    const isHidden = ({ schema = {} }: RouteOptions): boolean => hiding.safeParse(schema).success;
    hidden = made.routes.filter(isHidden);
    shown = made.routes.filter((route) => !isHidden(route));
    const { paths } = document.parse((await app.inject('/v1/openapi.json')).json());
    operations = new Map(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one]),
      ),
    );
  });
  afterAll(async () => {
    await app.close();
    await test.stop();
  });

  it('has every route that the service registers, and no other', () => {
    const registered = shown.flatMap(namesOf);
    // A hook that heard nothing would find nothing missing.
    expect(registered.length).toBeGreaterThan(60);
    expect([...operations.keys()].sort()).toEqual([...new Set(registered)].sort());
  });

  it('leaves out itself and the files of the page, which everybody may have, and nothing else', () => {
    const names = hidden.flatMap(namesOf);
    expect(names).toContain('GET /v1/openapi.json');
    for (const name of names) expect(name).toMatch(/^GET \/(?:v1\/openapi\.json|(?!v1\/).*)$/);
    for (const { config } of hidden) expect(config).toMatchObject({ access: 'public' });
  });

  it('says of each who may call it, and what an error of it looks like', () => {
    for (const route of shown) {
      const access = route.config?.access;
      const who = typeof access === 'string' ? access : access?.join(' or ');
      for (const name of namesOf(route)) {
        const one = operations.get(name);
        expect(one?.description, name).toContain(`Who may call it: ${who ?? 'nobody'}.`);
        expect(one?.security?.length === 0, name).toBe(access === 'public');
        const problem = one?.responses['default']?.content?.['application/problem+json'];
        expect(problem?.schema, name).toMatchObject({
          required: expect.arrayContaining(['type', 'title', 'status', 'detail', 'next', 'code']),
        });
      }
    }
  });
});
