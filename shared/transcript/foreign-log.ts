/**
 * Whether a ceremony log that came from elsewhere says only what its people and its sync signed.
 *
 * SECURITY: a log's documents are not part of its chain, and anybody can chain more entries behind
 * the last seal. Without this, whoever holds the stick for a minute could add a descriptor and a
 * receipt of their own ("refused: destroy the new media"), a package with an epoch that no true
 * package reaches, or a share set that seems to replace the real one.
 * @module
 */
import type { DescriptorDocument } from '../bundle/descriptor.ts';
import { shareKeys, type ManifestDocument } from '../sharing/manifest.ts';
import { fact, type Entry } from './entry.ts';
import type { EntryKind } from './kinds.ts';
import { openLogDocuments, type LogDocuments } from './log-documents.ts';
import { entries, type CeremonyLog } from './log.ts';

/** What a ceremony still records when its quorum has signed. */
const AFTER_THE_QUORUM = new Set<unknown>([
  'bundle-made',
  'bundle-written',
  'witness-page-printed',
  'receipt-imported',
  'ceremony-closed',
  'exception',
  'paused',
  'resumed',
] satisfies EntryKind[]);

/**
 * @param manifest the one whose eight words were typed
 * @param descriptor the one that this manifest names
 * @param signed how many entries the quorum of that manifest signed
 */
export function isAddedTo(
  log: CeremonyLog,
  manifest: ManifestDocument,
  descriptor: DescriptorDocument,
  signed: number,
): boolean {
  const documents = openLogDocuments(log, { manifest });
  const keys = [...shareKeys(manifest.body)].sort().join();
  const { audience, publicKey } = descriptor.body;
  return (
    documents.unattributed.length > 0 ||
    documents.manifests.some(({ body }) => [...shareKeys(body)].sort().join() !== keys) ||
    [...documents.packages, ...documents.receipts].some(
      ({ body, envelope }) =>
        body.audience !== audience || envelope.signatures[0]?.keyid !== publicKey,
    ) ||
    entries(log)
      .slice(signed)
      .some((entry) => !isBorneOut(entry, documents))
  );
}

/** Whether an entry that no quorum signed says no more than a signed document beside it. */
function isBorneOut(entry: Entry, { bundles, receipts }: LogDocuments): boolean {
  const digest = fact(entry, 'digest');
  const outcome = fact(entry, 'outcome');
  const kind = fact(entry, 'kind');
  switch (kind) {
    case 'bundle-made':
    case 'bundle-written':
      return bundles.some((bundle) => bundle.digest === digest);
    case 'receipt-imported':
      return receipts.some(
        (receipt) => receipt.digest === digest && receipt.body.outcome === outcome,
      );
    case 'ceremony-closed':
      return receipts.some((receipt) => receipt.body.outcome === outcome);
    default:
      return AFTER_THE_QUORUM.has(kind);
  }
}
