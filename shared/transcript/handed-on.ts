/**
 * Ceremony logs that come from elsewhere, so that this laptop knows what another one knew: from sync,
 * which keeps and hands them on, or from a stick. Judged alike by sync, when one is brought, and by the
 * laptop that gets it.
 *
 * SECURITY: a log is believed as far as the quorum of its set signed it, and from sync only where it
 * committed the bundle that names the log's head: the shares of a set that was replaced long ago could
 * sign another story. A drill has no quorum (drill-log.ts), and a refresh none (refresh-log.ts). Nor has a destruction, because nothing is
 * decided by it; it is believed where its witness signed all of it, whom a roster of the set's quorum
 * lists as one. Believing a false one would lose sight of what opens the key, so a custodian's word
 * alone is not enough.
 * @module
 */
import type { DescriptorDocument } from '../bundle/descriptor.ts';
import { isNamed } from '../identity/roster-change.ts';
import { verifyRoster, type RosterDocument } from '../identity/roster.ts';
import { Refusal } from '../refusal.ts';
import type { ManifestDocument } from '../sharing/manifest.ts';
import { NO_ANCHOR } from './anchor.ts';
import { quorumCoverage, sealCoverage } from './coverage.ts';
import { drillCoverage } from './drill-log.ts';
import { fact, isWithheld, type Entry } from './entry.ts';
import { flawIn, type Flaw, type VouchedSet } from './foreign-log.ts';
import type { EntryKind } from './kinds.ts';
import { openLogDocuments, type LogDocuments } from './log-documents.ts';
import { entries, makesSet, type CeremonyLog } from './log.ts';
import { refreshCoverage } from './refresh-log.ts';
import { refuseTranscript } from './refusals.ts';
import { checkOpening } from './verify.ts';

/** What is trusted already, of one sync. */
export interface Trusted {
  readonly descriptor: DescriptorDocument;
  readonly manifests: readonly ManifestDocument[];
  readonly rosters: readonly RosterDocument[];
  /** Digests of bundles that it committed: by its own record, or by the receipts that are here. */
  readonly committed: ReadonlySet<string>;
}

/** What a destruction may still record when its witness has signed. */
const AFTER_THE_WITNESS = new Set<unknown>([
  'ceremony-closed',
  'paused',
  'resumed',
] satisfies EntryKind[]);

const REFUSED = {
  withheld: 'transcript-withheld',
  'not-whole': 'transcript-not-whole',
  'added-to': 'transcript-added-to',
} as const satisfies Record<Flaw, string>;

/**
 * A log that sync hands on.
 * @returns the nonce of its package; null: a destruction has none
 * @throws Refusal `transcript-other-set`, `transcript-not-signed`, `transcript-not-committed`,
 *   `transcript-withheld`, `transcript-not-whole`, `transcript-added-to`; of a document or a seal that
 *   is wrong
 */
export function requireHandedOn(log: CeremonyLog, trusted: Trusted): string | null {
  if (log.header.kind === 'destroy') {
    requireWitnessed(log, trusted);
    return null;
  }
  const documents = openLogDocuments(log, NO_ANCHOR);
  const [bundle] = documents.bundles;
  if (bundle === undefined) throw refuseTranscript('transcript-not-signed');
  const { ceremonyId, kind } = log.header;
  const manifest = trusted.manifests.find(({ digest, body }) =>
    makesSet(kind) ? body.ceremonyId === ceremonyId : digest === bundle.body.manifestDigest,
  );
  if (manifest === undefined) throw refuseTranscript('transcript-other-set');
  const { descriptor, committed } = trusted;
  requireSigned(log, documents, { manifest, descriptor });
  if (!isCommitted(documents, committed)) throw refuseTranscript('transcript-not-committed');
  return bundle.body.nonce;
}

/**
 * A log from a stick, of a set that is known by its eight words: it may still wait for its receipt.
 * @throws Refusal as {@link requireHandedOn}; `transcript-not-committed` of a drill alone
 */
export function requireCarried(log: CeremonyLog, vouched: VouchedSet): void {
  const documents = openLogDocuments(log, NO_ANCHOR);
  requireSigned(log, documents, vouched);
  if (log.header.kind === 'drill' && !isCommitted(documents, new Set())) {
    throw refuseTranscript('transcript-not-committed');
  }
}

/** By those whose word counts, and nothing in it besides. */
function requireSigned(log: CeremonyLog, documents: LogDocuments, vouched: VouchedSet): void {
  const { manifest } = vouched;
  checkOpening(log);
  const coverage = sealCoverage(log, documents);
  const signed =
    log.header.kind === 'drill'
      ? drillCoverage(log, documents, coverage, manifest)
      : log.header.kind === 'refresh'
        ? refreshCoverage(log, documents, coverage, manifest)
        : quorumCoverage(coverage, manifest);
  if (signed === 0) throw refuseTranscript('transcript-not-signed');
  const flaw = flawIn(log, documents, vouched, signed);
  if (flaw !== null) throw refuseTranscript(REFUSED[flaw]);
}

/** Its receipt lies in it, or sync's commit is known otherwise. */
function isCommitted({ bundles, receipts }: LogDocuments, committed: ReadonlySet<string>): boolean {
  const known = new Set(committed);
  for (const { body } of receipts) {
    if (body.outcome === 'committed' && body.bundleDigest !== null) known.add(body.bundleDigest);
  }
  return bundles.every(({ digest }) => known.has(digest));
}

function requireWitnessed(log: CeremonyLog, { manifests, rosters }: Trusted): void {
  checkOpening(log);
  const all = entries(log);
  const [agreed, ...again] = all.filter((entry) => fact(entry, 'kind') === 'destruction-agreed');
  if (agreed === undefined) throw refuseTranscript('transcript-not-signed');
  const concerned = manifests.filter(
    ({ body }) =>
      body.setId === fact(agreed, 'setId') && body.generation === fact(agreed, 'generation'),
  );
  if (concerned.length === 0) throw refuseTranscript('transcript-other-set');
  const documents = openLogDocuments(log, NO_ANCHOR);
  const coverage = sealCoverage(log, documents);
  const signed = witnessKeys(agreed, concerned, rosters).map((key) => coverage.get(key) ?? 0);
  const covered = Math.max(0, ...signed);
  if (covered === 0) throw refuseTranscript('transcript-not-signed');
  if (all.some(isWithheld)) throw refuseTranscript('transcript-withheld');
  const isAdded =
    again.length > 0 ||
    documents.held.size > 0 ||
    all.slice(covered).some((entry) => !AFTER_THE_WITNESS.has(fact(entry, 'kind')));
  if (isAdded) throw refuseTranscript('transcript-added-to');
}

/** Of whom the log names as its witness, as the set's own rosters know that person. */
function witnessKeys(
  agreed: Entry,
  manifests: readonly ManifestDocument[],
  rosters: readonly RosterDocument[],
): string[] {
  const name = fact(agreed, 'witness');
  if (typeof name !== 'string') return [];
  return rosters
    .filter((roster) => manifests.some(({ body }) => isSignedBy(roster, body)))
    .flatMap(({ body }) => body.people)
    .filter(({ roles }) => roles.includes('witness'))
    .filter(isNamed(name))
    .map(({ publicKey }) => publicKey);
}

function isSignedBy(roster: RosterDocument, manifest: ManifestDocument['body']): boolean {
  try {
    verifyRoster(roster, manifest);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
