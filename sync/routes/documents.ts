/**
 * `/v1/descriptor` and `/v1/chain`: who sync is, and all that a laptop needs to go on.
 * @module
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { descriptorType } from '../../shared/bundle/descriptor.ts';
import { makeChain } from '../flows/logs/chain.ts';
import { type FlowContext, readSituation } from '../trust/context.ts';
import { schemaOf } from '../http/schema.ts';
import { fileAnswer } from './answers.ts';
import { fileOf } from './show.ts';

export function registerDocuments(app: FastifyInstance, context: FlowContext): void {
  const config = { access: 'any-admin' } as const;
  const response = { 200: schemaOf(fileAnswer) };
  app.get(
    '/v1/descriptor',
    {
      config,
      schema: {
        summary: 'Who this sync is; its eight words are read aloud.',
        tags: ['documents'],
        response,
      },
    },
    async () => {
      const { identity } = await readSituation(context);
      const { descriptor } = identity;
      return fileOf('descriptor', descriptor.digest, descriptorType.toBytes(descriptor));
    },
  );
  app.get(
    '/v1/chain',
    {
      config,
      schema: {
        summary: 'Descriptor, trusted manifests and rosters, receipts.',
        tags: ['documents'],
        response,
      },
    },
    async () => {
      const bytes = await makeChain(context);
      return fileOf('chain', createHash('sha256').update(bytes).digest('hex'), bytes);
    },
  );
}
