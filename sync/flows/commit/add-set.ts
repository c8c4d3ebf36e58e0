/**
 * Committing a further set of a key version: `conclave/trust` names it after those in force, which all stay
 * ([38](../../docs/decisions/0038-several-sets-of-a-version.md)).
 * @module
 */
import { VERSION_SETS } from '../../../shared/bundle/add-set.ts';
import type { AddSetBundle } from '../../../shared/bundle/bundle.ts';
import { addedSetStatement } from '../../words/add-set.ts';
import { Ended } from '../bundles/commit-kind.ts';
import { setCommit } from './trust.ts';
import { refuseFlow } from '../../trust/refusals.ts';

export const addSetCommit = setCommit<AddSetBundle>({
  kind: 'add-set',
  after: (sets, { newManifestDigest }) => [...sets, newManifestDigest],
  isAfter: (sets, { manifestDigest, newManifestDigest }) =>
    sets.includes(newManifestDigest) && sets.includes(manifestDigest),
  hindrance: (sets) =>
    sets.length < VERSION_SETS
      ? undefined
      : new Ended('refused', refuseFlow('sets-enough', sets.length)),
  message: ({ keyVersion }) =>
    `A further share set of platform key version ${keyVersion} is trusted. No component has changed, and no set has ended.`,
  statement: addedSetStatement,
});
