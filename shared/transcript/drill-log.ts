/**
 * How much of the log of a drill counts, elsewhere than on the laptop that wrote it.
 *
 * SECURITY: no quorum signs a drill, so its log has fewer behind it than any other: the operator, whose
 * bundle names the log's head, and a witness, both of the roster that the bundle names and a quorum of
 * the set signed, or of the set of another version that counts (rosterSets), and not the same person. A false one could say that envelopes were made anew and their
 * sheets destroyed; so it says that of no share but those that signed sync's nonce, and only where the
 * witness whom the entry names signed as well.
 * @module
 */
import type { ManifestDocument } from '../sharing/manifest.ts';
import type { Coverage } from './coverage.ts';
import { fact, type Entry } from './entry.ts';
import type { EntryKind } from './kinds.ts';
import { rosterSets, type LogDocuments } from './log-documents.ts';
import { entries, type CeremonyLog } from './log.ts';
import { isWatched } from './watched.ts';

/** What changes which envelope counts, and which sheets are left. */
const OF_A_SHARE_READ = new Set<unknown>([
  'envelope-renewed',
  'envelope-making',
  'envelope-unknown',
  'sheets-destroyed',
  'replaced-envelope-used',
] satisfies EntryKind[]);

/** @returns how many entries; 0: none */
export function drillCoverage(
  log: CeremonyLog,
  documents: LogDocuments,
  coverage: Coverage,
  manifest: ManifestDocument,
): number {
  const body = documents.bundles[0]?.body;
  if (body?.kind !== 'drill' || body.manifestDigest !== manifest.digest) return 0;
  const { transcript, proofs, failed } = body;
  const all = entries(log).slice(0, transcript.entries);
  const proved = proofs.map(({ index }) => index);
  const holds =
    isWatched(all, documents, coverage, body, rosterSets(documents, manifest)) &&
    saysOf(all, 'share-proved', proved) &&
    saysOf(
      all,
      'share-not-proved',
      failed.map(({ index }) => index),
    ) &&
    all
      .filter((entry) => OF_A_SHARE_READ.has(fact(entry, 'kind')))
      .every((entry) => proved.some((index) => index === fact(entry, 'index')));
  return holds ? transcript.entries : 0;
}

/** Whether the entries of this kind are about these shares and no other. */
function saysOf(all: readonly Entry[], kind: EntryKind, shares: readonly number[]): boolean {
  const said = all.filter((entry) => fact(entry, 'kind') === kind);
  const indexes = new Set(said.map((entry) => fact(entry, 'index')));
  return indexes.size === shares.length && shares.every((index) => indexes.has(index));
}
