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
import { schemaOf } from '../http/schema.ts';
import { listAuthenticators, revokeAuthenticator } from '../people/authenticators.ts';
import { issueChallenge } from '../people/challenges.ts';
import { createEnrolment, enrolmentLink, type NewEnrolment } from '../people/enrolments.ts';
import { invitationCode, invitationLink } from '../people/invitations.ts';
import { assertionOptions, assertionSchema, requireSite } from '../people/passkeys.ts';
import { peopleMeanings, refusePeople } from '../people/refusals.ts';
import { IDLE_MINUTES } from '../people/sessions.ts';
import { confirmPresence } from '../people/sign-in.ts';
import type { RouteSet, ServiceContext } from '../server.ts';
import { adminsFor, namesAmong } from './admin-list.ts';
import { doneAnswer } from './answers.ts';
import {
  adminsAnswer,
  askedAnswer,
  codeAnswer,
  keysAnswer,
  linkAnswer,
  meAnswer,
  newTokenAnswer,
  toAdminAnswer,
  tokensAnswer,
  toKeyAnswer,
  toTokenAnswer,
} from './people-answers.ts';
import { challengeId, label, registerSignIn } from './sign-in.ts';

export const peopleRoutes: RouteSet = {
  meanings: peopleMeanings,
  register(app, context) {
    registerSignIn(app, context);
    registerMe(app, context);
    registerAdmins(app, context);
  },
};

/** Hours that a link for one more key of one's own is good. */
const OWN_LINK_HOURS = 1;

const confirmation = { challengeId, response: assertionSchema };
const confirmBody = z.strictObject(confirmation);
const tokenBody = z.strictObject({
  ...confirmation,
  label,
  days: z.int().min(1).max(TOKEN_DAYS).optional(),
});
const onCallBody = z.strictObject({ onCall: z.boolean() });
const keyParams = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{16,1364}$/) });
const tokenParams = z.strictObject({ prefix: z.string().regex(/^[0-9a-f]{8}$/) });
const adminParams = z.strictObject({ id: z.uuid() });

const anyAdmin = { access: 'any-admin' } as const;
/** Only on the page: a token alone must not make anything that outlives it. */
const onPage = { access: 'any-admin', signIn: 'session' } as const;

function schema(
  tags: readonly string[],
  summary: string,
  answer: z.ZodType,
  more: { readonly body?: z.ZodType; readonly params?: z.ZodType } = {},
) {
  return {
    summary,
    tags,
    ...(more.body === undefined ? {} : { body: schemaOf(more.body) }),
    ...(more.params === undefined ? {} : { params: schemaOf(more.params) }),
    response: { 200: schemaOf(answer) },
  };
}

function registerMe(app: FastifyInstance, context: ServiceContext): void {
  const { database, config } = context;
  const { site } = config.people;
  const tags = ['me'];

  app.get(
    '/v1/me',
    { config: { ...anyAdmin, quiet: true }, schema: schema(tags, 'Who I am here.', meAnswer) },
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
      schema: schema(tags, 'Whether I am told of what waits.', doneAnswer, { body: onCallBody }),
    },
    async (request) => {
      const { onCall } = onCallBody.parse(request.body);
      await database.transaction((tx) => setOnCall(tx, adminOf(request), onCall));
      return { done: true };
    },
  );
  app.get(
    '/v1/me/keys',
    {
      config: { ...anyAdmin, quiet: true },
      schema: schema(tags, 'My own keys.', keysAnswer),
    },
    async (request) => ({
      keys: (await listAuthenticators(database, adminOf(request).id)).map(toKeyAnswer),
    }),
  );
  app.post(
    '/v1/me/keys/:id/revoke',
    {
      config: onPage,
      schema: schema(tags, 'Revoke one of my keys, and what it opened.', doneAnswer, {
        params: keyParams,
      }),
    },
    async (request) => {
      const id = new Uint8Array(Buffer.from(keyParams.parse(request.params).id, 'base64url'));
      await database.transaction((tx) => revokeAuthenticator(tx, adminOf(request), id));
      return { done: true };
    },
  );
  app.post(
    '/v1/me/confirm/options',
    {
      config: onPage,
      schema: schema(
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
  // SECURITY: whoever found an open page, or stole a cookie, gets no key and no token with it.
  const confirmed = (request: FastifyRequest, body: z.infer<typeof confirmBody>): Promise<void> =>
    confirmPresence(database, requireSite(site), adminOf(request), body);
  app.post(
    '/v1/me/keys/link',
    {
      config: onPage,
      schema: schema(tags, 'A one-time link for one more key of mine.', linkAnswer, {
        body: confirmBody,
      }),
    },
    async (request) => {
      await confirmed(request, confirmBody.parse(request.body));
      const admin = adminOf(request);
      const made = await database.transaction((tx) =>
        createEnrolment(tx, admin, { purpose: 'further', hours: OWN_LINK_HOURS, by: admin }),
      );
      return toLinkAnswer(context, made);
    },
  );
  app.get(
    '/v1/me/tokens',
    {
      config: { ...anyAdmin, quiet: true },
      schema: schema(tags, 'My own tokens.', tokensAnswer),
    },
    async (request) => ({
      tokens: (await listTokens(database, adminOf(request))).map(toTokenAnswer),
    }),
  );
  app.post(
    '/v1/me/tokens',
    {
      config: onPage,
      schema: schema(tags, 'A token for the command line, shown once.', newTokenAnswer, {
        body: tokenBody,
      }),
    },
    async (request) => {
      const body = tokenBody.parse(request.body);
      const { challengeId: id, response } = body;
      await confirmed(request, { challengeId: id, response });
      const admin = adminOf(request);
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
      schema: schema(tags, 'Revoke one of my tokens.', doneAnswer, { params: tokenParams }),
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
      schema: schema(tags, 'All admins, the disabled ones too.', adminsAnswer),
    },
    async (request) => adminsFor(context, adminOf(request)),
  );
  app.post(
    '/v1/admins/:id/code',
    {
      config: anyAdmin,
      schema: schema(
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
      schema: schema(tags, 'The link for whom I confirmed; voids the one before.', linkAnswer, {
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

function toLinkAnswer({ config }: ServiceContext, made: NewEnrolment): z.infer<typeof linkAnswer> {
  const { site } = config.people;
  return {
    link: site === undefined ? null : enrolmentLink(site, made.code),
    code: made.code,
    expiresAt: formatTime(made.expiresAt),
  };
}
