/**
 * The HTTP service: what every route shares. The flows register their routes through
 * {@link ServiceOptions.register}.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { adminMeanings } from './admins/refusals.ts';
import { type Background, createBackground } from './background.ts';
import type { SyncConfig } from './config/config.ts';
import { advanceClock } from './database/clock.ts';
import type { Database } from './database/database.ts';
import { databaseMeanings } from './database/refusals.ts';
import { type Access, installAccess } from './http/access.ts';
import { errorAnswer, installErrors } from './http/errors.ts';
import { secureOptions } from './http/certificates.ts';
import { readiness, registerHealth } from './http/health.ts';
import { loggerOptions } from './http/log.ts';
import type { Meanings } from './meaning.ts';
import { problemSchema } from './http/problem.ts';
import { proxyOptions, wrongWay } from './http/proxy.ts';
import { refuseRequest, requestMeanings } from './http/refusals.ts';
import { schemaOf } from './http/schema.ts';
import { mailMeanings } from './mail/refusals.ts';
import type { OnStep } from './trust/context.ts';
import { traceRequests } from './tracing/traced.ts';
import type { Tracing } from './tracing/tracing.ts';
import { sweepEnded } from './people/challenges.ts';
import { peopleMeanings } from './people/refusals.ts';
import type { KvStore } from './vault/kv.ts';
import { vaultMeanings } from './vault/refusals.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** What goes on by itself, in every replica. Begins when the service is ready. */
    readonly background: Background;
  }
}

/** What routes work with. */
export interface ServiceContext {
  readonly config: SyncConfig;
  readonly database: Database;
  readonly kv: KvStore;
  /** Told of each step of a commit. */
  readonly onStep?: OnStep;
}

/** Routes of one area, and what its refusals mean on the wire. */
export interface RouteSet {
  readonly meanings: Meanings;
  register(app: FastifyInstance, context: ServiceContext): void | Promise<void>;
}

export interface ServiceOptions extends ServiceContext {
  readonly routes?: readonly RouteSet[];
  /** Where log lines go; default stderr. */
  readonly writeLog?: (line: string) => void;
  readonly tracing?: Tracing | undefined;
}

export const platformMeanings: Meanings = {
  ...databaseMeanings,
  ...vaultMeanings,
  ...adminMeanings,
  ...peopleMeanings,
  ...requestMeanings,
  ...mailMeanings,
};

/** Whoever sends slowly is cut off: headers by this, the whole by `requestTimeout`. Milliseconds. */
const SLOW = { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 };
/** How often the database's time is written down, in milliseconds. */
const CLOCK_EVERY = 10_000;
/** How often sessions and challenges that ended long ago are removed, in milliseconds. */
const SWEEP_EVERY = 3_600_000;

/**
 * Builds the service; `listen` is the caller's. `close()` drains: requests under way are finished,
 * new ones get 503. The caller closes database and store afterwards.
 */
export async function createService(options: ServiceOptions): Promise<FastifyInstance> {
  const { config, database, kv, routes = [] } = options;
  const { tls } = config.listen;
  const { default: fastify } = await import('fastify');
  const app: FastifyInstance = fastify({
    ...(tls === undefined
      ? { http: SLOW }
      : {
          https: {
            ...SLOW,
            ...secureOptions(tls, config.people.clientCa),
            ...clientCertificates(config),
          },
        }),
    ...proxyOptions(config.listen),
    logger: loggerOptions(config.logLevel, options.writeLog),
    // An address that is too long or cannot be read meets no route, and so no error handler.
    frameworkErrors: (error, request, reply) => void onError(error, request, reply),
    genReqId: () => randomUUID(),
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: 60_000,
    connectionTimeout: 120_000,
    forceCloseConnections: 'idle',
    // SECURITY: what does not match the schema is refused, never trimmed or converted into shape.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
  });
  let draining = false;

  const meanings = routes.reduce<Meanings>(
    (all, set) => ({ ...all, ...set.meanings }),
    platformMeanings,
  );
  const { tracing } = options;
  if (tracing !== undefined) traceRequests(app, tracing);
  const background = createBackground(
    (job, cause, seconds) =>
      app.log.warn({ job, err: cause, retryInSeconds: seconds }, 'could not be done yet'),
    tracing && ((name, work) => tracing.job(`job ${name}`, work)),
  );
  app.decorate('background', background);
  const retry = { meanings, background: () => background.secondsToRetry() };
  const onError = errorAnswer(meanings, config.bodyLimitBytes, retry.background);
  installErrors(app, onError);
  await app.register(import('@fastify/cookie'));
  installAccess(app, database, config.people.site);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('cache-control', 'no-store');
    reply.header('x-content-type-options', 'nosniff');
    const wrong = wrongWay(request, config.listen);
    if (wrong !== undefined) throw refuseRequest(wrong);
  });
  app.addHook('onSend', async (_request, reply) => {
    // Else the caller keeps the connection open and the drain waits for it.
    if (draining) reply.header('connection', 'close');
  });
  // Files (tickets, bundles) arrive as they are: parsers of shared/ read the bytes themselves.
  app.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );

  await app.register(import('@fastify/rate-limit'), {
    max: config.requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, context) =>
      refuseRequest('too-many-requests', Math.ceil(context.ttl / 1_000)),
  });
  await app.register(import('@fastify/swagger'), {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Conclave sync', version: '1', description: OPENAPI_TEXT },
      components: {
        securitySchemes: { admin: { type: 'http', scheme: 'bearer' } },
        schemas: { Problem: schemaOf(problemSchema) },
      },
      security: [{ admin: [] }],
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: describeAccess(schema ?? {}, route.config?.access),
    }),
  });

  registerHealth(app, () => readiness({ database, kv, mode: config.mode }, draining, retry));
  app.get('/v1/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, () =>
    app.swagger(),
  );
  for (const set of routes) await app.register(async (scope) => set.register(scope, options));

  const timer = setInterval(() => {
    // An unreachable database is reported by readyz; the next tick tries again.
    advanceClock(database).catch(() => {});
  }, CLOCK_EVERY);
  timer.unref();
  const sweeper = setInterval(() => {
    sweepEnded(database).catch(() => {});
  }, SWEEP_EVERY);
  sweeper.unref();
  app.addHook('onReady', async () => background.start());
  app.addHook('onClose', () => background.stop());
  app.addHook('preClose', async () => {
    draining = true;
    clearInterval(timer);
    clearInterval(sweeper);
  });
  return app;
}

/** Machines are asked for a certificate; who has none may connect all the same (http/access.ts). */
function clientCertificates({ people }: SyncConfig): object {
  return people.clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
}

/** Who may call it and what an error looks like, for every route alike. */
function describeAccess(schema: FastifySchema, access: Access | undefined): FastifySchema {
  const who = typeof access === 'string' ? access : (access ?? []).join(' or ');
  const text = `${schema.description ?? ''}\n\nWho may call it: ${who}.`.trim();
  const problem = {
    description: 'Refused, or a fault.',
    content: { 'application/problem+json': { schema: schemaOf(problemSchema) } },
  };
  const responses = typeof schema.response === 'object' ? schema.response : {};
  return {
    ...schema,
    description: text,
    ...(access === 'public' ? { security: [] } : {}),
    response: { ...responses, default: problem },
  };
}

const OPENAPI_TEXT =
  'Takes Conclave’s signed bundles in and commits each exactly once. Every error is a Problem ' +
  '(application/problem+json): title says what happened, detail what it means, next what to do now.';
