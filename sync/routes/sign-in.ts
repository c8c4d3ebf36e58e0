/**
 * Before anybody is known: signing in, and registering a key with a one-time link.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { formatTime, publicKey } from '../../shared/encoding/schema.ts';
import { Refusal } from '../../shared/refusal.ts';
import { TOKEN_DAYS } from '../admins/token-rows.ts';
import { readInstallation } from '../database/settings.ts';
import {
  clearSessionCookie,
  requireOwnPage,
  sessionCookie,
  setSessionCookie,
} from '../http/browser.ts';
import { schemaOf } from '../http/schema.ts';
import { issueChallenge } from '../people/challenges.ts';
import { parseCode } from '../people/codes.ts';
import { enrol, findEnrolment, type NewKey, wasEnrolment } from '../people/enrolments.ts';
import type { SignInWay } from '../people/failures.ts';
import {
  assertionSchema,
  registrationOptions,
  registrationSchema,
  requireSite,
  signInOptions,
} from '../people/passkeys.ts';
import { refusePeople } from '../people/refusals.ts';
import { endSession } from '../people/sessions.ts';
import { presenceSigned, signIn, tokenByIdentity } from '../people/sign-in.ts';
import type { ServiceContext } from '../server.ts';
import { doneAnswer } from './answers.ts';
import {
  askedAnswer,
  enrolledAnswer,
  enrolmentAnswer,
  newTokenAnswer,
  presenceAnswer,
  toKeyAnswer,
  toTokenAnswer,
} from './people-answers.ts';

/** Of one client address. People do this by hand. */
const FEW = { max: 30, timeWindow: '1 minute' };
const config = { access: 'public', rateLimit: FEW } as const;
const tags = ['sign-in'];

export const challengeId = z.uuid();
export const label = z.string().trim().min(1).max(100);
const code = z.string().max(100);
const signature = z.string().regex(/^[A-Za-z0-9+/]{86}==$/);
/** What a personal identity signed. */
export const signedFields = { publicKey, signature };
const inviteCode = z.string().max(40).optional();

const signInBody = z.strictObject({ challengeId, response: assertionSchema });
const tokenBody = z.strictObject({
  challengeId,
  ...signedFields,
  label,
  days: z.int().min(1).max(TOKEN_DAYS).optional(),
});
const codeBody = z.strictObject({ code, inviteCode });
const passkeyBody = z.strictObject({
  code,
  inviteCode,
  challengeId,
  label,
  response: registrationSchema,
});
const identityBody = z.strictObject({
  code,
  inviteCode,
  challengeId,
  label,
  ...signedFields,
});

export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** These say that somebody tried with something wrong, not that he came too late. */
const FAILURES = new Set(['key-refused', 'invite-code-wrong']);

export function registerSignIn(app: FastifyInstance, context: ServiceContext): void {
  const { database } = context;
  const { site } = context.config.people;

  async function noted<T>(
    request: FastifyRequest,
    how: SignInWay,
    work: Promise<T>,
    isFailure: (refusal: Refusal) => boolean | Promise<boolean>,
  ): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      if (!(cause instanceof Refusal) || !(await isFailure(cause))) throw cause;
      request.log.warn({ err: cause.cause, how }, 'a sign-in failed');
      await app.noteFailedSignIn(request, how);
      throw how === 'enrolment' ? cause : refusePeople('sign-in-failed');
    }
  }
  /** Writes a failure down; nobody learns what was wrong. */
  const watched = <T>(request: FastifyRequest, how: SignInWay, work: Promise<T>): Promise<T> =>
    noted(request, how, work, (refusal) => FAILURES.has(refusal.code));
  /** The same at a one-time link: one that never was is a guess, one that is over is somebody late. */
  const watchedLink = <T>(request: FastifyRequest, link: string, work: Promise<T>): Promise<T> =>
    noted(
      request,
      'enrolment',
      work,
      async (refusal) =>
        FAILURES.has(refusal.code) ||
        (refusal.code === 'enrolment-ended' && !(await wasEnrolment(database, link))),
    );

  const schema = (summary: string, answer: z.ZodType, body?: z.ZodType) => ({
    summary,
    tags,
    ...(body === undefined ? {} : { body: schemaOf(body) }),
    response: { 200: schemaOf(answer) },
  });

  app.post(
    '/v1/sign-in/options',
    { config, schema: schema('What a passkey is asked at a sign-in.', askedAnswer) },
    async () => {
      const known = requireSite(site);
      const { id, challenge } = await issueChallenge(database, { purpose: 'sign-in' });
      return { challengeId: id, options: await signInOptions(known, challenge) };
    },
  );
  app.post(
    '/v1/sign-in',
    { config, schema: schema('Sign in with a passkey; sets a cookie.', doneAnswer, signInBody) },
    async (request, reply) => {
      const known = requireSite(site);
      // SECURITY: else another site could sign its visitor in as somebody else.
      requireOwnPage(request, known);
      const { cookie } = await watched(
        request,
        'passkey',
        signIn(database, known, signInBody.parse(request.body)),
      );
      // SECURITY: session fixation: a cookie from before the sign-in is good for nothing after it.
      const before = parseCode('ccn', sessionCookie(request, known) ?? '');
      if (before !== undefined) await endSession(database, before);
      setSessionCookie(reply, known, cookie);
      return { done: true };
    },
  );
  app.post(
    '/v1/sign-out',
    {
      config: { access: 'any-admin', signIn: 'session' },
      schema: schema('End this session.', doneAnswer),
    },
    async (request, reply) => {
      if (request.session !== null) await endSession(database, request.session.hash);
      clearSessionCookie(reply, requireSite(site));
      return { done: true };
    },
  );
  app.post(
    '/v1/sign-in/identity/options',
    { config, schema: schema('What a personal identity is to sign for a token.', presenceAnswer) },
    async () => {
      const { id, challenge } = await issueChallenge(database, { purpose: 'sign-in' });
      const { mode, audience } = await readInstallation(database);
      return { challengeId: id, challenge: bytesToHex(challenge), mode, audience };
    },
  );
  app.post(
    '/v1/sign-in/identity',
    {
      config,
      schema: schema('A token for who holds a registered identity.', newTokenAnswer, tokenBody),
    },
    async (request) => {
      const body = tokenBody.parse(request.body);
      const made = await watched(
        request,
        'identity',
        tokenByIdentity(database, {
          challengeId: body.challengeId,
          label: body.label,
          days: body.days ?? TOKEN_DAYS,
          publicKey: hexToBytes(body.publicKey),
          signature: fromBase64(body.signature),
        }),
      );
      return { ...toTokenAnswer(made.row), token: made.token, name: made.admin.name };
    },
  );

  app.post(
    '/v1/enrolment',
    { config, schema: schema('Whom a one-time link is for.', enrolmentAnswer, codeBody) },
    async (request) => {
      const { code: link } = codeBody.parse(request.body);
      const found = await watchedLink(request, link, findEnrolment(database, link));
      const { name, roles } = found.admin;
      return {
        name,
        roles: [...roles],
        purpose: found.purpose,
        needsInviteCode: found.needsInviteCode,
        expiresAt: formatTime(found.expiresAt),
      };
    },
  );
  app.post(
    '/v1/enrolment/passkey/options',
    { config, schema: schema('What a browser makes a passkey from.', askedAnswer, codeBody) },
    async (request) => {
      const known = requireSite(site);
      const body = codeBody.parse(request.body);
      const { admin } = await watchedLink(
        request,
        body.code,
        findEnrolment(database, body.code, { typed: body.inviteCode }),
      );
      const { id, challenge } = await issueChallenge(database, {
        purpose: 'enrol',
        adminId: admin.id,
      });
      return {
        challengeId: id,
        options: await registrationOptions(database, known, admin, challenge),
      };
    },
  );
  app.post(
    '/v1/enrolment/identity/options',
    { config, schema: schema('What a personal identity is to sign.', presenceAnswer, codeBody) },
    async (request) => {
      const body = codeBody.parse(request.body);
      const { admin } = await watchedLink(
        request,
        body.code,
        findEnrolment(database, body.code, { typed: body.inviteCode }),
      );
      const { id, challenge } = await issueChallenge(database, {
        purpose: 'enrol',
        adminId: admin.id,
      });
      const { mode, audience } = await readInstallation(database);
      return { challengeId: id, challenge: bytesToHex(challenge), mode, audience };
    },
  );

  async function finish(
    request: FastifyRequest,
    body: Omit<z.infer<typeof identityBody>, 'publicKey' | 'signature'>,
    key: NewKey,
  ): Promise<z.infer<typeof enrolledAnswer>> {
    const done = await watchedLink(
      request,
      body.code,
      database.transaction((tx) =>
        enrol(tx, {
          code: body.code,
          inviteCode: body.inviteCode,
          challengeId: body.challengeId,
          label: body.label,
          key,
        }),
      ),
    );
    return { key: toKeyAnswer(done.key), active: done.active };
  }
  app.post(
    '/v1/enrolment/passkey',
    {
      config,
      schema: schema('Register a passkey; the link is used up.', enrolledAnswer, passkeyBody),
    },
    async (request) => {
      const body = passkeyBody.parse(request.body);
      return finish(request, body, {
        kind: 'passkey',
        site: requireSite(site),
        response: body.response,
      });
    },
  );
  app.post(
    '/v1/enrolment/identity',
    {
      config,
      schema: schema(
        'Register a personal identity; the link is used up.',
        enrolledAnswer,
        identityBody,
      ),
    },
    async (request) => {
      const body = identityBody.parse(request.body);
      const { mode, audience } = await readInstallation(database);
      const key = hexToBytes(body.publicKey);
      return finish(request, body, {
        kind: 'identity',
        publicKey: key,
        signed: (challenge) =>
          presenceSigned(
            { mode, audience, purpose: 'enrol', challenge },
            key,
            fromBase64(body.signature),
          ),
      });
    },
  );
}
