/**
 * `/claim/:token` of the public listener: a form without JavaScript. Opening it changes nothing.
 * @module
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { lookAtClaim } from '../flows/claims/look.ts';
import { refuseClaim } from '../flows/claims/refusals.ts';
import { setPassword } from '../flows/claims/set.ts';
import type { FlowContext } from '../trust/context.ts';
import { claimPage } from './claim-pages.ts';
import { readForm } from './form.ts';
import { cannotNow, changedNothing, render } from './pages.ts';

export type SendPage = (reply: FastifyReply, status: number, html: string) => FastifyReply;

const FIELDS = ['code', 'password', 'again'] as const;
/** Longer ones are no codes; they are not shown again. */
const LONGEST_CODE = 40;

/** The answer to the last write did not come back: neither yes nor no would be true. */
const unknownOutcome = (): string =>
  render({
    title: 'It is not known whether your password is set',
    lines: [
      'The answer of the database was lost. Either the new password is set, or nothing was changed.',
      'Open the link of the mail again: the page says which. If it still asks for a password, set it once more.',
    ],
  });

export async function registerClaimPages(
  app: FastifyInstance,
  context: FlowContext,
  send: SendPage,
): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'buffer' },
      (_request, body, done) => done(null, body),
    );
    scope.get<{ Params: { token: string } }>('/claim/:token', async ({ params }, reply) => {
      const { status, html } = claimPage(await lookAtClaim(context, params.token));
      return send(reply, status, html);
    });
    scope.post<{ Params: { token: string } }>('/claim/:token', async (request, reply) => {
      // SECURITY: the link is the right to act, and no other site knows it. A browser that says the
      // form came from elsewhere is not believed all the same.
      const from = request.headers['sec-fetch-site'];
      if (from !== undefined && from !== 'same-origin') {
        return send(reply, 403, cannotNow('The form did not come from the page of your link.'));
      }
      const { token } = request.params;
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const form = readForm(body, FIELDS);
      body.fill(0);
      if (form === undefined) {
        const tried = { refusal: refuseClaim('claim-form'), code: '' };
        const { status, html } = claimPage(await lookAtClaim(context, token), tried);
        return send(reply, status, html);
      }
      try {
        const { claim, refusal } = await setPassword(context, token, form);
        // The same address, asked for anew: whoever reloads the answer does not send the form again.
        if (claim.state === 'set') return reply.code(303).header('location', token).send();
        const code = new TextDecoder().decode(form.code.subarray(0, LONGEST_CODE));
        const { status, html } = claimPage(claim, refusal && { refusal, code });
        return send(reply, status, html);
      } catch (cause) {
        if (changedNothing(cause)) {
          request.log.warn({ err: cause }, 'a password could not be set');
          return send(reply, 503, cannotNow('A part of the service does not answer.'));
        }
        request.log.error({ err: cause }, 'whether a password was set is not known');
        return send(reply, 503, unknownOutcome());
      } finally {
        for (const value of Object.values(form)) value.fill(0);
      }
    });
  });
}
