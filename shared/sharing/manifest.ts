/**
 * The manifest of a share set: public, signed by the set's own share keys. It lists every
 * share's public key, who holds it on which media, the check values, and the sync that the set
 * answers to.
 * @module
 */
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

/** Where a personal identity lies. */
export const PLAIN_MEDIA = ['paper', 'usb'] as const;
/** Where a share lies: a share that is locked to a YubiKey has its envelope on a stick or a sheet. */
export const MEDIA_KINDS = [...PLAIN_MEDIA, 'yubikey-otp', 'yubikey-fido2'] as const;
export type MediumKind = (typeof MEDIA_KINDS)[number];
export type PlainMedium = (typeof PLAIN_MEDIA)[number];
/** Shares on these open with a YubiKey only. */
export type KeyMedium = Exclude<MediumKind, PlainMedium>;

export function isKeyMedium(kind: MediumKind): kind is KeyMedium {
  return kind === 'yubikey-otp' || kind === 'yubikey-fido2';
}

/** Out of a log; what is not known there is paper, as it always was. */
export function mediumKind(text: string): MediumKind {
  return MEDIA_KINDS.find((kind) => kind === text) ?? 'paper';
}

/** In words: `USB stick`, `YubiKey (OTP)`. */
export const MEDIUM_NAMES = {
  paper: 'paper',
  usb: 'USB stick',
  'yubikey-otp': 'YubiKey (OTP)',
  'yubikey-fido2': 'YubiKey (FIDO2)',
} as const satisfies Record<MediumKind, string>;

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
    generation: z.int().min(1),
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
    /** Digest of the manifest before it, null for the first of its version. */
    previous: digest.nullable(),
  })
  .refine(
    ({ shares, count, threshold }) =>
      shares.length === count &&
      threshold <= count &&
      shares.every(({ index }, at) => index === at + 1) &&
      new Set(shares.map(({ x }) => x)).size === count &&
      new Set(shares.map(({ publicKey: key }) => key)).size === count,
  );

export type Manifest = z.infer<typeof schema>;
export type ManifestDocument = Parsed<Manifest>;
export const manifestType = defineDocument<Manifest>('share-set', schema);

/** The share keys of a set. */
export function shareKeys(manifest: Manifest): Set<string> {
  return new Set(manifest.shares.map(({ publicKey: key }) => key));
}

/**
 * Verifies that k different share keys of the set itself signed its manifest. That makes it
 * consistent, not trusted: trust is an anchor's matter (sync's trust, or typed words).
 */
export function parseManifest(bytes: Uint8Array, expected: Mode): ManifestDocument {
  return verifyManifest(manifestType.parse(bytes, expected));
}

export function verifyManifest(document: ManifestDocument): ManifestDocument {
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
