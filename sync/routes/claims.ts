/**
 * `/v1/bundles/:digest/claim…`: how the user of a recovered survey gets in again.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { reasonText } from '../../shared/bundle/approval.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { bundleByPrefix } from '../flows/bundles/bundles.ts';
import { claimOf, endClaimByAdmin, giveClaimCode, renewClaimLink } from '../flows/claims/code.ts';
import type { FlowContext } from '../trust/context.ts';
import { adminOf } from '../http/access.ts';
import { schemaOf } from '../http/schema.ts';
import { claimAnswer, claimCodeAnswer } from './claim-answers.ts';
import { showClaim } from './show-claim.ts';

const digestParams = z.strictObject({ digest: z.string().regex(/^[0-9a-f]{8,64}$/) });
const endBody = z.strictObject({ reason: reasonText });

export function registerClaims(app: FastifyInstance, context: FlowContext): void {
  const { database } = context;
  const tags = ['claims'];
  const params = schemaOf(digestParams);
  const one = { 200: schemaOf(claimAnswer) };
  const config = { access: ['operator', 'approver'] as const };
  const digestOf = async (request: { params: unknown }): Promise<string> =>
    (await bundleByPrefix(database, digestParams.parse(request.params).digest)).digest;

  app.get(
    '/v1/bundles/:digest/claim',
    {
      config: { access: 'any-admin', quiet: true },
      schema: { summary: 'How the user gets in again.', tags, params, response: one },
    },
    async (request) =>
      showClaim(database, adminOf(request), await claimOf(database, await digestOf(request))),
  );
  app.post(
    '/v1/bundles/:digest/claim-code',
    {
      config,
      schema: {
        summary: 'Make a code for the user, shown this once. The one before no longer counts.',
        tags,
        params,
        response: { 200: schemaOf(claimCodeAnswer) },
      },
    },
    async (request) => {
      const digest = await digestOf(request);
      const code = await giveClaimCode(context, adminOf(request), digest);
      const { address, expiresAt } = await claimOf(database, digest);
      return { code, address, expiresAt: formatTime(expiresAt) };
    },
  );
  app.post(
    '/v1/bundles/:digest/claim-link',
    {
      config,
      schema: {
        summary: 'Mail a new link to the same address. The one before no longer works.',
        tags,
        params,
        response: one,
      },
    },
    async (request) => {
      const digest = await digestOf(request);
      await renewClaimLink(context, adminOf(request), digest);
      return showClaim(database, adminOf(request), await claimOf(database, digest));
    },
  );
  app.post(
    '/v1/bundles/:digest/claim-end',
    {
      config,
      schema: {
        summary: 'End a claim: the key that waits is destroyed, and the user is told.',
        tags,
        params,
        body: schemaOf(endBody),
        response: one,
      },
    },
    async (request) => {
      const digest = await digestOf(request);
      const { reason } = endBody.parse(request.body);
      await endClaimByAdmin(context, adminOf(request), digest, reason);
      return showClaim(database, adminOf(request), await claimOf(database, digest));
    },
  );
}
