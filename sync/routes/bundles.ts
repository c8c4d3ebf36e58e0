/**
 * `/v1/bundles`: import, look, approve, refuse, commit, receipt.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { reasonText } from '../../shared/bundle/approval.ts';
import { objectToLost } from '../flows/endings/admins-lost.ts';
import { commitBundle } from '../flows/commit/resume.ts';
import { refuseBundle } from '../flows/incoming/approve.ts';
import { importBundle } from '../flows/incoming/import.ts';
import { bundleByPrefix, listBundles } from '../flows/bundles/bundles.ts';
import type { FlowContext } from '../trust/context.ts';
import { LIST_AT_MOST } from '../database/lists.ts';
import { receiptOf } from '../flows/endings/receipt-file.ts';
import { adminOf } from '../http/access.ts';
import { refuseRequest } from '../http/refusals.ts';
import { schemaOf } from '../http/schema.ts';
import { bundleAnswer, bundlesAnswer, fileAnswer } from './answers.ts';
import { fileOf, showBundle, showBundles } from './show.ts';

export const wordsText = z.string().min(1).max(200);
const digestParams = z.strictObject({ digest: z.string().regex(/^[0-9a-f]{8,64}$/) });
const listQuery = z.strictObject({ before: digestParams.shape.digest.optional() });
const refuseBody = z.strictObject({ reason: reasonText });

/** Milliseconds that whoever commits waits for the end; then it goes on, and its state is answered. */
const PATIENCE = 45_000;

/** A file that came as application/octet-stream. */
export function fileIn(body: unknown): Uint8Array {
  if (!(body instanceof Uint8Array)) throw refuseRequest('request-type');
  return new Uint8Array(body);
}

export function registerBundles(app: FastifyInstance, context: FlowContext): void {
  const { database } = context;
  const params = schemaOf(digestParams);
  const one = { 200: schemaOf(bundleAnswer) };
  const named = async (request: { params: unknown }) =>
    bundleByPrefix(database, digestParams.parse(request.params).digest);

  app.post(
    '/v1/bundles',
    {
      config: { access: ['operator'] },
      schema: { summary: 'Import a bundle file.', tags: ['bundles'], response: one },
    },
    async (request) =>
      showBundle(context, await importBundle(context, adminOf(request), fileIn(request.body))),
  );
  app.get(
    '/v1/bundles',
    {
      config: { access: 'any-admin' },
      schema: {
        summary: 'Bundles, newest first, 200 at a time; the next ones with ?before=DIGEST.',
        tags: ['bundles'],
        querystring: schemaOf(listQuery),
        response: { 200: schemaOf(bundlesAnswer) },
      },
    },
    async (request) => {
      const { before } = listQuery.parse(request.query);
      const last = before === undefined ? undefined : await bundleByPrefix(database, before);
      const rows = await listBundles(database, last?.digest);
      return {
        bundles: await showBundles(context, rows),
        more: rows.length === LIST_AT_MOST,
      };
    },
  );
  app.get(
    '/v1/bundles/:digest',
    {
      config: { access: 'any-admin' },
      schema: { summary: 'One bundle.', tags: ['bundles'], params, response: one },
    },
    async (request) => showBundle(context, await named(request)),
  );
  app.post(
    '/v1/bundles/:digest/refuse',
    {
      config: { access: ['approver'] },
      schema: {
        summary: 'End a bundle with a signed negative receipt.',
        tags: ['bundles'],
        params,
        body: schemaOf(refuseBody),
        response: one,
      },
    },
    async (request) => {
      const { digest } = await named(request);
      await refuseBundle(context, adminOf(request), digest, refuseBody.parse(request.body).reason);
      return showBundle(context, await bundleByPrefix(database, digest));
    },
  );
  app.post(
    '/v1/bundles/:digest/object',
    {
      config: { access: 'any-admin' },
      schema: {
        summary: 'Stop a bundle that would replace every admin; any one admin may.',
        tags: ['bundles'],
        params,
        body: schemaOf(refuseBody),
        response: one,
      },
    },
    async (request) => {
      const { digest } = await named(request);
      const { reason } = refuseBody.parse(request.body);
      return showBundle(context, await objectToLost(context, adminOf(request), digest, reason));
    },
  );
  app.post(
    '/v1/bundles/:digest/commit',
    {
      config: { access: ['operator'] },
      schema: {
        summary:
          'Commit a bundle, or go on with its commit. Asking again is safe. What takes long goes on by itself: then the state is answered.',
        tags: ['bundles'],
        params,
        response: one,
      },
    },
    async (request) => {
      const { digest } = await named(request);
      const commit = commitBundle(context, adminOf(request), digest);
      // A hundred thousand survey keys take longer than anybody waits for an answer.
      const done = await Promise.race([commit, setTimeout(PATIENCE, undefined, { ref: false })]);
      if (done !== undefined) return showBundle(context, done);
      commit.catch((cause: unknown) => {
        request.log.warn({ err: cause }, 'a commit that went on by itself stopped');
      });
      return showBundle(context, await bundleByPrefix(database, digest));
    },
  );
  app.get(
    '/v1/bundles/:digest/receipt',
    {
      config: { access: 'any-admin' },
      schema: {
        summary: 'The receipt, the same for ever.',
        tags: ['bundles'],
        params,
        response: { 200: schemaOf(fileAnswer) },
      },
    },
    async (request) => {
      const { digest, bytes } = await receiptOf(context, (await named(request)).nonce);
      return fileOf('receipt', digest, bytes);
    },
  );
}
