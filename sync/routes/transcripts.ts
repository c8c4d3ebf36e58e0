/**
 * `/v1/transcripts`: ceremony logs that sync keeps for the next laptop.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import type { FlowContext } from '../trust/context.ts';
import { keepTranscript } from '../flows/logs/transcripts.ts';
import { adminOf } from '../http/access.ts';
import { schemaOf } from '../http/schema.ts';
import { transcriptAnswer } from './answers.ts';
import { fileIn } from './bundles.ts';

export function registerTranscripts(app: FastifyInstance, context: FlowContext): void {
  app.post(
    '/v1/transcripts',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Keep the log of a ceremony for the next laptop.',
        tags: ['documents'],
        response: { 200: schemaOf(transcriptAnswer) },
      },
    },
    async (request) => keepTranscript(context, adminOf(request), fileIn(request.body)),
  );
}
