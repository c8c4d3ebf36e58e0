/**
 * Ceremony logs that sync keeps and hands on, so that another laptop knows what this one knew: of
 * a Split or an adoption, and of what was destroyed. Judged alike by sync, when one is brought, and
 * by the laptop that gets it.
 *
 * SECURITY: a set's log is believed as far as the quorum of that set signed it. A destruction has no
 * quorum, because nothing is decided by it; it is believed where its witness signed all of it, whom
 * a roster of the set's quorum lists as one. Believing a false one would lose sight of what opens the
 * key, so a custodian's word alone is not enough.
 * @module
 */
import type { DescriptorDocument } from '../bundle/descriptor.ts';
import { isNamed } from '../identity/roster-change.ts';
import { verifyRoster, type RosterDocument } from '../identity/roster.ts';
import { Refusal } from '../refusal.ts';
import type { ManifestDocument } from '../sharing/manifest.ts';
import { NO_ANCHOR } from './anchor.ts';
import { sealCoverage } from './coverage.ts';
import { fact, type Entry } from './entry.ts';
import { isAddedTo } from './foreign-log.ts';
import type { EntryKind } from './kinds.ts';
import { openLogDocuments } from './log-documents.ts';
import { entries, type CeremonyLog } from './log.ts';
import { refuseTranscript } from './refusals.ts';
import { verifyLog } from './verify.ts';

/** What is trusted already, of one sync. */
export interface Trusted {
  readonly descriptor: DescriptorDocument;
  readonly manifests: readonly ManifestDocument[];
  readonly rosters: readonly RosterDocument[];
}

/** What a destruction may still record when its witness has signed. */
const AFTER_THE_WITNESS = new Set<unknown>([
  'ceremony-closed',
  'paused',
  'resumed',
] satisfies EntryKind[]);

/**
 * @throws Refusal `transcript-kind`, `transcript-other-set`, `transcript-not-signed`,
 *   `transcript-added-to`; of a document or a seal that is wrong
 */
export function requireHandedOn(log: CeremonyLog, trusted: Trusted): void {
  const { kind } = log.header;
  if (kind === 'destroy') requireWitnessed(log, trusted);
  else if (kind === 'split' || kind === 'adopt') requireQuorum(log, trusted);
  else throw refuseTranscript('transcript-kind', kind);
}

function requireQuorum(log: CeremonyLog, { descriptor, manifests }: Trusted): void {
  const { ceremonyId } = log.header;
  const manifest = manifests.find(({ body }) => body.ceremonyId === ceremonyId);
  if (manifest === undefined) throw refuseTranscript('transcript-other-set');
  const { standing, quorumEntries } = verifyLog(log, { manifest });
  if (standing !== 'authenticated') throw refuseTranscript('transcript-not-signed');
  if (isAddedTo(log, manifest, descriptor, quorumEntries ?? 0)) {
    throw refuseTranscript('transcript-added-to');
  }
}

function requireWitnessed(log: CeremonyLog, { manifests, rosters }: Trusted): void {
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
