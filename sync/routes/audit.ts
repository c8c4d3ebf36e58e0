/**
 * `/v1/audit`: what happened in sync, for whoever must be able to say so later.
 * @module
 */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { readAudit } from '../audit/entries.ts';
import { EXPORT_FORMATS, exportAudit } from '../audit/export.ts';
import { auditAsked, auditFilter, auditTypes } from '../audit/filter.ts';
import { auditMeanings } from '../audit/refusals.ts';
import { showEntry } from '../audit/show.ts';
import { readInstallation } from '../database/settings.ts';
import { adminOf } from '../http/access.ts';
import { schemaOf } from '../http/schema.ts';
import type { RouteSet } from '../server.ts';
import { auditAnswer, auditTypesAnswer } from './audit-answers.ts';

const FEW = 50;
const listed = auditAsked.extend({
  /** `next` of the page before. */
  after: z.string().max(1_000).optional(),
  /** 1 to 200 entries; 50 otherwise. */
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|1\d\d|200)$/)
    .optional(),
});
const exported = z.strictObject({ format: z.enum(EXPORT_FORMATS), filter: auditAsked });
const MEDIA = { jsonl: 'application/jsonl', csv: 'text/csv; charset=utf-8; header=present' };

export const auditRoutes: RouteSet = {
  meanings: auditMeanings,
  register(app: FastifyInstance, { database }) {
    app.get(
      '/v1/audit',
      {
        config: { access: 'any-admin', quiet: true },
        schema: {
          summary: 'Events, signed approvals and mails, newest first, page by page.',
          description: 'The sign-ins of others are listed for auditors only.',
          tags: ['audit'],
          querystring: schemaOf(listed),
          response: { 200: schemaOf(auditAnswer) },
        },
      },
      async (request) => {
        const { after, limit, ...asked } = listed.parse(request.query);
        const { mode } = await readInstallation(database);
        const filter = await auditFilter(database, asked, adminOf(request));
        const page = await readAudit(database, filter, after ?? null, Number(limit ?? FEW));
        return {
          entries: page.rows.map((row) => showEntry(row, mode)),
          next: page.next,
          signInsOfOthers: filter.reader === null,
        };
      },
    );
    app.get(
      '/v1/audit/types',
      {
        config: { access: 'any-admin', quiet: true },
        schema: {
          summary: 'The kinds of entry, in plain words.',
          tags: ['audit'],
          response: { 200: schemaOf(auditTypesAnswer) },
        },
      },
      async () => ({ types: auditTypes() }),
    );
    app.post(
      '/v1/audit/export',
      {
        config: { access: 'any-admin' },
        schema: {
          summary: 'All that a filter leaves, as JSON lines or CSV; the export is written down.',
          description: 'The last record says how many entries there are; without it, it broke off.',
          tags: ['audit'],
          body: schemaOf(exported),
        },
      },
      async (request, reply) => {
        const { format, filter } = exported.parse(request.body);
        const { fileName, text } = await exportAudit(database, adminOf(request), filter, format);
        return reply
          .type(MEDIA[format])
          .header('content-disposition', `attachment; filename="${fileName}"`)
          .send(Readable.from(text, { objectMode: false }));
      },
    );
  },
};
