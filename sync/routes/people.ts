/**
 * `/v1/me` and `/v1/admins`: who I am, my keys and tokens, and who else there is.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { formatTime } from '../../shared/encoding/schema.ts';
import { listAdmins } from '../admins/admins.ts';
import { setOnCall } from '../admins/on-call.ts';
import { listTokens, makeToken, revokeToken, TOKEN_DAYS } from '../admins/token-rows.ts';
import { adminOf } from '../http/access.ts';
import { issueChallenge } from '../people/challenges.ts';
import { invitationCode, invitationLink } from '../people/invitations.ts';
import { assertionOptions, assertionSchema, requireSite } from '../people/passkeys.ts';
import { peopleMeanings, refusePeople } from '../people/refusals.ts';
import { IDLE_MINUTES } from '../people/sessions.ts';
import { confirmPresence } from '../people/sign-in.ts';
import type { RouteSet, ServiceContext } from '../server.ts';
import { adminsFor, namesAmong } from './admin-list.ts';
import { doneAnswer } from './answers.ts';
import { registerOwnKeys } from './own-keys.ts';
import {
  adminsAnswer,
  askedAnswer,
  codeAnswer,
  linkAnswer,
  meAnswer,
  newTokenAnswer,
  toAdminAnswer,
  tokensAnswer,
  toTokenAnswer,
} from './people-answers.ts';
import { anyAdmin, onPage, schemaFor, toLinkAnswer } from './people-parts.ts';
import { challengeId, label, registerSignIn } from './sign-in.ts';

export const peopleRoutes: RouteSet = {
  meanings: peopleMeanings,
  register(app, context) {
    registerSignIn(app, context);
    registerMe(app, context);
    registerOwnKeys(app, context);
    registerAdmins(app, context);
  },
};

const tokenBody = z.strictObject({
  challengeId,
  response: assertionSchema,
  label,
  days: z.int().min(1).max(TOKEN_DAYS).optional(),
});
const onCallBody = z.strictObject({ onCall: z.boolean() });
const tokenParams = z.strictObject({ prefix: z.string().regex(/^[0-9a-f]{8}$/) });
const adminParams = z.strictObject({ id: z.uuid() });

function registerMe(app: FastifyInstance, context: ServiceContext): void {
  const { database, config } = context;
  const { site } = config.people;
  const tags = ['me'];

  app.get(
    '/v1/me',
    { config: { ...anyAdmin, quiet: true }, schema: schemaFor(tags, 'Who I am here.', meAnswer) },
    async (request) => {
      const admin = adminOf(request);
      return {
        admin: toAdminAnswer(admin, namesAmong(await listAdmins(database))),
        signIn: request.signIn,
        mode: config.mode,
        session:
          request.session === null
            ? null
            : { expiresAt: formatTime(request.session.expiresAt), idleMinutes: IDLE_MINUTES },
      };
    },
  );
  app.post(
    '/v1/me/on-call',
    {
      config: anyAdmin,
      schema: schemaFor(tags, 'Whether I am told of what waits.', doneAnswer, { body: onCallBody }),
    },
    async (request) => {
      const { onCall } = onCallBody.parse(request.body);
      await database.transaction((tx) => setOnCall(tx, adminOf(request), onCall));
      return { done: true };
    },
  );
  app.post(
    '/v1/me/confirm/options',
    {
      config: onPage,
      schema: schemaFor(
        tags,
        'What my passkey is asked before I get a new key or token.',
        askedAnswer,
      ),
    },
    async (request) => {
      const admin = adminOf(request);
      const { id, challenge } = await issueChallenge(database, {
        purpose: 'confirm',
        adminId: admin.id,
      });
      const options = await assertionOptions(database, requireSite(site), admin, challenge);
      if (options === null) throw refusePeople('key-refused');
      return { challengeId: id, options };
    },
  );
  app.get(
    '/v1/me/tokens',
    {
      config: { ...anyAdmin, quiet: true },
      schema: schemaFor(tags, 'My own tokens.', tokensAnswer),
    },
    async (request) => ({
      tokens: (await listTokens(database, adminOf(request))).map(toTokenAnswer),
    }),
  );
  app.post(
    '/v1/me/tokens',
    {
      config: onPage,
      schema: schemaFor(tags, 'A token for the command line, shown once.', newTokenAnswer, {
        body: tokenBody,
      }),
    },
    async (request) => {
      const body = tokenBody.parse(request.body);
      const { challengeId: id, response } = body;
      const admin = adminOf(request);
      // SECURITY: whoever found an open page, or stole a cookie, gets no token with it.
      await confirmPresence(database, requireSite(site), admin, { challengeId: id, response });
      const { text, row } = await database.transaction((tx) =>
        makeToken(tx, admin, { label: body.label, days: body.days ?? TOKEN_DAYS }),
      );
      return { ...toTokenAnswer(row), token: text, name: admin.name };
    },
  );
  app.post(
    '/v1/me/tokens/:prefix/revoke',
    {
      config: anyAdmin,
      schema: schemaFor(tags, 'Revoke one of my tokens.', doneAnswer, { params: tokenParams }),
    },
    async (request) => {
      const { prefix } = tokenParams.parse(request.params);
      await database.transaction((tx) => revokeToken(tx, adminOf(request), prefix));
      return { done: true };
    },
  );
}

function registerAdmins(app: FastifyInstance, context: ServiceContext): void {
  const { database } = context;
  const tags = ['admins'];
  const id = (request: FastifyRequest): string => adminParams.parse(request.params).id;

  app.get(
    '/v1/admins',
    {
      config: { ...anyAdmin, quiet: true },
      schema: schemaFor(tags, 'All admins, the disabled ones too.', adminsAnswer),
    },
    async (request) => adminsFor(context, adminOf(request)),
  );
  app.post(
    '/v1/admins/:id/code',
    {
      config: anyAdmin,
      schema: schemaFor(
        tags,
        'The code that I read out to whom I invited; voids the one before.',
        codeAnswer,
        {
          params: adminParams,
        },
      ),
    },
    async (request) => ({
      code: await database.transaction((tx) => invitationCode(tx, adminOf(request), id(request))),
    }),
  );
  app.post(
    '/v1/admins/:id/link',
    {
      config: anyAdmin,
      schema: schemaFor(tags, 'The link for whom I confirmed; voids the one before.', linkAnswer, {
        params: adminParams,
      }),
    },
    async (request) =>
      toLinkAnswer(
        context,
        await database.transaction((tx) => invitationLink(tx, adminOf(request), id(request))),
      ),
  );
}
