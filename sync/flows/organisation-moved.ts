/**
 * What earlier ceremonies for an owner without passphrase have left of an organisation's surveys.
 * @module
 */
import type { Queryable } from '../database/database.ts';
import { committedOf } from './bundle-authentic.ts';
import type { Situation } from './context.ts';
import type { Moved } from './organisation-surveys.ts';

/**
 * The entries that committed bundles wrote under the passphrase that was made up last: by survey, the
 * digest of the bytes.
 * @throws as {@link committedOf}
 */
export async function movedBefore(on: Queryable, id: number, situation: Situation): Promise<Moved> {
  const entries = new Map<number, string>();
  const bundles = committedOf(on, 'migrate-organisation', situation);
  for await (const { facts, moved, passphrase } of bundles) {
    if (facts.organisationId !== id) continue;
    for (const { surveyId, entry } of moved) {
      if (!entries.has(surveyId)) entries.set(surveyId, entry);
    }
    if (passphrase === 'new') break;
  }
  return entries;
}
