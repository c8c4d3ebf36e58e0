/**
 * Verifying a ceremony log for an auditor: documents, seals, what a quorum signed, what is
 * missing, and whether an anchor vouches for it.
 *
 * SECURITY: `authenticated` needs an unbroken line: the anchor names a manifest (or a descriptor
 * whose committed receipt names the bundle that the manifest's share keys signed), and k of that
 * manifest's share keys signed the transcript, or, of a refresh, the operator whom each of them named and
 * a witness (refresh-log.ts). One person's signature alone never is enough.
 * @module
 */
import type { ManifestDocument } from '../sharing/manifest.ts';
import { NO_ANCHOR, resolveAnchor, type Anchor, type Vouched } from './anchor.ts';
import { judgeAttestations, type Judge } from './attestations.ts';
import { quorumCoverage, sealCoverage, selfNamed, type Coverage } from './coverage.ts';
import { fact } from './entry.ts';
import { openLogDocuments, setsOf, type LogDocuments } from './log-documents.ts';
import { entries, head, isRotation, makesSet, type CeremonyLog } from './log.ts';
import { missingFromLog } from './missing.ts';
import { narrateLog } from './narrate.ts';
import { refreshCoverage } from './refresh-log.ts';
import { refuseVerification } from './refusals-verify.ts';
import type { SignerLine, Verification } from './verification.ts';

/**
 * Refuses a log whose documents or seals are wrong, or that the anchor contradicts.
 * @param judge for what YubiKeys attested; without one nothing is said of it
 */
export function verifyLog(
  log: CeremonyLog,
  anchor: Anchor = NO_ANCHOR,
  judge: Judge | null = null,
): Verification {
  checkOpening(log);
  const documents = openLogDocuments(log, anchor);
  const vouched = resolveAnchor('ceremony log', anchor, documents.manifests, documents.descriptors);
  const coverage = sealCoverage(log, documents);
  const manifest = vouched.manifest ?? manifestByReceipt(documents, vouched);
  const spoken = (set: ManifestDocument | null) =>
    set === null
      ? 0
      : log.header.kind === 'refresh'
        ? refreshCoverage(log, documents, coverage, set)
        : quorumCoverage(coverage, set);
  const quorumEntries = spoken(manifest);
  const all = entries(log);
  const signed = Math.max(0, ...coverage.values());
  const claimed = manifest ?? ownManifest(log, documents);
  const claimedQuorum = spoken(claimed);
  return {
    file: 'ceremony-log',
    mode: log.header.mode,
    standing: quorumEntries > 0 ? 'authenticated' : 'self-consistent',
    because: reason(log, vouched, manifest, quorumEntries, all.length),
    facts: narrateLog(log),
    signers: signers(log, documents, coverage, manifest),
    missing: missingFromLog(log, documents, coverage, claimed, claimedQuorum),
    notSealed: all.slice(signed).map(({ n }) => n),
    quorumEntries: claimed === null ? null : claimedQuorum,
    withheld: all.flatMap(({ n, leaves }) =>
      leaves.filter((leaf) => 'withheld' in leaf).map(({ path }) => `entry ${n}: ${path}`),
    ),
    envelopes: null,
    attestations: judge === null ? null : judgeAttestations(log, documents, judge),
    digest: head(log),
  };
}

/** The header's kind is not in the chain, so it must be what the first entry says. */
export function checkOpening(log: CeremonyLog): void {
  const [first] = entries(log);
  const kind = first === undefined ? undefined : fact(first, 'ceremony');
  if (kind !== undefined && kind !== log.header.kind) {
    throw refuseVerification(
      'document-contradicts-log',
      'first line',
      'names another kind of ceremony than the first entry',
    );
  }
}

/**
 * The manifest that the descriptor vouches for: by a committed receipt and the bundle it names. Of new
 * shares it is the set that signed the bundle; which one follows it, that bundle says.
 */
function manifestByReceipt(documents: LogDocuments, vouched: Vouched): ManifestDocument | null {
  const sync = vouched.descriptor?.body;
  if (sync === undefined) return null;
  for (const { body, envelope } of documents.receipts) {
    const isItsOwn =
      body.audience === sync.audience && envelope.signatures[0]?.keyid === sync.publicKey;
    if (!isItsOwn || body.outcome !== 'committed') continue;
    const bundle = documents.bundles.find(({ digest }) => digest === body.bundleDigest);
    const manifest = documents.known.find(({ digest }) => digest === bundle?.body.manifestDigest);
    if (manifest !== undefined) return manifest;
  }
  return null;
}

/** The manifest that the log says is its own, without anybody vouching for it. */
function ownManifest(log: CeremonyLog, documents: LogDocuments): ManifestDocument | null {
  const { kind, ceremonyId } = log.header;
  const [bundle] = documents.bundles;
  if (isRotation(kind)) {
    const { made, given } = setsOf(log, documents, null);
    return made ?? given;
  }
  return (
    documents.manifests.find(({ body, digest }) =>
      makesSet(kind) ? body.ceremonyId === ceremonyId : digest === bundle?.body.manifestDigest,
    ) ?? (makesSet(kind) ? null : (documents.manifests[0] ?? null))
  );
}

function reason(
  { header }: CeremonyLog,
  vouched: Vouched,
  manifest: ManifestDocument | null,
  quorumEntries: number,
  count: number,
): string {
  if (manifest !== null && quorumEntries > 0) {
    const how = vouched.manifest === null ? 'the descriptor and its receipt' : 'the manifest';
    if (header.kind === 'refresh') {
      return (
        `The anchor vouches for ${how}. Each share that lives on signed for itself, by its old and its ` +
        `new key, and named the operator, who signed ${quorumEntries} of ${count} entries; a witness did, too.`
      );
    }
    return (
      `The anchor vouches for ${how}, and at least ${manifest.body.threshold} share keys of the ` +
      `set ${manifest.body.label} signed ${quorumEntries} of ${count} entries.`
    );
  }
  if (vouched.wordsWithoutDocument) {
    return 'The log holds neither a manifest nor a descriptor that the eight words could stand for.';
  }
  if (manifest !== null) {
    return 'The anchor fits, but no quorum of its share keys signed this log.';
  }
  if (vouched.descriptor !== null) {
    return (
      'The anchor vouches for sync’s descriptor, but the log holds no receipt of that sync for a ' +
      'committed bundle, so nothing ties the log to it.'
    );
  }
  return (
    'Everything in the file fits together, but the file itself says so. Give the manifest or ' +
    'the eight words that the witness keeps.'
  );
}

function signers(
  log: CeremonyLog,
  documents: LogDocuments,
  coverage: Coverage,
  vouchedManifest: ManifestDocument | null,
): SignerLine[] {
  const own = selfNamed(log);
  return [...coverage].map(([keyid, covered]): SignerLine => {
    const line = { keyid, entries: covered };
    for (const manifest of documents.known) {
      const share = manifest.body.shares.find(({ publicKey }) => publicKey === keyid);
      if (share === undefined) continue;
      const who = `share key ${share.index} of ${manifest.body.count}, set ${manifest.body.label}`;
      const vouched = manifest.digest === vouchedManifest?.digest;
      return { ...line, who, kind: 'share-key', vouched };
    }
    const byTrust = [...documents.rosters].sort(
      (a, b) => Number(isVouched(b.by, vouchedManifest)) - Number(isVouched(a.by, vouchedManifest)),
    );
    for (const { document, by } of byTrust) {
      const person = document.body.people.find(({ publicKey }) => publicKey === keyid);
      if (person === undefined) continue;
      const who = `${person.name} (${person.roles.join(', ')})`;
      return { ...line, who, kind: 'person', vouched: isVouched(by, vouchedManifest) };
    }
    const who = own.get(keyid);
    if (who !== undefined) return { ...line, who, kind: 'person', vouched: false };
    return { ...line, who: 'a key without a name', kind: 'unnamed', vouched: false };
  });
}

function isVouched(by: readonly string[], manifest: ManifestDocument | null): boolean {
  return manifest !== null && by.includes(manifest.digest);
}
