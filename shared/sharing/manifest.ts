/**
 * The manifest of a share set: public, signed by the set's own share keys, or, where a refresh made it,
 * by statements of them (refresh-statement.ts). It lists every share's public key, who holds it on which
 * media, the check values, and the sync that the set answers to.
 * @module
 */
import { recipientKey } from '../sealing/hpke.ts';
import { verifySignatures } from '../encoding/dsse.ts';
import { defineDocument, type Parsed } from '../encoding/document.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import {
  checkValueHex,
  digest,
  id16,
  keyVersion,
  mode,
  name,
  publicKey,
  time,
  z,
} from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { MAX_CUSTODIANS } from './envelope.ts';
import { MEDIA_KINDS } from './media-kinds.ts';
import { policyFault, type MediaPolicy } from './media-policy.ts';
import { refreshedSchema, verifyAfter } from './refresh-statement.ts';

export {
  isKeyMedium,
  MEDIA_KINDS,
  MEDIUM_NAMES,
  mediumKind,
  IDENTITY_MEDIA,
  PLAIN_MEDIA,
  type KeyMedium,
  type MediumKind,
} from './media-kinds.ts';

/** The rule for the media, where the people agreed on one. */
export const mediaPolicySchema = z
  .strictObject({
    allowed: z.array(z.enum(MEDIA_KINDS)).min(1).max(MEDIA_KINDS.length).readonly(),
    kinds: z.int().min(1).max(MEDIA_KINDS.length),
    apart: z.boolean(),
  })
  .refine(({ allowed }) => new Set(allowed).size === allowed.length);

const medium = z.strictObject({
  kind: z.enum(MEDIA_KINDS),
  /** For people: `A4 sheet`, `stick HOME-1, 16 GB`. Never a place where it is kept. */
  description: z.string().min(1).max(120),
});

const shareEntry = z.strictObject({
  index: z.int().min(1).max(MAX_CUSTODIANS),
  x: z.int().min(1).max(255),
  publicKey,
  custodian: z.strictObject({ name, publicKey }),
  media: z.array(medium).min(1).max(8),
});

const schema = z
  .strictObject({
    mode,
    setId: id16,
    /** What people call the set: `2026 A`. */
    label: z.string().min(1).max(40),
    componentId: id16,
    /** How long each component is, 16 to 64 bytes. */
    componentBytes: z.int().min(16).max(64),
    keyVersion,
    generation: z.int().min(1).max(0xffff_ffff),
    threshold: z.int().min(2).max(MAX_CUSTODIANS),
    count: z.int().min(2).max(MAX_CUSTODIANS),
    shares: z.array(shareEntry).min(2).max(MAX_CUSTODIANS),
    checks: z.strictObject({
      custodianComponent: checkValueHex,
      vaultComponent: checkValueHex,
      platformKey: checkValueHex,
    }),
    ceremonyId: id16,
    createdAt: time,
    /** Digest of the roster that was valid then. */
    roster: digest,
    /** The sync whose receipts count for this set. */
    sync: z.strictObject({ audience: id16, publicKey }),
    /**
     * Digest of the manifest before it, null for the first of all; of a further set of its version, of the
     * one that vouches for it.
     */
    previous: digest.nullable(),
    /** Absent: the people agreed on none. */
    policy: mediaPolicySchema.optional(),
    /** Survey keys are sealed to it (escrow-key.ts). Absent: a set from before there was one. */
    escrowKey: recipientKey.optional(),
    /** Of a refresh, which made this generation of the set. Absent: its shares were split. */
    refreshed: refreshedSchema.optional(),
  })
  .refine(
    ({ shares, count, threshold }) =>
      shares.length === count &&
      threshold <= count &&
      shares.every(({ index }, at) => index === at + 1) &&
      new Set(shares.map(({ x }) => x)).size === count &&
      new Set(shares.map(({ publicKey: key }) => key)).size === count,
  )
  .refine(({ policy, shares }) => policy === undefined || keepsTo(policy, shares))
  .refine(
    ({ refreshed, generation, previous, count }) =>
      refreshed === undefined ||
      (generation > 1 && previous !== null && refreshed.statements.length === count),
  );

/** No honest Conclave signs a set that breaks its own rule. */
function keepsTo(policy: MediaPolicy, shares: readonly z.infer<typeof shareEntry>[]): boolean {
  const holders = shares.map(({ custodian, media }) => ({
    name: custodian.name,
    media: media.map(({ kind }) => kind),
  }));
  return policyFault(policy, holders) === null;
}

export type Manifest = z.infer<typeof schema>;
export type ManifestDocument = Parsed<Manifest>;
export const manifestType = defineDocument<Manifest>('share-set', schema);

/** The share keys of a set. */
export function shareKeys(manifest: Manifest): Set<string> {
  return new Set(manifest.shares.map(({ publicKey: key }) => key));
}

/**
 * Verifies that k different share keys of the set itself signed its manifest; of a refreshed set, that
 * each of them signed its statement, and the operator whom all statements name the manifest. That makes
 * it consistent, not trusted: trust is an anchor's matter (sync's trust, or typed words).
 */
export function parseManifest(bytes: Uint8Array, expected: Mode): ManifestDocument {
  return verifyManifest(manifestType.parse(bytes, expected));
}

export function verifyManifest(document: ManifestDocument): ManifestDocument {
  const { refreshed } = document.body;
  if (refreshed !== undefined) {
    const { operator } = refreshed;
    const by = verifySignatures(document.envelope, 'share-set', new Set([operator]));
    if (by.length !== 1) {
      throw refuseDocument('signature-missing', 'share-set', "the operator's signature");
    }
    verifyAfter(document.body);
    return document;
  }
  const signed = verifySignatures(document.envelope, 'share-set', shareKeys(document.body));
  if (signed.length < document.body.threshold) {
    throw refuseDocument(
      'signature-missing',
      'share-set',
      `the signatures of ${document.body.threshold} share keys (it has ${signed.length})`,
    );
  }
  return document;
}
