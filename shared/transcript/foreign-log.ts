/**
 * Whether a ceremony log that came from elsewhere says only what its people and its sync signed, and
 * all of it.
 *
 * SECURITY: a log's documents are not part of its chain, and anybody can chain more entries behind
 * the last seal. Without this, whoever holds the stick for a minute could add a descriptor and a
 * receipt of their own ("refused: destroy the new media"), the true receipt of another bundle, a
 * package with an epoch that no true package reaches, or a share set that seems to replace the real
 * one. Whoever takes away, instead, hides what opens the key: a leaf can be withheld without a trace
 * in the chain, and a document left out.
 * @module
 */
import type { BundleDocument } from '../bundle/bundle.ts';
import type { DescriptorDocument } from '../bundle/descriptor.ts';
import type { PackageKind } from '../bundle/package.ts';
import type { ReceiptDocument } from '../bundle/receipt.ts';
import type { ManifestDocument } from '../sharing/manifest.ts';
import { fact, isWithheld, type Entry } from './entry.ts';
import type { EntryKind } from './kinds.ts';
import type { LogDocuments } from './log-documents.ts';
import { entries, isRotation, type CeremonyKind, type CeremonyLog } from './log.ts';
import { mentions } from './mentions.ts';

/** What a ceremony still records when those have signed whose word counts. */
const AFTER_THE_SIGNATURES = new Set<unknown>([
  'bundle-made',
  'bundle-written',
  'witness-page-printed',
  'receipt-imported',
  'ceremony-closed',
  'exception',
  'paused',
  'resumed',
] satisfies EntryKind[]);

/** Vouched for elsewhere: by eight words, or by sync. */
export interface VouchedSet {
  /** Of the set that was made in the ceremony; where none was, of the one whose shares were given. */
  readonly manifest: ManifestDocument;
  /** Of the sync that this manifest names. */
  readonly descriptor: DescriptorDocument;
}

/**
 * `withheld`: a leaf is. `not-whole`: a document is missing that it names. `added-to`: there is more
 * than was signed.
 */
export type Flaw = 'withheld' | 'not-whole' | 'added-to';

/**
 * @param signed how many entries those signed whose word counts
 * @returns null: none
 */
export function flawIn(
  log: CeremonyLog,
  documents: LogDocuments,
  vouched: VouchedSet,
  signed: number,
): Flaw | null {
  const all = entries(log);
  if (all.some(isWithheld)) return 'withheld';
  const sets = setsOf(log, vouched.manifest);
  if (!isWhole(all.slice(0, signed), documents, sets)) return 'not-whole';
  const isAddedTo =
    hasMoreDocuments(log, documents, vouched, sets) ||
    all.slice(signed).some((entry) => !isBorneOut(entry, documents));
  return isAddedTo ? 'added-to' : null;
}

/**
 * Digests of the manifests that belong there. New shares, a new platform key: also the one whose shares
 * were given, which the new one names.
 */
function setsOf(
  { header: { kind } }: CeremonyLog,
  { digest, body: { previous } }: ManifestDocument,
): readonly string[] {
  return isRotation(kind) && previous !== null ? [digest, previous] : [digest];
}

/** What nobody signed has to be borne out, which is another matter. */
function isWhole(
  signed: readonly Entry[],
  documents: LogDocuments,
  sets: readonly string[],
): boolean {
  const { held, bundles } = documents;
  const named = [
    ...sets,
    ...mentions(signed).map(({ digest }) => digest),
    ...bundles.flatMap(({ body: { manifestDigest, rosterDigest, packageDigest } }) => [
      manifestDigest,
      rosterDigest,
      packageDigest,
    ]),
  ];
  return named.every((digest) => held.has(digest));
}

function hasMoreDocuments(
  { header: { kind } }: CeremonyLog,
  { unattributed, manifests, packages, receipts, bundles }: LogDocuments,
  { descriptor: { body: sync } }: VouchedSet,
  sets: readonly string[],
): boolean {
  const [bundle, ...others] = bundles;
  return (
    unattributed.length > 0 ||
    manifests.some(({ digest }) => !sets.includes(digest)) ||
    others.some(({ digest }) => digest !== bundle?.digest) ||
    // SECURITY: that of a drill has no quorum's signature.
    (bundle !== undefined && bundle.body.kind !== BUNDLE_OF[kind]) ||
    [...packages, ...receipts].some(
      ({ body, envelope }) =>
        body.audience !== sync.audience || envelope.signatures[0]?.keyid !== sync.publicKey,
    ) ||
    receipts.some((receipt) => !answers(receipt, bundle))
  );
}

/** Of a destruction there is none. */
const BUNDLE_OF: Readonly<Record<CeremonyKind, PackageKind | null>> = {
  split: 'setup',
  adopt: 'adopt',
  rotate: 'rotate-shares',
  'new-version': 'new-version',
  'add-set': 'add-set',
  recover: 'recover',
  'recover-member': 'recover-member',
  'migrate-organisation': 'migrate-organisation',
  'migrate-escrows': 'migrate-escrows',
  roster: 'roster',
  drill: 'drill',
  activate: 'activate',
  retire: 'retire',
  refresh: 'refresh',
  destroy: null,
};

/** Whether it is sync's answer to this bundle: the same rule as where it comes home. */
function answers({ body }: ReceiptDocument, bundle: BundleDocument | undefined): boolean {
  const isOfBundle =
    body.bundleDigest === bundle?.digest ||
    (body.bundleDigest === null && body.outcome !== 'committed');
  return isOfBundle && body.nonce === bundle?.body.nonce;
}

/** Whether an entry that nobody signed whose word counts says no more than a signed document beside it. */
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
      return AFTER_THE_SIGNATURES.has(kind);
  }
}
