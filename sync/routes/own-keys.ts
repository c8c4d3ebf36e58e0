/**
 * `/v1/me/keys`: which keys I have, one more, one less; on the page, or signed by a personal
 * identity.
 * @module
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { bytesToHex, hexToBytes } from '../../shared/encoding/bytes.ts';
import { readInstallation } from '../database/settings.ts';
import { adminOf } from '../http/access.ts';
import { fingerprint, listAuthenticators, revokeAuthenticator } from '../people/authenticators.ts';
import { issueChallenge } from '../people/challenges.ts';
import { createEnrolment } from '../people/enrolments.ts';
import { assertionSchema, requireSite } from '../people/passkeys.ts';
import { confirmByIdentity, confirmPresence, type PresencePurpose } from '../people/sign-in.ts';
import type { ServiceContext } from '../server.ts';
import { doneAnswer } from './answers.ts';
import { keysAnswer, linkAnswer, presenceAnswer, toKeyAnswer } from './people-answers.ts';
import { anyAdmin, onPage, schemaFor, toLinkAnswer } from './people-parts.ts';
import { challengeId, fromBase64, signedFields } from './sign-in.ts';

/** Hours that a link for one more key of one's own is good. */
const OWN_LINK_HOURS = 1;

const confirmBody = z.strictObject({ challengeId, response: assertionSchema });
const signedBody = z.strictObject({ challengeId, ...signedFields });
const keyParams = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{16,1364}$/) });

const tags = ['me'];

export function registerOwnKeys(app: FastifyInstance, context: ServiceContext): void {
  const { database, config } = context;
  const { site } = config.people;

  const idIn = (request: FastifyRequest): Uint8Array =>
    new Uint8Array(Buffer.from(keyParams.parse(request.params).id, 'base64url'));
  const revoke = async (request: FastifyRequest): Promise<z.infer<typeof doneAnswer>> => {
    await database.transaction((tx) => revokeAuthenticator(tx, adminOf(request), idIn(request)));
    return { done: true };
  };
  const link = async (request: FastifyRequest): Promise<z.infer<typeof linkAnswer>> => {
    const admin = adminOf(request);
    const made = await database.transaction((tx) =>
      createEnrolment(tx, admin, { purpose: 'further', hours: OWN_LINK_HOURS, by: admin }),
    );
    return toLinkAnswer(context, made);
  };
  /** SECURITY: a stolen token makes no key and takes none away. */
  const signed = async (request: FastifyRequest, asked: PresencePurpose): Promise<void> => {
    const body = signedBody.parse(request.body);
    await confirmByIdentity(database, adminOf(request), {
      ...asked,
      challengeId: body.challengeId,
      publicKey: hexToBytes(body.publicKey),
      signature: fromBase64(body.signature),
    });
  };

  app.get(
    '/v1/me/keys',
    {
      config: { ...anyAdmin, quiet: true },
      schema: schemaFor(tags, 'My own keys.', keysAnswer),
    },
    async (request) => ({
      keys: (await listAuthenticators(database, adminOf(request).id)).map(toKeyAnswer),
    }),
  );
  app.post(
    '/v1/me/keys/:id/revoke',
    {
      config: onPage,
      schema: schemaFor(tags, 'Revoke one of my keys, and what it opened.', doneAnswer, {
        params: keyParams,
      }),
    },
    async (request) => revoke(request),
  );
  app.post(
    '/v1/me/keys/link',
    {
      config: onPage,
      schema: schemaFor(tags, 'A one-time link for one more key of mine.', linkAnswer, {
        body: confirmBody,
      }),
    },
    async (request) => {
      // SECURITY: whoever found an open page, or stole a cookie, gets no key with it.
      const body = confirmBody.parse(request.body);
      await confirmPresence(database, requireSite(site), adminOf(request), body);
      return link(request);
    },
  );

  app.post(
    '/v1/me/confirm/identity/options',
    {
      config: anyAdmin,
      schema: schemaFor(
        tags,
        'What my personal identity is to sign before I get or lose a key.',
        presenceAnswer,
      ),
    },
    async (request) => {
      const { id, challenge } = await issueChallenge(database, {
        purpose: 'confirm',
        adminId: adminOf(request).id,
      });
      const { mode, audience } = await readInstallation(database);
      return { challengeId: id, challenge: bytesToHex(challenge), mode, audience };
    },
  );
  app.post(
    '/v1/me/keys/link/identity',
    {
      config: anyAdmin,
      schema: schemaFor(
        tags,
        'The same link, for who signed `link-key` with his registered identity.',
        linkAnswer,
        { body: signedBody },
      ),
    },
    async (request) => {
      await signed(request, { purpose: 'link-key' });
      return link(request);
    },
  );
  app.post(
    '/v1/me/keys/:id/revoke/identity',
    {
      config: anyAdmin,
      schema: schemaFor(
        tags,
        'Revoke one of my keys, having signed `revoke-key` and its fingerprint with my identity.',
        doneAnswer,
        { body: signedBody, params: keyParams },
      ),
    },
    async (request) => {
      const key = bytesToHex(fingerprint(idIn(request)));
      await signed(request, { purpose: 'revoke-key', key });
      return revoke(request);
    },
  );
}
