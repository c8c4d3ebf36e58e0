/**
 * Looking for users and surveys of CheckTick. What is looked for comes in the body: an address would
 * leave names of people in the logs of proxies.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatTime } from '../../shared/encoding/schema.ts';
import { searchEscrows, searchUsers } from '../flows/requests/recoverable.ts';
import { schemaOf } from '../http/schema.ts';
import type { ServiceContext } from '../server.ts';
import { recoverableAnswer, usersAnswer } from './recovery-answers.ts';

const searchBody = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^(?=.*\S)[^\p{Cc}]+$/u),
});

export function registerSearch(app: FastifyInstance, { database }: ServiceContext): void {
  const tags = ['search'];
  const body = schemaOf(searchBody);
  app.post(
    '/v1/recoverable/search',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Surveys that can be recovered, by number or name of the user or the survey.',
        tags,
        body,
        response: { 200: schemaOf(recoverableAnswer) },
      },
    },
    async (request) => {
      const { text } = searchBody.parse(request.body);
      const { found, more } = await searchEscrows(database, text);
      const users = await searchUsers(database, text);
      const has = new Set(found.map(({ userId }) => userId));
      return {
        surveys: found.map((one) => ({ ...one, escrowedAt: formatTime(one.escrowedAt) })),
        // With more surveys than are shown, a user's own may be among the others.
        users: more
          ? []
          : users.found
              .filter(({ id }) => !has.has(id))
              .map(({ id, userName }) => ({ id, userName })),
        more: more || users.more,
      };
    },
  );
  app.post(
    '/v1/users/search',
    {
      config: { access: ['approver'] },
      schema: {
        summary: 'Users of CheckTick by number, name or address, to invite one of them.',
        tags,
        body,
        response: { 200: schemaOf(usersAnswer) },
      },
    },
    async (request) => {
      const { found, more } = await searchUsers(database, searchBody.parse(request.body).text);
      return { users: [...found], more };
    },
  );
}
