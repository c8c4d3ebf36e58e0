/**
 * The public listener: the links of mails, and nothing else. Works without JavaScript; opening a
 * link changes nothing, because mail scanners open links.
 * @module
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { MailConfig } from '../config/mail.ts';
import type { FlowContext } from '../trust/context.ts';
import { lookAtObjection, object, type Objectable } from '../flows/endings/objection.ts';
import { loggerOptions } from '../http/log.ts';
import { changePage } from './change-page.ts';
import { registerClaimPages, type SendPage } from './claim-routes.ts';
import { secureOptions } from '../http/certificates.ts';
import { proxyOptions, wrongWay } from '../http/proxy.ts';
import { traceRequests } from '../tracing/traced.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { cannotNow, changedNothing, CSP, nothingHere, objectionPage, render } from './pages.ts';

/** A form has no more than a few short fields. */
const BODY_LIMIT = 4_096;

/** Milliseconds in which a request has come whole, however many bytes it sends meanwhile. */
const WHOLE_REQUEST = 10_000;
/** Node looks for slow ones only every 30 seconds by itself. */
const SLOW = { headersTimeout: WHOLE_REQUEST, connectionsCheckingInterval: 1_000 };

/** The answer to the last write did not come back: neither yes nor no would be true. */
const unknownObjection = (): string =>
  render({
    title: 'It is not known whether this is stopped',
    lines: [
      'The answer of the database was lost. Either it is stopped, or nothing was changed. When it is stopped, a mail says so.',
      'Open the link of the mail again. If it still shows the button, press it once more. If the link does not work any more, your press was kept: call your administrators, who can tell you what became of it.',
    ],
  });

/** @param writeLog where log lines go; default stderr */
export async function createPublicService(
  context: FlowContext,
  mail: MailConfig,
  writeLog?: (line: string) => void,
  tracing?: Tracing,
): Promise<FastifyInstance> {
  const { tls } = mail.listen;
  const { default: fastify } = await import('fastify');
  const app: FastifyInstance = fastify({
    ...(tls === undefined
      ? { http: SLOW }
      : { https: { ...SLOW, ...secureOptions(tls, undefined) } }),
    ...proxyOptions(mail.listen),
    logger: {
      ...loggerOptions(context.config.logLevel, writeLog),
      // SECURITY: the address is a right to act; the log says which kind of page it was.
      serializers: { req: ({ method }) => ({ method, listener: 'public' }) },
    },
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: WHOLE_REQUEST,
    connectionTimeout: 15_000,
    keepAliveTimeout: 5_000,
    forceCloseConnections: 'idle',
  });
  if (tracing !== undefined) traceRequests(app, tracing);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': CSP,
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...(mail.linksUrl.startsWith('https:')
        ? { 'strict-transport-security': 'max-age=31536000' }
        : {}),
    });
    if (wrongWay(request, mail.listen) !== undefined) {
      return page(reply, 403, cannotNow('This address is reached through its front door only.'));
    }
  });
  const page: SendPage = (reply, status, html) =>
    reply.code(status).type('text/html; charset=utf-8').send(html);
  const objection = (reply: FastifyReply, found: Objectable): FastifyReply => {
    if (found.state === 'none') return page(reply, 404, nothingHere());
    return page(reply, 200, found.state === 'change' ? changePage(found) : objectionPage(found));
  };

  app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 503;
    if (status >= 500) request.log.error({ err: error }, 'fault');
    const what =
      status === 429 ? 'There were too many tries in a short time.' : 'The page could not be made.';
    return page(reply, status, cannotNow(what));
  });
  await app.register(import('@fastify/rate-limit'), {
    max: mail.requestsPerMinute,
    timeWindow: '1 minute',
  });
  // Also what is not there counts, so nobody tries addresses at will.
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (_request, reply) =>
    page(reply, 404, nothingHere()),
  );
  app.removeAllContentTypeParsers();
  // The button sends an empty form; what else a body says is not looked at.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, _body, done) => done(null),
  );
  app.get<{ Params: { token: string } }>('/object/:token', async ({ params }, reply) =>
    objection(reply, await lookAtObjection(context, params.token)),
  );
  app.post<{ Params: { token: string } }>('/object/:token', async (request, reply) => {
    try {
      return objection(reply, await object(context, request.params.token));
    } catch (cause) {
      if (changedNothing(cause)) throw cause;
      request.log.error({ err: cause }, 'whether an objection was kept is not known');
      return page(reply, 503, unknownObjection());
    }
  });
  await registerClaimPages(app, context, page);
  return app;
}
