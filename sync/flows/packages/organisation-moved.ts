/**
 * What earlier ceremonies for an owner without passphrase have left of an organisation's surveys.
 * @module
 */
import type { OrganisationBundle } from '../../../shared/bundle/bundle.ts';
import type { MovedSurvey } from '../../../shared/bundle/organisation.ts';
import type { Queryable } from '../../database/database.ts';
import { committedOf } from '../bundles/authentic.ts';
import type { Situation } from '../../trust/context.ts';
import type { Moved } from '../../checktick/organisation-surveys.ts';

/**
 * The entries that committed bundles wrote under the passphrase that was made up last: by survey, the
 * digest of the bytes.
 * @throws as {@link committedOf}
 */
export async function movedBefore(on: Queryable, id: number, situation: Situation): Promise<Moved> {
  return underLastPassphrase(committedOf(on, 'migrate-organisation', situation), id);
}

type Wrote = Pick<OrganisationBundle, 'passphrase'> & {
  readonly facts: Pick<OrganisationBundle['facts'], 'organisationId'>;
  readonly moved: readonly Pick<MovedSurvey, 'surveyId' | 'entry'>[];
};

/** @param bundles newest first */
export async function underLastPassphrase(
  bundles: AsyncIterable<Wrote>,
  id: number,
): Promise<Moved> {
  const entries = new Map<number, string>();
  const wrapped = new Set<number>();
  for await (const { facts, moved, passphrase } of bundles) {
    if (facts.organisationId !== id) continue;
    for (const { surveyId, entry } of moved) {
      if (!entries.has(surveyId)) entries.set(surveyId, entry);
      // One that only moved to another version kept its passphrase, whichever that was.
      if (passphrase !== 'kept') wrapped.add(surveyId);
    }
    if (passphrase === 'new') break;
  }
  return new Map([...entries].filter(([surveyId]) => wrapped.has(surveyId)));
}
