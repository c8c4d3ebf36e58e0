/**
 * The package: what sync hands to the laptop before a ceremony. Signed by sync. Nonce, epoch,
 * expiry, the one-time key to which the bundle's secret is sealed, the public chain (manifests,
 * roster), and for some ceremonies secrets sealed to one ticket. Those of a recovery are in
 * recover-package.ts, an adoption's in adopt-package.ts, those of an organisation's survey in
 * member-package.ts, those of a rotation, of a new version and of survey keys that move in
 * rotate-package.ts, a full drill's in full-drill-package.ts, those for an owner without passphrase in
 * organisation-package.ts.
 * @module
 */
import { defineDocument, type Parsed } from '../encoding/document.ts';
import { verifySignatures } from '../encoding/dsse.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { digest, id16, keyVersion, mode, rowId, time, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { ESCROW_LIMIT } from '../escrow/escrow.ts';
import { adoptFound, ROTATABLE } from './adopt.ts';
import { DRILL_NONCE_DAYS } from './drill.ts';
import { ESCROWED_EMAIL } from './escrowed-email.ts';
import { fullDrillPackaged, type FullDrillPackaged } from './full-drill.ts';
import { recipientKey, sealedSchema, sealedUpTo } from '../sealing/hpke.ts';
import { fillsItsFiles, movePackaged } from './move.ts';
import { isOfOneKind, ORGANISATION_SURVEYS, organisationPackaged } from './organisation.ts';
import { packagedEntry, packagedEscrow } from './sealed-escrow.ts';

/** A DSSE envelope inside another document, as JSON; its own parser validates it. */
export const embedded = z.strictObject({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })),
});

const common = {
  mode,
  audience: id16,
  nonce: id16,
  /** The trust epoch when it was made; the bundle must meet the same one. */
  epoch: z.int().min(0),
  issuedAt: time,
  /** Judged by sync's database clock; the laptop only warns. */
  expiresAt: time,
  /** Digest of the newest receipt, or null: a laptop that never saw it is behind. */
  receiptHead: digest.nullable(),
};

/** So many sets beside its own a package names at most: four of each of sixteen versions. */
const OTHER_SETS = 63;

/** What differs between ceremonies: also how bundles and receipts are named. */
export const PACKAGE_KINDS = [
  'setup',
  'recover',
  'roster',
  'adopt',
  'recover-member',
  'rotate-shares',
  'migrate-organisation',
  'drill',
  'new-version',
  'activate',
  'retire',
  'migrate-escrows',
  'refresh',
  'add-set',
] as const;
export type PackageKind = (typeof PACKAGE_KINDS)[number];

/** One-time X-Wing key, base64: the bundle's secret is sealed to it. */
const recipient = recipientKey;

/** The set and the roster in force, so that any laptop can go on: see packaged-set.ts. */
const inForce = {
  /** The live manifest of the set that the ceremony is held with. */
  manifest: embedded,
  roster: embedded,
  /** The live manifests of all further sets that sync trusts, of whatever version. Absent: it trusts none. */
  others: z.array(embedded).min(1).max(OTHER_SETS).optional(),
};

const setup = z.strictObject({
  ...common,
  recipient,
  kind: z.literal('setup'),
  /** The version that will be created. */
  keyVersion,
});

export const recoverFacts = z.strictObject({
  requestCode: z.string().regex(/^[A-Z]{3}-[0-9]{3}-[A-Z]{3}$/),
  requestId: z.uuid(),
  userId: rowId,
  /** For people: the account's name as CheckTick shows it. */
  userName: z.string().max(150),
  surveyId: rowId,
  surveyName: z.string().max(255),
  keyVersion,
});
export type RecoverFacts = z.infer<typeof recoverFacts>;

const recover = z.strictObject({
  ...common,
  recipient,
  kind: z.literal('recover'),
  ticketId: id16,
  ticketDigest: digest,
  facts: recoverFacts,
  /** What sync found of the e-mail address in the escrow. Absent: made before it was looked at. */
  escrowedEmail: z.enum(ESCROWED_EMAIL).optional(),
  /** Of an escrow of Conclave's own kind. Absent: it is CheckTick's. */
  escrow: packagedEscrow.optional(),
  ...inForce,
  sealed: sealedSchema,
});

/** Whose key opens a survey key of an organisation. `teamId` null: the organisation's own. */
export const organisationWay = z.strictObject({
  organisationId: rowId,
  teamId: rowId.nullable(),
});
export type OrganisationWay = z.infer<typeof organisationWay>;

/** As a recovery, of a survey key that an organisation keeps: its owner's passphrase opens it, too. */
const member = z.strictObject({
  ...common,
  recipient,
  kind: z.literal('recover-member'),
  ticketId: id16,
  ticketDigest: digest,
  facts: recoverFacts,
  organisation: organisationWay,
  /** Which stored key it brings. Absent: made before its key was compared. */
  escrow: packagedEntry.optional(),
  ...inForce,
  sealed: sealedSchema,
});

/** For a ceremony that changes who takes part. Its bundle carries no secret: no key, no ticket. */
const roster = z.strictObject({
  ...common,
  kind: z.literal('roster'),
  /** The version whose set signs. */
  keyVersion,
  /** The new roster follows the one here. */
  ...inForce,
  /** All keys of all admins of sync are lost: the ceremony names two new ones. */
  replacesAdmins: z.boolean(),
});

/** For taking over a platform key that exists. Its bundle carries no secret: no one-time key. */
const adopt = z
  .strictObject({
    ...common,
    kind: z.literal('adopt'),
    /** The version that is adopted: one of those found. */
    keyVersion,
    ticketId: id16,
    ticketDigest: digest,
    found: adoptFound,
    sealed: sealedSchema,
  })
  .refine(({ keyVersion: wanted, found }) =>
    found.versions.some(({ version }) => version === wanted),
  )
  .refine(({ keyVersion: wanted, found }) =>
    found.versions.every(
      ({ version, organisationKeys }) => organisationKeys === undefined || version === wanted,
    ),
  );

/** For new shares of the same platform key. The vault component in force is sealed to the ticket. */
const rotateShares = z.strictObject({
  ...common,
  recipient,
  kind: z.literal('rotate-shares'),
  keyVersion,
  ticketId: id16,
  ticketDigest: digest,
  /** Whether Vault's entry holds the component of this version, so that it changes with the row. */
  compared: z.enum(ROTATABLE),
  /** The new set and the new roster follow those here. */
  ...inForce,
  sealed: sealedSchema,
});

/**
 * For a new platform key beside the active one. The vault component of the active version is sealed
 * to the ticket: with it the shares prove the key of before, and so who may speak for it.
 */
const newVersion = z
  .strictObject({
    ...common,
    recipient,
    kind: z.literal('new-version'),
    /** The active version, whose set signs. */
    keyVersion,
    /** The version that is made. */
    nextVersion: keyVersion,
    ticketId: id16,
    ticketDigest: digest,
    /** The new set and the new roster follow those here. */
    ...inForce,
    sealed: sealedSchema,
  })
  .refine(({ keyVersion: active, nextVersion }) => active !== nextVersion);

/**
 * Survey keys that were stored under the active version and under the other one when the package was
 * made: what custodians read before they sign. Absent: made before they were counted.
 */
const storedUnder = z.strictObject({ active: z.int().min(0), other: z.int().min(0) }).optional();

/** For making another version the active one: no secret, no key. */
const activate = z
  .strictObject({
    ...common,
    kind: z.literal('activate'),
    /** The version that is active until then; its set signs. */
    keyVersion,
    /** The one that becomes active. */
    activates: keyVersion,
    stored: storedUnder,
    ...inForce,
  })
  .refine(({ keyVersion: active, activates }) => active !== activates);

/** For a version that nothing needs any more: no secret, no key. */
const retire = z
  .strictObject({
    ...common,
    kind: z.literal('retire'),
    /** The active version, whose set signs. */
    keyVersion,
    /** The version whose share sets are trusted no more. */
    retires: keyVersion,
    stored: storedUnder,
    ...inForce,
  })
  .refine(({ keyVersion: active, retires }) => active !== retires)
  // Sync makes none for a version that something hangs on.
  .refine((one) => one.stored === undefined || one.stored.other === 0);

/**
 * For moving the survey keys of a version to the active one. The vault component of the version that
 * is emptied is sealed to the ticket; the survey keys are in files of their own (move-batch.ts).
 */
const migrateEscrows = z
  .strictObject({
    ...common,
    recipient,
    kind: z.literal('migrate-escrows'),
    /** The version that is emptied; its set signs. */
    keyVersion,
    ...movePackaged,
    ticketId: id16,
    ticketDigest: digest,
    ...inForce,
    /** At least that of the version they move to. */
    others: z.array(embedded).min(1).max(OTHER_SETS),
    sealed: sealedSchema,
  })
  .refine(fillsItsFiles);

/** An escrow with CheckTick's hash of the survey's key, and what is around them. */
const ESCROW_ROOM = ESCROW_LIMIT + 128;

/**
 * Survey keys of an organisation are wrapped anew: under a new passphrase, because its owner forgot it,
 * or with the same one under another key version.
 */
const organisation = z
  .strictObject({
    ...common,
    recipient,
    kind: z.literal('migrate-organisation'),
    ticketId: id16,
    ticketDigest: digest,
    ...organisationPackaged,
    ...inForce,
    sealed: sealedUpTo(1_024 + ORGANISATION_SURVEYS * ESCROW_ROOM),
  })
  .refine(isOfOneKind);

/**
 * For proving shares: the nonce is what they sign, and it is good for thirty days at most. Nothing in
 * it is secret but the vault component of a full drill, and its bundle carries nothing that is.
 */
const drill = z
  .strictObject({
    ...common,
    kind: z.literal('drill'),
    /** The version whose set is proved. */
    keyVersion,
    /** The proofs are verified by the keys of the set here. */
    ...inForce,
    /** Absent: shares are proved one by one, and nothing is put together. */
    full: fullDrillPackaged.optional(),
  })
  .refine(({ issuedAt, expiresAt }) => {
    const days = (Date.parse(expiresAt) - Date.parse(issuedAt)) / 86_400_000;
    return days > 0 && days <= DRILL_NONCE_DAYS;
  });

/**
 * For other shares of the set in force: no secret, no key. The nonce is what old and new shares sign, and
 * the next generation follows the set here.
 */
const refresh = z.strictObject({
  ...common,
  kind: z.literal('refresh'),
  /** The version whose set is refreshed. */
  keyVersion,
  ...inForce,
});

/**
 * For a further set of a key version: no secret, no key. The set here gives its shares and vouches; the
 * new one joins it and those of `others` that are of the same version.
 */
const addSet = z.strictObject({
  ...common,
  kind: z.literal('add-set'),
  /** The version that gets one more set. */
  keyVersion,
  ...inForce,
});

const schema = z.discriminatedUnion('kind', [
  setup,
  recover,
  roster,
  adopt,
  member,
  rotateShares,
  organisation,
  drill,
  newVersion,
  activate,
  retire,
  migrateEscrows,
  refresh,
  addSet,
]);

export type Package = z.infer<typeof schema>;
export type SetupPackage = z.infer<typeof setup>;
export type RecoverPackage = z.infer<typeof recover>;
export type RosterPackage = z.infer<typeof roster>;
export type AdoptPackage = z.infer<typeof adopt>;
export type MemberPackage = z.infer<typeof member>;
/** Those that bring one stored survey key. */
export type RecoveryPackage = RecoverPackage | MemberPackage;
export type RotatePackage = z.infer<typeof rotateShares>;
export type OrganisationPackage = z.infer<typeof organisation>;
export type DrillPackage = z.infer<typeof drill>;
/** With a test escrow and half of the key. */
export type FullDrillPackage = DrillPackage & { readonly full: FullDrillPackaged };
export type NewVersionPackage = z.infer<typeof newVersion>;
export type ActivatePackage = z.infer<typeof activate>;
export type RetirePackage = z.infer<typeof retire>;
export type MovePackage = z.infer<typeof migrateEscrows>;
export type RefreshPackage = z.infer<typeof refresh>;
export type AddSetPackage = z.infer<typeof addSet>;
/** Those that bring the set and the roster in force. */
export type PackageWithSet = Exclude<Package, SetupPackage | AdoptPackage>;
export type PackageDocument = Parsed<Package>;
export const packageType = defineDocument<Package>('package', schema);

/** Verifies sync's signature by the key of a trusted descriptor, and the audience. */
export function parsePackage(
  bytes: Uint8Array,
  expected: Mode,
  sync: { readonly audience: string; readonly publicKey: string },
): PackageDocument {
  const document = packageType.parse(bytes, expected);
  const signed = verifySignatures(document.envelope, 'package', new Set([sync.publicKey]));
  if (signed.length !== 1 || document.body.audience !== sync.audience) {
    throw refuseDocument('signature-missing', 'package', "this sync's signature");
  }
  return document;
}

/** Whether it brings one stored survey key, whoever's key opens that. */
export function isRecoveryPackage(body: Package): body is RecoveryPackage {
  return body.kind === 'recover' || body.kind === 'recover-member';
}
