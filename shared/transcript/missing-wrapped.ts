/**
 * What one would expect in the log of survey keys that were wrapped anew and does not find: the entries
 * of Vault that the bundle brings are those that the log says were wrapped and read back.
 * @module
 */
import { answersOrganisation, surveyInWords } from '../bundle/organisation.ts';
import { fact, type Entry } from './entry.ts';
import type { LogDocuments } from './log-documents.ts';

/** Each a sentence. @param wrapped the entries `surveys-wrapped` */
export function wrappedMissing(wrapped: readonly Entry[], documents: LogDocuments): string[] {
  return documents.bundles.flatMap(({ body }) => {
    if (body.kind !== 'migrate-organisation') return [];
    const from = documents.packages.find(({ digest }) => digest === body.packageDigest)?.body;
    const found: string[] = [];
    if (from !== undefined) {
      if (from.kind !== body.kind || !answersOrganisation(from, body)) {
        found.push('The bundle does not speak of the surveys that its package brought.');
      }
    }
    const told = wrapped.filter(({ n }) => n < body.transcript.entries).at(-1);
    if (told === undefined) {
      return [...found, 'No entry says that survey keys were wrapped and read back.'];
    }
    for (const leaf of ['owner', 'organisationId'] as const) {
      if (fact(told, leaf) !== body.facts[leaf]) {
        found.push(`The entry about the wrapped survey keys has another ${leaf} than the bundle.`);
      }
    }
    if (fact(told, 'movesFrom') !== body.movedFrom) {
      found.push(
        'The entry about the wrapped survey keys has another version of before than the bundle.',
      );
    }
    if (fact(told, 'passphrase') !== body.passphrase) {
      found.push('The entry about the wrapped survey keys has another passphrase than the bundle.');
    }
    for (const [at, one] of body.moved.entries()) {
      if (fact(told, `moved.${at + 1}.entry`) !== one.entry) {
        found.push(
          `No entry says that the key of ${surveyInWords(one)} was wrapped as the bundle brings it.`,
        );
      }
    }
    return found;
  });
}
