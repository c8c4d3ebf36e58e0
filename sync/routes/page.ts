/**
 * The page: its files, its queue, the preview of a bundle, and word that something has changed.
 * @module
 */
import { isRecoveryKind } from '../../shared/bundle/bundle.ts';
import { approvalMeanings } from '../approvals/refusals.ts';
import { needsApproval } from '../flows/bundles/approvable.ts';
import { previewBundle } from '../flows/incoming/preview.ts';
import { toldFacts } from '../flows/bundles/people.ts';
import { adoptMeanings } from '../checktick/adopt-refusals.ts';
import { recoverMeanings } from '../checktick/recover-refusals.ts';
import { flowMeanings } from '../trust/refusals.ts';
import { wordsOf } from '../trust/eight-words.ts';
import { adminOf } from '../http/access.ts';
import { registerLive } from '../http/live.ts';
import { registerPageFiles } from '../http/page-files.ts';
import { refuseRequest } from '../http/refusals.ts';
import { schemaOf } from '../http/schema.ts';
import type { RouteSet } from '../server.ts';
import { shipped } from '../shipped.ts';
import { previewAnswer, queueAnswer } from './page-answers.ts';
import { queueFor } from './queue.ts';
import { registerSearch } from './search.ts';
import { describeBundle } from './show.ts';

export const pageRoutes: RouteSet = {
  meanings: { ...flowMeanings, ...adoptMeanings, ...recoverMeanings, ...approvalMeanings },
  register(app, context) {
    registerPageFiles(app, shipped.page);
    registerLive(app, context.database);
    registerSearch(app, context);
    app.get(
      '/v1/queue',
      {
        config: { access: 'any-admin', quiet: true },
        schema: {
          summary: 'What waits, for whom, and what I may do about it; mine first.',
          tags: ['queue'],
          response: { 200: schemaOf(queueAnswer) },
        },
      },
      async (request) => queueFor(context, adminOf(request)),
    );
    app.post(
      '/v1/bundles/preview',
      {
        config: { access: ['operator'] },
        schema: {
          summary: 'Verify a bundle file and say what it would do. Nothing is kept.',
          tags: ['bundles'],
          response: { 200: schemaOf(previewAnswer) },
        },
      },
      async (request) => {
        if (!(request.body instanceof Uint8Array)) throw refuseRequest('request-type');
        const file = new Uint8Array(request.body);
        const { document, known, people } = await previewBundle(context, file);
        const { what, facts } = describeBundle(document.body);
        const { kind } = document.body;
        return {
          digest: document.digest,
          words: wordsOf(document.digest),
          kind,
          sentence: `${what}.`,
          next: !isRecoveryKind(kind)
            ? kind === 'migrate-escrows'
              ? 'Taking it in changes no key. Its files must follow, then two approvers, then a delay, then a commit.'
              : 'Taking it in changes no key. Two approvers must follow, then a delay, then a commit.'
            : needsApproval(document.body)
              ? 'Taking it in changes no key. The escrowed e-mail address did not match, so two approvers must follow, then a commit.'
              : 'Taking it in changes no key. An operator can then commit it.',
          facts: [
            ...Object.entries(facts),
            ...toldFacts(people, {
              isMailSet: context.config.mail !== undefined,
              addresses: true,
            }),
          ],
          known: known?.state ?? null,
        };
      },
    );
  },
};
