/**
 * How much of the log of a refresh counts: for an auditor, and elsewhere than on the laptop that wrote it.
 *
 * SECURITY: no quorum signs it, because no two shares are ever there at once. Each share that lives on
 * names the operator, by its old and its new key, in the manifest that it makes; the operator's bundle
 * names the log's head. One person's word is not enough for what only a log tells (which sheets were
 * destroyed): a witness of the new roster, and not the same person, signed everything before the
 * operator's own sitting. Of the shares it may say nothing else than their statements do.
 * @module
 */
import type { ManifestDocument } from '../sharing/manifest.ts';
import type { Coverage } from './coverage.ts';
import { fact } from './entry.ts';
import type { LogDocuments } from './log-documents.ts';
import { entries, type CeremonyLog } from './log.ts';
import { isWatched } from './watched.ts';

/**
 * @param manifest of either generation, vouched for elsewhere
 * @returns how many entries; 0: none
 */
export function refreshCoverage(
  log: CeremonyLog,
  documents: LogDocuments,
  coverage: Coverage,
  manifest: ManifestDocument,
): number {
  const body = documents.bundles[0]?.body;
  if (body?.kind !== 'refresh') return 0;
  const { manifestDigest, newManifestDigest, transcript } = body;
  const known = (named: string) => documents.known.find(({ digest }) => digest === named);
  const isOfIt = manifest.digest === manifestDigest || manifest.digest === newManifestDigest;
  const made = known(newManifestDigest);
  // With both sets and the roster here every statement was verified when the documents were opened, and
  // that they name this operator.
  if (!isOfIt || made === undefined || known(manifestDigest) === undefined) return 0;
  const all = entries(log).slice(0, transcript.entries);
  const told = all
    .filter((entry) => fact(entry, 'kind') === 'share-refreshed')
    .map((entry) => ['before', 'index', 'publicKey'].map((path) => fact(entry, path)).join());
  const { shares, refreshed } = made.body;
  const said = shares.map(({ index, publicKey }, at) =>
    [refreshed?.statements[at]?.index, index, publicKey].join(),
  );
  const holds =
    told.length === said.length &&
    said.every((one) => told.includes(one)) &&
    isWatched(all, documents, coverage, body, [newManifestDigest], 'refreshed-set-signed');
  return holds ? transcript.entries : 0;
}
