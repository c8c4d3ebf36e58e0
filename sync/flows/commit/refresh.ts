/**
 * Committing refreshed shares: `conclave/trust` names the next generation in the place of the one before.
 * Further sets of the version stay as they are, in their order.
 * @module
 */
import type { RefreshBundle } from '../../../shared/bundle/bundle.ts';
import { setCommit } from './trust.ts';
import { refreshStatement } from '../../words/refresh.ts';

export const refreshCommit = setCommit<RefreshBundle>({
  kind: 'refresh',
  after: (sets, { manifestDigest, newManifestDigest }) =>
    sets.map((one) => (one === manifestDigest ? newManifestDigest : one)),
  isAfter: (sets, { manifestDigest, newManifestDigest }) =>
    sets.includes(newManifestDigest) && !sets.includes(manifestDigest),
  message: ({ keyVersion }) =>
    `The shares of platform key version ${keyVersion} were refreshed. No component has changed.`,
  statement: refreshStatement,
});
