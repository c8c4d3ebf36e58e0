/**
 * The documents inside a ceremony log, each verified by what the log (and the anchor) holds.
 * @module
 */
import { bringsSet, bundleType, verifyBundle, type BundleDocument } from '../bundle/bundle.ts';
import { parseDescriptor, type DescriptorDocument } from '../bundle/descriptor.ts';
import { packageType, type PackageDocument } from '../bundle/package.ts';
import { receiptType, type ReceiptDocument } from '../bundle/receipt.ts';
import { openNewRoster } from '../bundle/roster-bundle.ts';
import { assertNext, openNewSet } from '../bundle/rotate.ts';
import { ticketType, parseTicket, type TicketDocument } from '../bundle/ticket.ts';
import { readPayloadType } from '../encoding/document.ts';
import { encodeEnvelope, verifySignatures, type Envelope } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { rosterType, verifyRoster, type RosterDocument } from '../identity/roster.ts';
import type { Mode } from '../mode.ts';
import {
  manifestType,
  parseManifest,
  shareKeys,
  verifyManifest,
  type ManifestDocument,
} from '../sharing/manifest.ts';
import type { Anchor } from './anchor.ts';
import { entries, isRotation, type CeremonyLog } from './log.ts';
import { refuseVerification } from './refusals-verify.ts';

/** A roster, and the manifests whose quorum signed it. */
export interface SignedRoster {
  readonly document: RosterDocument;
  readonly by: readonly string[];
}

export interface LogDocuments {
  /** Digests of everything that lies in the log itself. */
  readonly held: ReadonlySet<string>;
  /** In the log only; {@link LogDocuments.known} has the anchor's too. */
  readonly manifests: readonly ManifestDocument[];
  readonly descriptors: readonly DescriptorDocument[];
  /** Manifests of the log and the anchor. */
  readonly known: readonly ManifestDocument[];
  readonly rosters: readonly SignedRoster[];
  readonly tickets: readonly TicketDocument[];
  readonly packages: readonly PackageDocument[];
  readonly bundles: readonly BundleDocument[];
  readonly receipts: readonly ReceiptDocument[];
  /** What could not be attributed, each a sentence. */
  readonly unattributed: readonly string[];
}

/** Refuses the first document whose form, signature or place in the log is wrong. */
export function openLogDocuments(log: CeremonyLog, anchor: Anchor): LogDocuments {
  const { mode } = log.header;
  const groups = new Map<string, Envelope[]>();
  for (const item of log.items) {
    if (!('document' in item)) continue;
    const what = readPayloadType(item.document.payloadType)?.what ?? 'document';
    groups.set(what, [...(groups.get(what) ?? []), item.document]);
  }
  const of = (what: string) => {
    const found = groups.get(what) ?? [];
    groups.delete(what);
    return found;
  };
  const manifests = of('share-set').map((envelope) =>
    verifyManifest(manifestType.parseEnvelope(envelope, mode)),
  );
  const descriptors = of('descriptor').map((envelope) =>
    parseDescriptor(encodeEnvelope(envelope), mode),
  );
  const known = anchor.manifest === undefined ? manifests : [...manifests, anchor.manifest];
  const unattributed: string[] = [];
  const syncs = [...descriptors, ...(anchor.descriptor === undefined ? [] : [anchor.descriptor])]
    .map(({ body }) => ({ audience: body.audience, publicKey: body.publicKey }))
    .concat(known.map(({ body }) => body.sync));
  const bySync = <T extends PackageDocument | ReceiptDocument>(document: T, what: string): T => {
    const isKnown = verifySync(document, what, syncs);
    if (!isKnown) {
      unattributed.push(`The ${what} is signed by a sync that nothing else in this log names.`);
    }
    return document;
  };
  const packages = of('package').map((envelope) =>
    bySync(packageType.parseEnvelope(envelope, mode), 'package'),
  );
  const rosters = [
    ...of('roster').map((envelope) => rosterType.parseEnvelope(envelope, mode)),
    ...(anchor.roster === undefined ? [] : [anchor.roster]),
  ].map((document) => signedRoster(document, [...known, ...otherSets(packages, mode)]));
  const receipts = of('receipt').map((envelope) =>
    bySync(receiptType.parseEnvelope(envelope, mode), 'receipt'),
  );
  const tickets = of('ticket').map((envelope) => openTicket(envelope, mode));
  const bundles = of('bundle').map((envelope) => bundleType.parseEnvelope(envelope, mode));
  for (const bundle of bundles) {
    const note = checkBundle(log, bundle, known, rosters);
    if (note !== null) unattributed.push(note);
  }
  const [stray] = groups.keys();
  if (stray !== undefined) throw refuseDocument('document-other-type', 'ceremony log', stray);
  const all = [manifests, descriptors, tickets, packages, bundles, receipts].flat();
  const held = new Set(all.map(({ digest }) => digest));
  for (const { document } of rosters) {
    if (document !== anchor.roster) held.add(document.digest);
  }
  return {
    held,
    manifests,
    descriptors,
    known,
    rosters,
    tickets,
    packages,
    bundles,
    receipts,
    unattributed,
  };
}

/** The sets of other key versions that the packages name: the set of any of them may have signed. */
function otherSets(packages: readonly PackageDocument[], mode: Mode): ManifestDocument[] {
  return packages.flatMap(({ body }) =>
    'others' in body
      ? (body.others ?? []).map((embedded) => parseManifest(encodeJson(embedded), mode))
      : [],
  );
}

/**
 * Digests of the sets whose rosters count in a log about this set: its own, and those of other key
 * versions that are trusted beside it, because any of them may have signed the roster in force.
 *
 * SECURITY: which ones are trusted, the set's own sync says, in the package that the bundle answers.
 */
export function rosterSets(
  { packages, bundles }: Pick<LogDocuments, 'packages' | 'bundles'>,
  { digest: own, body: { mode, sync } }: ManifestDocument,
): string[] {
  const answered = packages.filter(
    ({ digest, body, envelope }) =>
      body.audience === sync.audience &&
      envelope.signatures[0]?.keyid === sync.publicKey &&
      bundles.some((bundle) => bundle.body.packageDigest === digest),
  );
  return [own, ...otherSets(answered, mode).map(({ digest }) => digest)];
}

function signedRoster(
  document: RosterDocument,
  manifests: readonly ManifestDocument[],
): SignedRoster {
  const keys = document.envelope.signatures.map(({ keyid }) => keyid);
  const candidates = manifests.filter(({ body }) => {
    const own = shareKeys(body);
    return keys.some((key) => own.has(key));
  });
  if (candidates.length === 0) {
    throw refuseDocument('signature-missing', 'roster', 'the signatures of a known share set');
  }
  for (const { body } of candidates) verifyRoster(document, body);
  return { document, by: candidates.map(({ digest }) => digest) };
}

/** Whether a known sync signed; a wrong signature is refused in any case. */
export function verifySync(
  document: PackageDocument | ReceiptDocument,
  what: string,
  syncs: readonly { readonly audience: string; readonly publicKey: string }[],
): boolean {
  const { envelope, body } = document;
  const own = new Set(envelope.signatures.map(({ keyid }) => keyid));
  const signed = verifySignatures(envelope, what, own);
  if (signed.length !== 1) throw refuseDocument('signature-missing', what, "sync's one signature");
  return syncs.some((sync) => sync.publicKey === signed[0] && sync.audience === body.audience);
}

function openTicket(envelope: Envelope, mode: Mode): TicketDocument {
  return parseTicket(ticketType.toBytes(ticketType.parseEnvelope(envelope, mode)), mode);
}

function contradiction(how: string) {
  return refuseVerification('document-contradicts-log', 'bundle', how);
}

/** Null, or the sentence that says what of the bundle could not be checked. */
function checkBundle(
  log: CeremonyLog,
  bundle: BundleDocument,
  manifests: readonly ManifestDocument[],
  rosters: readonly SignedRoster[],
): string | null {
  const { body } = bundle;
  if (body.ceremonyId !== log.header.ceremonyId) {
    throw contradiction('names another ceremony');
  }
  const last = entries(log)[body.transcript.entries - 1];
  if (last?.hash !== body.transcript.head) {
    throw contradiction('signs another transcript than this one');
  }
  const manifest = manifests.find(({ digest }) => digest === body.manifestDigest);
  const roster = rosters.find(({ document }) => document.digest === body.rosterDigest);
  if (manifest === undefined || roster === undefined) {
    verifySignatures(
      bundle.envelope,
      'bundle',
      new Set(bundle.envelope.signatures.map(({ keyid }) => keyid)),
    );
    const lacking = manifest === undefined ? 'manifest' : 'roster';
    return `The bundle’s ${lacking} is not in this log, so who signed the bundle cannot be told.`;
  }
  verifyBundle(bundle, manifest.body, roster.document.body);
  if (body.kind === 'roster') {
    const { previous } = roster.document.body;
    const present = rosters.find(({ document }) => document.digest === previous);
    openNewRoster(body, manifest.body, present?.document ?? null);
  }
  if (bringsSet(body)) {
    const { previous } = roster.document.body;
    const present = rosters.find(({ document }) => document.digest === previous);
    assertNext[body.kind](openNewSet(body), manifest, present?.document ?? null);
  }
  return null;
}

/** Of a ceremony: the set whose shares were given, and the one that was made; null: none is here. */
export interface LogSets {
  readonly given: ManifestDocument | null;
  readonly made: ManifestDocument | null;
}

/**
 * New shares and a new platform key concern two sets, every other ceremony one.
 * @param claimed the set of any other ceremony, vouched for or not
 */
export function setsOf(
  { header: { kind, ceremonyId } }: CeremonyLog,
  { known, bundles }: Pick<LogDocuments, 'known' | 'bundles'>,
  claimed: ManifestDocument | null,
): LogSets {
  if (!isRotation(kind)) return { given: claimed, made: claimed };
  const isMade = ({ body }: ManifestDocument) => body.ceremonyId === ceremonyId;
  const signing = known.find(({ digest }) => digest === bundles[0]?.body.manifestDigest);
  return {
    given: signing ?? known.find((manifest) => !isMade(manifest)) ?? null,
    made: known.find(isMade) ?? null,
  };
}
