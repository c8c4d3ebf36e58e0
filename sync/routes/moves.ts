/**
 * `/v1/packages/migrate-escrows` and the files of survey keys that move: out with the package, back
 * with the bundle.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { keyVersion } from '../../shared/encoding/schema.ts';
import { bundleByPrefix } from '../flows/bundles/bundles.ts';
import type { FlowContext } from '../trust/context.ts';
import { packageByPrefix } from '../flows/package-rows/rows.ts';
import { refuseFlow } from '../trust/refusals.ts';
import { wordsOf } from '../trust/eight-words.ts';
import { adminOf } from '../http/access.ts';
import { schemaOf } from '../http/schema.ts';
import { takeFileBack } from '../flows/bundles/files-back.ts';
import { packedFile } from '../flows/package-rows/files-out.ts';
import { requestMovePackage } from '../flows/packages/move.ts';
import { bundleAnswer, fileAnswer, packageAnswer } from './answers.ts';
import { fileIn } from './bundles.ts';
import { nonceParams, setNamed, ticketBody, withTicket } from './packages.ts';
import { showBundle, showPackage } from './show.ts';

const moveBody = ticketBody.extend({ keyVersion, set: setNamed });
const fileParams = nonceParams.extend({ number: z.string().regex(/^[1-9][0-9]{0,3}$/) });
const digestParams = z.strictObject({ digest: z.string().regex(/^[0-9a-f]{8,64}$/) });

export function registerMoves(app: FastifyInstance, context: FlowContext): void {
  const { database } = context;
  app.post(
    '/v1/packages/migrate-escrows',
    {
      config: { access: ['operator'] },
      schema: {
        summary:
          'Ask for a package that moves the survey keys of a version to the active one: the version that is emptied, ticket, and the ticket’s words as typed.',
        tags: ['packages'],
        body: schemaOf(moveBody),
        response: { 200: schemaOf(packageAnswer) },
      },
    },
    async (request) => {
      const entry = withTicket(moveBody.parse(request.body));
      return showPackage(context, await requestMovePackage(context, adminOf(request), entry));
    },
  );
  app.get(
    '/v1/packages/:nonce/files/:number',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'One file of survey keys of a released package, from 1 on.',
        tags: ['packages'],
        params: schemaOf(fileParams),
        response: { 200: schemaOf(fileAnswer) },
      },
    },
    async (request) => {
      const { nonce, number } = fileParams.parse(request.params);
      const found = await packageByPrefix(database, nonce);
      if (found.digest === null) throw refuseFlow('package-state', found.state);
      const { fileName, digest, content } = await packedFile(database, found, Number(number));
      return {
        fileName,
        digest,
        words: wordsOf(digest),
        content: Buffer.from(content).toString('base64'),
      };
    },
  );
  app.post(
    '/v1/bundles/:digest/files',
    {
      config: { access: ['operator'] },
      schema: {
        summary:
          'One file of survey keys that moved, named by the bundle: in any order, and again.',
        tags: ['bundles'],
        params: schemaOf(digestParams),
        response: { 200: schemaOf(bundleAnswer) },
      },
    },
    async (request) => {
      const { digest: prefix } = digestParams.parse(request.params);
      const found = await bundleByPrefix(database, prefix);
      await takeFileBack(context, adminOf(request), found, fileIn(request.body));
      return showBundle(context, found);
    },
  );
}
