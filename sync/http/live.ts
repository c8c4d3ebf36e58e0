/**
 * Tells open pages that something has changed: server-sent events with the number of the last
 * entry of the event log, and nothing else. The page then asks for what it shows.
 *
 * One question to the database every two seconds in each replica, however many pages are open.
 * @module
 */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { columns } from '../database/columns.ts';
import type { Database } from '../database/database.ts';

const EVERY = 2_000;
/**
 * SECURITY: milliseconds after which a stream ends; the browser opens it again, and is then asked
 * anew who it is. So it outlives a session by no more than this.
 */
const STREAM_LASTS = 60_000;

const last = z.object({ last: columns.integer });

export function registerLive(app: FastifyInstance, database: Database): void {
  const open = new Set<Readable>();
  let said = '';

  const timer = setInterval(() => {
    if (open.size === 0) return;
    database
      .one(last, 'SELECT coalesce(max(sequence), 0)::int AS last FROM conclave.events')
      .then(({ last: sequence }) => `event: changed\ndata: ${sequence}\n\n`)
      // The page says that it may be behind; what exactly is down it reads at /readyz.
      .catch(() => 'event: unreachable\ndata: database\n\n')
      .then((text) => {
        if (text === said) return;
        said = text;
        for (const stream of open) stream.push(text);
      })
      .catch(() => {});
  }, EVERY);
  timer.unref();

  app.get(
    '/v1/events/stream',
    {
      config: { access: 'any-admin', quiet: true },
      schema: { summary: 'Server-sent events: something has changed.', tags: ['events'] },
    },
    async (request, reply) => {
      const stream = new Readable({ read() {} });
      open.add(stream);
      stream.push(`retry: 1000\n\n${said}`);
      const end = setTimeout(() => stream.push(null), STREAM_LASTS);
      const drop = (): void => {
        clearTimeout(end);
        open.delete(stream);
      };
      stream.once('close', drop).once('end', drop);
      request.raw.once('close', () => stream.destroy());
      return reply.type('text/event-stream').send(stream);
    },
  );
  app.addHook('preClose', async () => {
    clearInterval(timer);
    for (const stream of open) stream.push(null);
  });
}
