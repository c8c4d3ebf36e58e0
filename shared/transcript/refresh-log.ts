/**
 * How much of the log of a refresh counts: for an auditor, and elsewhere than on the laptop that wrote it.
 *
 * SECURITY: no quorum signs it, because no two shares are ever there at once. Each share that lives on
 * names the operator, by its old and its new key, in the manifest that it makes; the operator's bundle
 * names the log's head. One person's word is not enough for what only a log tells (which sheets were
 * destroyed): a witness of the new roster, and not the same person, signed everything before the
 * operator's own sitting.
 * @module
 */
import type { ManifestDocument } from '../sharing/manifest.ts';
import type { Coverage } from './coverage.ts';
import { OPERATOR_SITS } from './drill-log.ts';
import { fact } from './entry.ts';
import type { LogDocuments } from './log-documents.ts';
import { entries, type CeremonyLog } from './log.ts';
import { witnessesMissing } from './missing.ts';

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
  const { manifestDigest, newManifestDigest, rosterDigest, operator, transcript } = body;
  const isKnown = (digest: string) => documents.known.some((one) => one.digest === digest);
  const isOfIt = manifest.digest === manifestDigest || manifest.digest === newManifestDigest;
  // With both sets and the roster here every statement was verified when the documents were opened, and
  // that they name this operator.
  const roster = documents.rosters.find(
    ({ document, by }) => document.digest === rosterDigest && by.includes(newManifestDigest),
  );
  if (!isOfIt || !isKnown(manifestDigest) || !isKnown(newManifestDigest)) return 0;
  const witnesses = (roster?.document.body.people ?? []).filter(
    ({ roles, publicKey }) => roles.includes('witness') && publicKey !== operator,
  );
  const watched = Math.max(0, ...witnesses.map(({ publicKey }) => coverage.get(publicKey) ?? 0));
  if (watched === 0) return 0;
  const all = entries(log).slice(0, transcript.entries);
  const holds =
    all.slice(watched).every((entry) => isOfOperator(fact(entry, 'kind'))) &&
    witnessesMissing(all, documents, coverage, [newManifestDigest, manifestDigest]).length === 0;
  return holds ? transcript.entries : 0;
}

const isOfOperator = (kind: unknown) => OPERATOR_SITS.has(kind) || kind === 'refreshed-set-signed';
