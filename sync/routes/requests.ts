/**
 * `/v1/requests` and the one-time passphrase of a recovered survey.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatTime, rowId } from '../../shared/encoding/schema.ts';
import { bundleByPrefix } from '../flows/bundles.ts';
import { acknowledgePassphrase, showPassphrase } from '../flows/claims.ts';
import type { FlowContext } from '../flows/context.ts';
import { approveRequest, stopRequest } from '../flows/request-approve.ts';
import {
  createRequest,
  listRequests,
  REQUEST_CODE,
  requestByCode,
  type RequestRow,
} from '../flows/requests.ts';
import { adminOf } from '../http/access.ts';
import { schemaOf } from '../http/schema.ts';
import {
  doneAnswer,
  passphraseAnswer,
  type RequestAnswer,
  requestAnswer,
  requestsAnswer,
} from './answers.ts';
import { reasonText } from './bundles.ts';

const codeParams = z.strictObject({ code: z.string().regex(REQUEST_CODE) });
const digestParams = z.strictObject({ digest: z.string().regex(/^[0-9a-f]{8,64}$/) });
const reasonBody = z.strictObject({ reason: reasonText });
const newBody = z.strictObject({
  userId: rowId,
  surveyId: rowId,
  reason: reasonText,
  verified: reasonText,
  delayHours: z.int().min(0).max(720).optional(),
});

function answer(found: RequestRow): RequestAnswer {
  const until = found.delayUntil === null ? null : formatTime(found.delayUntil);
  const status = found.status.replaceAll('_', ' ');
  return {
    code: found.code,
    id: found.id,
    status: found.status,
    sentence: `Recover survey ${found.surveyId} (${found.surveyName}) for user ${found.userId} (${found.userName}): ${status}${until === null ? '' : `, delay until ${until}`}.`,
    userId: found.userId,
    userName: found.userName,
    surveyId: found.surveyId,
    surveyName: found.surveyName,
    submittedAt: formatTime(found.submittedAt),
    delayHours: found.delayHours,
    delayUntil: until,
    createdBy: found.creatorName ?? 'CheckTick',
    verified: found.verified ?? '',
  };
}

export function registerRequests(app: FastifyInstance, context: FlowContext): void {
  const { database } = context;
  const tags = ['requests'];
  const params = schemaOf(codeParams);
  const one = { 200: schemaOf(requestAnswer) };
  const code = (request: { params: unknown }): string => codeParams.parse(request.params).code;

  app.post(
    '/v1/requests',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Ask for a recovery, once the person’s identity was checked.',
        tags,
        body: schemaOf(newBody),
        response: one,
      },
    },
    async (request) =>
      answer(await createRequest(context, adminOf(request), newBody.parse(request.body))),
  );
  app.get(
    '/v1/requests',
    {
      config: { access: 'any-admin' },
      schema: { summary: 'All requests.', tags, response: { 200: schemaOf(requestsAnswer) } },
    },
    async () => ({ requests: (await listRequests(database)).map(answer) }),
  );
  app.get(
    '/v1/requests/:code',
    {
      config: { access: 'any-admin' },
      schema: { summary: 'One request.', tags, params, response: one },
    },
    async (request) => answer(await requestByCode(database, code(request))),
  );
  app.post(
    '/v1/requests/:code/approve',
    {
      config: { access: ['approver'] },
      schema: {
        summary: 'First or second approval; after the second the delay runs.',
        tags,
        params,
        body: schemaOf(reasonBody),
        response: one,
      },
    },
    async (request) => {
      const { reason } = reasonBody.parse(request.body);
      return answer(await approveRequest(context, adminOf(request), code(request), reason));
    },
  );
  for (const [word, how, access] of [
    ['reject', 'rejected', ['approver']],
    ['cancel', 'cancelled', ['operator', 'approver']],
  ] as const) {
    app.post(
      `/v1/requests/:code/${word}`,
      {
        config: { access },
        schema: {
          summary: `A request is ${how}.`,
          tags,
          params,
          body: schemaOf(reasonBody),
          response: one,
        },
      },
      async (request) => {
        const { reason } = reasonBody.parse(request.body);
        return answer(await stopRequest(context, adminOf(request), code(request), how, reason));
      },
    );
  }

  const digest = async (request: { params: unknown }): Promise<string> =>
    (await bundleByPrefix(database, digestParams.parse(request.params).digest)).digest;
  app.post(
    '/v1/bundles/:digest/passphrase',
    {
      config: { access: ['operator', 'approver'] },
      schema: {
        summary: 'Show the one-time passphrase of a recovery. Every look is written down.',
        tags,
        params: schemaOf(digestParams),
        response: { 200: schemaOf(passphraseAnswer) },
      },
    },
    async (request) => {
      const shown = await showPassphrase(context, adminOf(request), await digest(request));
      return { passphrase: shown.passphrase, expiresAt: formatTime(shown.expiresAt) };
    },
  );
  app.post(
    '/v1/bundles/:digest/passphrase/acknowledge',
    {
      config: { access: ['operator', 'approver'] },
      schema: {
        summary: 'The user has it: destroy it.',
        tags,
        params: schemaOf(digestParams),
        response: { 200: schemaOf(doneAnswer) },
      },
    },
    async (request) => {
      await acknowledgePassphrase(context, adminOf(request), await digest(request));
      return { done: true };
    },
  );
}
