/**
 * `/v1/requests` and the one-time passphrase of a recovered survey.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { reasonText } from '../../shared/bundle/approval.ts';
import { organisationWay } from '../../shared/bundle/package.ts';
import { formatTime, rowId } from '../../shared/encoding/schema.ts';
import { bundleByPrefix } from '../flows/bundles/bundles.ts';
import { acknowledgePassphrase, showPassphrase } from '../flows/claims/claims.ts';
import type { FlowContext } from '../trust/context.ts';
import { LIST_AT_MOST } from '../database/lists.ts';
import { createRequest } from '../flows/requests/make.ts';
import { stopRequest } from '../flows/endings/request-stop.ts';
import { verifyRequest } from '../flows/requests/verify.ts';
import {
  listRequests,
  REQUEST_CODE,
  requestByCode,
  type RequestRow,
} from '../flows/requests/requests.ts';
import { emailText } from '../flows/requests/stated-email.ts';
import { CHECKS } from '../flows/requests/verifications.ts';
import { adminOf } from '../http/access.ts';
import { refuseRequest } from '../http/refusals.ts';
import { schemaOf } from '../http/schema.ts';
import { doneAnswer, passphraseAnswer, requestAnswer, requestsAnswer } from './answers.ts';
import { recoveryOf } from './recovery.ts';
import { recoveryAnswer } from './recovery-answers.ts';
import { showRequest, showRequests } from './show-request.ts';

const codeParams = z.strictObject({ code: z.string().regex(REQUEST_CODE) });
const digestParams = z.strictObject({ digest: z.string().regex(/^[0-9a-f]{8,64}$/) });
const listQuery = z.strictObject({ before: codeParams.shape.code.optional() });
const reasonBody = z.strictObject({ reason: reasonText });
/** Where the evidence of a check lies. */
const referenceText = reasonText.max(200);
const delayHours = z.int().min(0).max(720).optional();
const newBody = z.strictObject({
  userId: rowId,
  surveyId: rowId,
  reason: reasonText,
  checks: z.array(z.enum(CHECKS)).max(CHECKS.length).default([]),
  reference: referenceText.optional(),
  /** The address that the person gave at the check. */
  email: emailText.optional(),
  delayHours,
  /** Of a survey whose key an organisation keeps: its owner's passphrase opens it on the laptop. */
  organisation: organisationWay.optional(),
});
const verifyBody = z.strictObject({
  checks: z.array(z.enum(CHECKS)).min(1).max(CHECKS.length),
  reference: referenceText,
  email: emailText.optional(),
  delayHours,
});

export function registerRequests(app: FastifyInstance, context: FlowContext): void {
  const { database } = context;
  const answerOf = (found: RequestRow) => showRequest(database, found);
  const tags = ['requests'];
  const params = schemaOf(codeParams);
  const one = { 200: schemaOf(requestAnswer) };
  const code = (request: { params: unknown }): string => codeParams.parse(request.params).code;

  app.post(
    '/v1/requests',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Ask for a recovery, also before the person was checked.',
        tags,
        body: schemaOf(newBody),
        response: one,
      },
    },
    async (request) => {
      const entry = newBody.parse(request.body);
      if (entry.checks.length > 0 && entry.reference === undefined) {
        throw refuseRequest('request-invalid', 'reference');
      }
      if (entry.checks.length === 0 && entry.email !== undefined) {
        throw refuseRequest('request-invalid', 'email');
      }
      return answerOf(await createRequest(context, adminOf(request), entry));
    },
  );
  app.get(
    '/v1/requests',
    {
      config: { access: 'any-admin', quiet: true },
      schema: {
        summary: 'Requests, newest first, 200 at a time; the next ones with ?before=CODE.',
        tags,
        querystring: schemaOf(listQuery),
        response: { 200: schemaOf(requestsAnswer) },
      },
    },
    async (request) => {
      const { before } = listQuery.parse(request.query);
      const last = before === undefined ? undefined : await requestByCode(database, before);
      const rows = await listRequests(database, last?.code);
      return {
        requests: await showRequests(database, rows),
        more: rows.length === LIST_AT_MOST,
      };
    },
  );
  app.get(
    '/v1/requests/:code',
    {
      config: { access: 'any-admin' },
      schema: { summary: 'One request.', tags, params, response: one },
    },
    async (request) => answerOf(await requestByCode(database, code(request))),
  );
  app.get(
    '/v1/requests/:code/recovery',
    {
      config: { access: 'any-admin', quiet: true },
      schema: {
        summary: 'One recovery as a whole: steps, history, packages, bundles, and what I may do.',
        tags,
        params,
        response: { 200: schemaOf(recoveryAnswer) },
      },
    },
    async (request) => recoveryOf(context, adminOf(request), code(request)),
  );
  app.post(
    '/v1/requests/:code/verify',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Record how the person who asks was checked; also of requests made in CheckTick.',
        tags,
        params,
        body: schemaOf(verifyBody),
        response: one,
      },
    },
    async (request) => {
      const entry = verifyBody.parse(request.body);
      return answerOf(await verifyRequest(context, adminOf(request), code(request), entry));
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
        return answerOf(await stopRequest(context, adminOf(request), code(request), how, reason));
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
