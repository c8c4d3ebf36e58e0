/**
 * `/v1/statements`: what an approver is shown, and his signature under exactly that.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { APPROVAL_ACTIONS, reasonText } from '../../shared/bundle/approval.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { APPROVABLES } from '../flows/actions.ts';
import { proofSchema } from '../approvals/proofs.ts';
import { type Approved, approveStatement, openStatement } from '../approvals/statements.ts';
import { bundleByPrefix } from '../flows/bundles/bundles.ts';
import type { FlowContext } from '../trust/context.ts';
import { packageByPrefix } from '../flows/package-rows/rows.ts';
import { requestByCode } from '../flows/requests/requests.ts';
import { adminOf } from '../http/access.ts';
import { schemaOf } from '../http/schema.ts';
import { type ApprovedAnswer, approvedAnswer, statementAnswer } from './answers.ts';
import { wordsText } from './bundles.ts';
import { showBundle, showPackage } from './show.ts';
import { showRequest } from './show-request.ts';

const openBody = z.strictObject({
  action: z.enum(APPROVAL_ACTIONS),
  /** A request's code; how a nonce or a digest begins (8 digits or more); an admin's name. */
  subject: z.string().min(1).max(200),
  reason: reasonText,
  /** The eight words on the witness's paper, for a setup. */
  words: wordsText.optional(),
});
const idParams = z.strictObject({ id: z.uuid() });
const approveBody = z.strictObject({ proof: proofSchema });

/** The approved thing as it stands now. */
async function standing(
  context: FlowContext,
  { action, subject }: Approved,
): Promise<ApprovedAnswer> {
  const { database } = context;
  switch (action) {
    case 'request-approve': {
      const request = await showRequest(database, await requestByCode(database, subject));
      return { action, subject, request };
    }
    case 'package-release': {
      const found = await showPackage(context, await packageByPrefix(database, subject));
      return { action, subject, package: found };
    }
    case 'difference-accept':
    case 'bundle-approve': {
      const bundle = await showBundle(context, await bundleByPrefix(database, subject));
      return { action, subject, bundle };
    }
    default:
      return { action, subject };
  }
}

export function registerStatements(app: FastifyInstance, context: FlowContext): void {
  const tags = ['statements'];
  // Which role it takes depends on the action: statements.ts asks.
  const config = { access: 'any-admin' } as const;
  app.post(
    '/v1/statements',
    {
      config,
      schema: {
        summary: 'Be shown what you would approve. Nothing is approved yet.',
        tags,
        body: schemaOf(openBody),
        response: { 200: schemaOf(statementAnswer) },
      },
    },
    async (request) => {
      const asked = openBody.parse(request.body);
      const open = await openStatement(context, APPROVABLES, adminOf(request), asked);
      return { ...open, goodUntil: formatTime(open.goodUntil) };
    },
  );
  app.post(
    '/v1/statements/:id/approve',
    {
      config,
      schema: {
        summary: 'Approve exactly what was shown, by a passkey or a signature.',
        tags,
        params: schemaOf(idParams),
        body: schemaOf(approveBody),
        response: { 200: schemaOf(approvedAnswer) },
      },
    },
    async (request) => {
      const { id } = idParams.parse(request.params);
      const { proof } = approveBody.parse(request.body);
      return standing(
        context,
        await approveStatement(context, APPROVABLES, adminOf(request), { id, proof }),
      );
    },
  );
}
