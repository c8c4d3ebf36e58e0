/**
 * Logs that no quorum signs, because each share speaks for itself and is wiped: those of a drill and of a
 * refresh. For such a log the operator answers, whose bundle names its head, and a witness.
 * @module
 */
import type { DrillBundle, RefreshBundle } from '../bundle/bundle.ts';
import type { Coverage } from './coverage.ts';
import { fact, type Entry } from './entry.ts';
import type { EntryKind } from './kinds.ts';
import type { LogDocuments } from './log-documents.ts';
import { witnessesMissing } from './missing.ts';

/** What is recorded when the last witness has signed: the operator's sitting. */
const OPERATOR_SITS = new Set<unknown>([
  'person-seated',
  'identity-ready',
  'exception',
  'paused',
  'resumed',
] satisfies EntryKind[]);

/**
 * Whether a witness signed all but the operator's sitting: one of the roster that the bundle names and one
 * of these sets signed, and not the operator; and wherever an entry names a witness, that one.
 * @param all as many entries as the bundle names
 * @param sets digests of the sets whose rosters count
 * @param signing what the operator's sitting records besides
 */
export function isWatched(
  all: readonly Entry[],
  documents: LogDocuments,
  coverage: Coverage,
  { operator, rosterDigest }: Pick<DrillBundle | RefreshBundle, 'operator' | 'rosterDigest'>,
  sets: readonly string[],
  signing: EntryKind | null = null,
): boolean {
  // Its quorum's signature, and the operator's, were verified when the documents were opened.
  const roster = documents.rosters.find(
    ({ document, by }) =>
      document.digest === rosterDigest && by.some((digest) => sets.includes(digest)),
  );
  const witnesses = (roster?.document.body.people ?? []).filter(
    ({ roles, publicKey }) => roles.includes('witness') && publicKey !== operator,
  );
  const watched = Math.max(0, ...witnesses.map(({ publicKey }) => coverage.get(publicKey) ?? 0));
  return (
    watched > 0 &&
    all
      .slice(watched)
      .map((entry) => fact(entry, 'kind'))
      .every((kind) => kind === signing || OPERATOR_SITS.has(kind)) &&
    witnessesMissing(all, documents, coverage, sets).length === 0
  );
}
