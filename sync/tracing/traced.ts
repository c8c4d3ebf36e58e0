/**
 * Requests, the database and Vault, each with a span around it.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import type { Database, Queryable } from '../database/database.ts';
import type { KvStore } from '../vault/kv.ts';
import type { OpenSpan, Tracing } from './tracing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    traceSpan: OpenSpan | null;
  }
}

/** Before other hooks, so that what they ask the database is inside. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.decorateRequest('traceSpan', null);
  app.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    request.traceSpan = tracing.begin(method, { method });
    request.traceSpan.within(done);
  });
  // The body came in events of the socket, which know nothing of the span.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.traceSpan === null) done();
    else request.traceSpan.within(done);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.traceSpan?.end({
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ...(reply.statusCode >= 500 ? { outcome: String(reply.statusCode) } : {}),
    });
  });
}

/** Statement and table, as the code wrote them. */
export function summaryOf(text: string): string {
  const [verb = ''] = /[a-z]+/i.exec(text) ?? [];
  const [, table] = /\b(?:from|into|update)\s+([a-z_]+\.[a-z_]+)/i.exec(text) ?? [];
  return `${verb.toUpperCase()}${table === undefined ? '' : ` ${table.toLowerCase()}`}`;
}

export function traceDatabase(database: Database, tracing: Pick<Tracing, 'span'>): Database {
  const wrap = (on: Queryable): Queryable => {
    const spanned = <T>(text: string, work: () => Promise<T>): Promise<T> =>
      tracing.span('database', { statement: summaryOf(text) }, work);
    return {
      rows: (row, text, values) => spanned(text, () => on.rows(row, text, values)),
      one: (row, text, values) => spanned(text, () => on.one(row, text, values)),
      maybe: (row, text, values) => spanned(text, () => on.maybe(row, text, values)),
      run: (text, values) => spanned(text, () => on.run(text, values)),
    };
  };
  return {
    ...wrap(database),
    kind: database.kind,
    transaction: (work, options) =>
      tracing.span('database', { statement: 'TRANSACTION' }, () =>
        database.transaction((tx) => work(wrap(tx)), options),
      ),
    withClient: (work) => database.withClient(work),
    close: () => database.close(),
  };
}

/** What is no fixed word of a path is an id, a nonce or a digest. */
export function patternOf(path: string): string {
  return path
    .split('/')
    .map((part) =>
      /^[a-z]+(?:-[a-z]+)*$/.test(part) && !/^[0-9a-f]{8,}$/.test(part) ? part : '{id}',
    )
    .join('/');
}

export function traceKv(kv: KvStore, tracing: Tracing): KvStore {
  const spanned = <T>(name: string, path: string, work: () => Promise<T>): Promise<T> =>
    tracing.span(`vault ${name}`, { vaultPath: patternOf(path) }, work);
  return {
    read: (path, options) => spanned('read', path, () => kv.read(path, options)),
    put: (path, data, options) => spanned('put', path, () => kv.put(path, data, options)),
    destroyVersions: (path, versions) =>
      spanned('destroy', path, () => kv.destroyVersions(path, versions)),
    deleteMetadata: (path) => spanned('delete', path, () => kv.deleteMetadata(path)),
    capabilities: (paths) => tracing.span('vault capabilities', {}, () => kv.capabilities(paths)),
    health: () => tracing.span('vault health', {}, () => kv.health()),
    credentials: () => tracing.span('vault credentials', {}, () => kv.credentials()),
    close: () => kv.close(),
  };
}
