/**
 * `/v1/escrows`: CheckTick brings survey keys to be stored for recovery.
 * @module
 */
import { base64 } from '@scure/base';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { formatTime } from '../../shared/encoding/schema.ts';
import { escrowKeyDigest } from '../../shared/sharing/escrow-key.ts';
import { keyNumber, readKeysIn } from '../escrows/body.ts';
import type { SentEscrow } from '../escrows/judge.ts';
import { countSurveys, listUnproved } from '../escrows/counts.ts';
import { proofsToLookAt, stillProved } from '../escrows/still-proved.ts';
import { takeEscrows, type TakenEscrow } from '../escrows/take.ts';
import { trustedKeys } from '../escrows/trusted-keys.ts';
import type { FlowContext } from '../trust/context.ts';
import { databaseTime } from '../database/clock.ts';
import { adminOf } from '../http/access.ts';
import { refuseRequest } from '../http/refusals.ts';
import { schemaOf } from '../http/schema.ts';
import {
  escrowKeyAnswer,
  escrowListAnswer,
  escrowListQuery,
  escrowsAnswer,
  type EscrowsAnswer,
  escrowsBody,
  LISTED,
} from './escrow-answers.ts';

type Entry = z.infer<typeof escrowsBody>['escrows'][number];

function show(one: TakenEscrow): EscrowsAnswer['escrows'][number] {
  const { userId, surveyId, status } = one;
  if (status === 'refused') {
    const { code, sentences } = one.refusal;
    const none = { keyVersion: null, digest: null, storedAt: null, provedAt: null };
    return { userId, surveyId, status, ...none, refusal: { code, ...sentences } };
  }
  const { keyVersion, digest, storedAt, provedAt } = one;
  return {
    userId,
    surveyId,
    status,
    keyVersion,
    digest,
    storedAt: formatTime(storedAt),
    provedAt: provedAt === null ? null : formatTime(provedAt),
    refusal: null,
  };
}

function sentOf(entry: Entry, keys: readonly Uint8Array[]): SentEscrow {
  const { userId, surveyId } = entry;
  if ('sealed' in entry) {
    return { userId, surveyId, what: { is: 'sealed', sealed: base64.decode(entry.sealed) } };
  }
  const number = keyNumber(entry.surveyKey);
  const key = number === undefined ? undefined : keys[number];
  // The name was spelt with an escape: then it was not seen as one.
  if (key === undefined) throw refuseRequest('request-invalid', 'body/escrows/surveyKey');
  return { userId, surveyId, what: { is: 'key', key } };
}

export async function registerEscrows(app: FastifyInstance, context: FlowContext): Promise<void> {
  const tags = ['escrows'];
  // A scope of its own: only here is JSON read as bytes first.
  await app.register(async (scope) => {
    const held = new WeakMap<FastifyRequest, readonly Uint8Array[]>();
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer' },
      async (request: FastifyRequest, body: Buffer) => {
        const { json, keys } = readKeysIn(body);
        held.set(request, keys);
        return json;
      },
    );
    scope.addHook('onResponse', async (request) => {
      for (const key of held.get(request) ?? []) key.fill(0);
    });
    scope.post(
      '/v1/escrows',
      {
        config: { access: ['escrower'] },
        schema: {
          summary: 'Store survey keys for recovery, or verify stored ones. Safe to repeat.',
          tags,
          body: schemaOf(escrowsBody),
          response: { 200: schemaOf(escrowsAnswer) },
        },
      },
      async (request) => {
        const { unlock, escrows } = escrowsBody.parse(request.body);
        const keys = held.get(request) ?? [];
        const sent = escrows.map((entry) => sentOf(entry, keys));
        const taken = await takeEscrows(context, adminOf(request), unlock, sent);
        return { escrows: taken.map(show) };
      },
    );
  });
  app.get(
    '/v1/escrows',
    {
      config: { access: 'any-admin', quiet: true },
      schema: {
        summary: 'Of how many surveys the key is stored and proved, and of which not.',
        tags,
        querystring: schemaOf(escrowListQuery),
        response: { 200: schemaOf(escrowListAnswer) },
      },
    },
    async (request) => {
      const { database, kv } = context;
      const { state, after = '0' } = escrowListQuery.parse(request.query);
      const only = state === undefined ? {} : { state };
      const still = await stillProved(kv, await proofsToLookAt(database));
      const found = await listUnproved(database, still, {
        ...only,
        after: Number(after),
        most: LISTED + 1,
      });
      const { now } = await databaseTime(database);
      return {
        now: formatTime(now),
        count: await countSurveys(database, still),
        surveys: found.slice(0, LISTED).map(({ id, name, users, state: standing }) => ({
          surveyId: id,
          name,
          state: standing,
          userIds: users,
        })),
        more: found.length > LISTED,
      };
    },
  );
  app.get(
    '/v1/escrows/key',
    {
      config: { access: ['escrower', 'operator', 'approver', 'auditor'], quiet: true },
      schema: {
        summary: 'The escrow key of the active key version, for callers who seal for themselves.',
        tags,
        response: { 200: schemaOf(escrowKeyAnswer) },
      },
    },
    async () => {
      const trusted = await trustedKeys(context);
      const { installation, active } = trusted;
      const { mode, audience } = installation;
      const escrowKey = await trusted.keyOf(active);
      return { mode, audience, keyVersion: active, escrowKey, digest: escrowKeyDigest(escrowKey) };
    },
  );
}
