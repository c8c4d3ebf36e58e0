/**
 * Verifying a single bundle or receipt for an auditor.
 * @module
 */
import {
  bringsSet,
  bundleType,
  verifyBundle,
  type Bundle,
  type BundleDocument,
} from '../bundle/bundle.ts';
import { receiptType } from '../bundle/receipt.ts';
import { openNewRoster } from '../bundle/roster-bundle.ts';
import { assertNext, openNewSet } from '../bundle/rotate.ts';
import { decodeEnvelope, verifySignatures } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import {
  rosterType,
  setThatSigned,
  verifyRoster,
  type RosterDocument,
} from '../identity/roster.ts';
import type { Mode } from '../mode.ts';
import {
  manifestType,
  parseManifest,
  verifyManifest,
  type ManifestDocument,
} from '../sharing/manifest.ts';
import { checkedWords, NO_ANCHOR, resolveAnchor, wordsOf, type Anchor } from './anchor.ts';
import { bundleFacts } from './bundle-in-words.ts';
import { verifySync } from './log-documents.ts';
import { plainTime } from './narrate-words.ts';
import { refuseVerification } from './refusals-verify.ts';
import type { SignerLine, Verification } from './verification.ts';

const forDocuments = {
  notSealed: [],
  quorumEntries: null,
  withheld: [],
  attestations: null,
  envelopes: null,
} as const;

function contradiction(how: string) {
  return refuseVerification('bundle-contradicts-itself', how);
}

interface Parts {
  /** Of the set that signs. */
  readonly manifest: ManifestDocument | null;
  readonly roster: RosterDocument | null;
  /** Of the set that signed the roster, where it is not the one that signs the bundle. */
  readonly next?: ManifestDocument;
}

/**
 * What a bundle brings along, checked against the bundle: a setup or an adoption its manifest and
 * roster, a roster bundle the new roster, whose signers only a manifest of the anchor can name, and
 * a bundle of new or refreshed shares or of a new key version their set and roster, whose set of before
 * only the anchor has.
 */
function embeddedParts(bundle: BundleDocument, mode: Mode, anchor: Anchor): Parts {
  const { body } = bundle;
  if (!('roster' in body)) {
    return { manifest: null, roster: null };
  }
  if (body.kind === 'roster') {
    const { manifest } = anchor;
    if (manifest !== undefined) {
      return { manifest: null, roster: openNewRoster(body, manifest.body, null) };
    }
    const envelope = decodeEnvelope(encodeJson(body.roster), 'roster');
    const roster = rosterType.parseEnvelope(envelope, mode);
    if (roster.digest !== body.rosterDigest) throw contradiction('names another roster');
    return { manifest: null, roster };
  }
  if (bringsSet(body)) {
    const next = openNewSet(body);
    const { manifest, roster = null } = anchor;
    if (manifest !== undefined) assertNext[body.kind](next, manifest, roster);
    return { manifest: null, roster: next.roster, next: next.manifest };
  }
  const manifest = verifyManifest(
    manifestType.parseEnvelope(decodeEnvelope(encodeJson(body.manifest), 'share-set'), mode),
  );
  const roster = verifyRoster(
    rosterType.parseEnvelope(decodeEnvelope(encodeJson(body.roster), 'roster'), mode),
    manifest.body,
  );
  if (manifest.digest !== body.manifestDigest) throw contradiction('names another manifest');
  if (roster.digest !== body.rosterDigest || manifest.body.roster !== roster.digest) {
    throw contradiction('names another roster');
  }
  if (manifest.body.ceremonyId !== body.ceremonyId) throw contradiction('is of another ceremony');
  if (manifest.body.keyVersion !== body.keyVersion) {
    throw contradiction('is for another key version');
  }
  if (manifest.body.sync.audience !== body.audience) throw contradiction('is for another sync');
  return { manifest, roster };
}

/**
 * Refuses a bundle that is damaged, contradicts itself, or is not the anchor's. A bundle of a
 * recovery or a drill holds neither manifest nor roster, a roster bundle no manifest: they come with the
 * anchor, or its signers stay unnamed.
 */
export function verifyBundleFile(
  bytes: Uint8Array,
  mode: Mode,
  anchor: Anchor = NO_ANCHOR,
): Verification {
  const bundle = bundleType.parse(bytes, mode);
  const { body, digest } = bundle;
  if (anchor.manifest !== undefined && anchor.manifest.digest !== body.manifestDigest) {
    throw refuseVerification('anchor-does-not-fit', 'bundle', 'manifest');
  }
  if (
    anchor.words !== undefined &&
    anchor.descriptor === undefined &&
    checkedWords(anchor.words) !== wordsOf(body.manifestDigest)
  ) {
    throw refuseVerification('anchor-does-not-fit', 'bundle', 'eight words');
  }
  const parts = embeddedParts(bundle, mode, anchor);
  const vouched = resolveAnchor(
    'bundle',
    anchor,
    parts.manifest === null ? [] : [parts.manifest],
    [],
  );
  const manifest = parts.manifest ?? anchor.manifest ?? null;
  const roster = parts.roster ?? anchor.roster ?? null;
  if (roster !== null && roster.digest !== body.rosterDigest) {
    throw refuseVerification('anchor-does-not-fit', 'bundle', 'roster');
  }
  if (manifest !== null && roster !== null) {
    const signer = parts.next ?? manifest;
    // One that the bundle brings, or that no quorum names, is signed by this very set. The one in force
    // may be signed by the set of another key version: the quorum of the bundle names it by its digest.
    const isNamed = !('roster' in body) && body.kind !== 'drill';
    if (!isNamed || setThatSigned(roster, [signer]) !== undefined) {
      verifyRoster(roster, signer.body);
    }
    verifyBundle(bundle, manifest.body, roster.body);
  } else {
    const own = new Set(bundle.envelope.signatures.map(({ keyid }) => keyid));
    verifySignatures(bundle.envelope, 'bundle', own);
  }
  const isVouched = manifest !== null && vouched.manifest?.digest === manifest.digest;
  const signers = bundleSigners(bundle, manifest, roster, isVouched);
  const quorum = signers.filter(({ kind }) => kind === 'share-key').length;
  const isDrill = body.kind === 'drill';
  // A drill proves single shares: its operator answers for it, whom the roster names.
  const threshold = isDrill ? 0 : (manifest?.body.threshold ?? 0);
  const missing: string[] = [];
  if (manifest === null) {
    missing.push(
      `The manifest is not in a ${body.kind} bundle: give it, so that its keys have names.`,
    );
  } else if (quorum < threshold) {
    missing.push(`Only ${quorum} of the ${threshold} share keys that are needed signed it.`);
  }
  if (roster === null) {
    missing.push(
      `The roster is not in a ${body.kind} bundle: without it the operator is a bare key.`,
    );
  }
  missing.push('Whether sync accepted it, a receipt tells.');
  const isAuthentic = isVouched && quorum >= threshold && !(isDrill && roster === null);
  return {
    ...forDocuments,
    file: 'bundle',
    mode,
    digest,
    standing: isAuthentic ? 'authenticated' : 'self-consistent',
    because: isAuthentic
      ? `The anchor vouches for the manifest, and ${quorum} of its share keys signed ${isDrill ? 'in the drill' : 'the bundle'}.`
      : manifest === null
        ? 'The signatures fit their keys, but no manifest says whose keys they are.'
        : 'The bundle and what it holds fit together, but the file itself says so.',
    facts: bundleFacts(bundle),
    signers,
    missing,
  };
}

/** Numbers of the shares that signed inside the bundle, each for itself. */
function speakingShares(body: Bundle): number[] {
  if (body.kind === 'drill') return body.proofs.map(({ index }) => index);
  if (body.kind !== 'refresh') return [];
  const { refreshed } = parseManifest(encodeJson(body.manifest), body.mode).body;
  return refreshed?.statements.map(({ index }) => index) ?? [];
}

function bundleSigners(
  bundle: BundleDocument,
  manifest: ManifestDocument | null,
  roster: RosterDocument | null,
  vouched: boolean,
): SignerLine[] {
  const proved = speakingShares(bundle.body);
  const keys = [
    ...bundle.envelope.signatures.map(({ keyid }) => keyid),
    ...proved.flatMap((index) => manifest?.body.shares[index - 1]?.publicKey ?? []),
  ];
  return keys.map((keyid): SignerLine => {
    const line = { keyid, entries: null };
    const share = manifest?.body.shares.find(({ publicKey }) => publicKey === keyid);
    if (share !== undefined && manifest !== null) {
      const who = `share key ${share.index} of ${manifest.body.count}, set ${manifest.body.label}`;
      return { ...line, who, kind: 'share-key', vouched };
    }
    const person = roster?.body.people.find(({ publicKey }) => publicKey === keyid);
    if (person !== undefined) {
      return {
        ...line,
        who: `${person.name} (${person.roles.join(', ')})`,
        kind: 'person',
        vouched,
      };
    }
    const isOperator = keyid === bundle.body.operator;
    const who = isOperator ? 'the key that the bundle calls the operator' : 'a key without a name';
    return { ...line, who, kind: 'unnamed', vouched: false };
  });
}

/** Refuses a receipt that is damaged, or of another sync than the anchor's. */
export function verifyReceiptFile(
  bytes: Uint8Array,
  mode: Mode,
  anchor: Anchor = NO_ANCHOR,
): Verification {
  const receipt = receiptType.parse(bytes, mode);
  const { body, digest } = receipt;
  const vouched = resolveAnchor('receipt', anchor, [], []);
  const syncs = [vouched.manifest?.body.sync, vouched.descriptor?.body].flatMap((sync) =>
    sync === undefined ? [] : [sync],
  );
  const isAuthentic = verifySync(receipt, 'receipt', syncs);
  if (!isAuthentic && syncs.length > 0) {
    const what = vouched.manifest === null ? 'descriptor' : 'manifest';
    throw refuseVerification('anchor-does-not-fit', 'receipt', what);
  }
  const keyid = receipt.envelope.signatures[0]?.keyid ?? '';
  return {
    ...forDocuments,
    file: 'receipt',
    mode,
    digest,
    standing: isAuthentic ? 'authenticated' : 'self-consistent',
    because: isAuthentic
      ? 'The anchor names the sync that signed this receipt.'
      : vouched.wordsWithoutDocument
        ? 'A receipt does not hold the document that the eight words stand for: give sync’s descriptor too.'
        : 'The signature fits its key, but nothing here says that it is sync’s key.',
    facts: [
      `Sync's receipt ${body.sequence} of ${plainTime(body.at)}: the ${body.kind} bundle ` +
        `${body.bundleDigest ?? '(none came)'} for key version ${body.keyVersion} was ${body.outcome}.`,
      `Sync says: "${body.statement}"`,
      ...body.readBack.map((place) => `Read back: ${place}.`),
      `It answers the package ${body.packageDigest} (nonce ${body.nonce}); the trust epoch is now ${body.epoch}.`,
    ],
    signers: [
      { who: `sync ${body.audience}`, kind: 'sync', keyid, entries: null, vouched: isAuthentic },
    ],
    missing:
      body.previous === null && body.sequence > 1
        ? ['It is not the first receipt, and yet names none before it.']
        : [],
  };
}
