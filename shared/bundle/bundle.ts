/**
 * The bundle: what a ceremony gives to sync. One-time, bound to its package, signed by k share
 * keys of the right set and by an operator; its secret, where it has one, is sealed to the package's
 * one-time key.
 * @module
 */
import { defineDocument, type Parsed } from '../encoding/document.ts';
import { verifySignatures } from '../encoding/dsse.ts';
import { encodeJson } from '../encoding/json.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { digest, id16, keyVersion, mode, publicKey, time, z } from '../encoding/schema.ts';
import type { Roster } from '../identity/roster.ts';
import { parseManifest, shareKeys, type Manifest } from '../sharing/manifest.ts';
import { verifyBefore } from '../sharing/refresh-statement.ts';
import { adoption, ROTATABLE } from './adopt.ts';
import { drillResults, isConsistent, verifyDrill } from './drill.ts';
import { emailCheckSchema } from './escrowed-email.ts';
import { fullDrillSaid } from './full-drill.ts';
import { sealedSchema } from '../sealing/hpke.ts';
import { countsMove, moveBundled } from './move.ts';
import { newAdmins } from './new-admins.ts';
import { organisationMoved, saysWhence } from './organisation.ts';
import { embedded, organisationWay, PACKAGE_KINDS, recoverFacts } from './package.ts';
import { openedEntry, openedEscrow } from './sealed-escrow.ts';

const common = {
  mode,
  audience: id16,
  /** Of the package, repeated. */
  nonce: id16,
  epoch: z.int().min(0),
  packageDigest: digest,
  ceremonyId: id16,
  /** Ed25519 key of the operator who answers for it. */
  operator: publicKey,
  createdAt: time,
  /** The transcript as it stood when the bundle was made. */
  transcript: z.strictObject({ entries: z.int().min(1), head: digest }),
  /** Digest of the manifest whose share keys sign. */
  manifestDigest: digest,
  rosterDigest: digest,
};

const setup = z.strictObject({
  ...common,
  sealed: sealedSchema,
  kind: z.literal('setup'),
  keyVersion,
  manifest: embedded,
  roster: embedded,
});

const recover = z.strictObject({
  ...common,
  sealed: sealedSchema,
  kind: z.literal('recover'),
  facts: recoverFacts,
  /** How the e-mail address of the escrow compared. Absent where the package says nothing of one. */
  escrowedEmail: emailCheckSchema.optional(),
  /** Which sealed escrow was opened. Absent: CheckTick's own kind. */
  escrow: openedEscrow.optional(),
});

/** As a recovery, of a survey key that an organisation keeps. */
const member = z.strictObject({
  ...common,
  sealed: sealedSchema,
  kind: z.literal('recover-member'),
  facts: recoverFacts,
  organisation: organisationWay,
  /** Which stored key was opened. Absent: made before its key was compared. */
  escrow: openedEntry.optional(),
});

/** Changes who takes part. It carries no secret, so nothing in it is sealed. */
const rosterChange = z.strictObject({
  ...common,
  kind: z.literal('roster'),
  /** The version whose set signs. */
  keyVersion,
  /** The new roster: `rosterDigest` is its digest, and the operator is one of its operators. */
  roster: embedded,
  /** All keys of all admins of sync are lost: these two take their place. Else null. */
  admins: newAdmins.nullable(),
});

/** Takes over a platform key that exists. It carries no secret: the manifest has the check value. */
const adopt = z.strictObject({
  ...common,
  kind: z.literal('adopt'),
  keyVersion,
  manifest: embedded,
  roster: embedded,
  ...adoption,
});

/**
 * New shares of the same platform key. Signed by the set in force (`manifestDigest`), whose last word
 * it is; sealed in it is the new vault component.
 */
const rotateShares = z.strictObject({
  ...common,
  sealed: sealedSchema,
  kind: z.literal('rotate-shares'),
  keyVersion,
  /** As the package says. */
  compared: z.enum(ROTATABLE),
  /** The new set, signed by its own share keys; it follows the one that signs this bundle. */
  manifest: embedded,
  newManifestDigest: digest,
  /** The new roster, signed by the new set: `rosterDigest` is its digest. */
  roster: embedded,
});

/** Brings the survey keys of an organisation, wrapped anew. */
const organisation = z
  .strictObject({
    ...common,
    sealed: sealedSchema,
    kind: z.literal('migrate-organisation'),
    ...organisationMoved,
  })
  .refine(saysWhence);

/** Shares proved, each by its own key: no quorum signs, and nothing is changed. */
const drill = z
  .strictObject({
    ...common,
    kind: z.literal('drill'),
    keyVersion,
    ...drillResults,
    /** Of a full drill: whether the test escrow was opened. */
    full: fullDrillSaid.optional(),
  })
  .refine(isConsistent);

/**
 * A new platform key beside the active one. Signed by the set of the active version
 * (`manifestDigest`), which so vouches for the next; sealed in it is the new vault component.
 */
const newVersion = z
  .strictObject({
    ...common,
    sealed: sealedSchema,
    kind: z.literal('new-version'),
    /** The active version; it stays active. */
    keyVersion,
    nextVersion: keyVersion,
    /** The set of the new version, signed by its own share keys; it names the one that signs this. */
    manifest: embedded,
    newManifestDigest: digest,
    /** The new roster, signed by the new set: `rosterDigest` is its digest. */
    roster: embedded,
  })
  .refine(({ keyVersion: active, nextVersion }) => active !== nextVersion);

/** Makes another version the active one; back again is the same with the two exchanged. */
const activate = z
  .strictObject({
    ...common,
    kind: z.literal('activate'),
    /** The version that is active until then; its set signs. */
    keyVersion,
    activates: keyVersion,
  })
  .refine(({ keyVersion: active, activates }) => active !== activates);

/** Ends a version that nothing needs any more: its share sets are trusted no longer. */
const retire = z
  .strictObject({
    ...common,
    kind: z.literal('retire'),
    /** The active version, whose set signs. */
    keyVersion,
    retires: keyVersion,
  })
  .refine(({ keyVersion: active, retires }) => active !== retires);

/**
 * Survey keys moved to the active version. Signed by the set of the version that is emptied: it opened
 * them. They come back in files of their own, which it names.
 */
const migrateEscrows = z
  .strictObject({ ...common, kind: z.literal('migrate-escrows'), keyVersion, ...moveBundled })
  .refine(countsMove);

/**
 * Other shares of the same component, never put together. The shares of before (`manifestDigest`) speak
 * by the statements in the new manifest, which name the operator; he alone signs the bundle.
 */
const refresh = z.strictObject({
  ...common,
  kind: z.literal('refresh'),
  keyVersion,
  /** The next generation of the set. */
  manifest: embedded,
  newManifestDigest: digest,
  /** The same people, signed by the new shares: `rosterDigest` is its digest. */
  roster: embedded,
});

/**
 * A further set of a key version: another split of the same component. Signed by the set that gave its
 * shares (`manifestDigest`), which so vouches for it. Nothing of Vault changes: it carries no secret.
 */
const addSet = z.strictObject({
  ...common,
  kind: z.literal('add-set'),
  keyVersion,
  /** The new set, signed by its own share keys; it names the one that signs this. */
  manifest: embedded,
  newManifestDigest: digest,
  /** The new roster, signed by the new set: `rosterDigest` is its digest. */
  roster: embedded,
});

const schema = z.discriminatedUnion('kind', [
  setup,
  recover,
  rosterChange,
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

export type Bundle = z.infer<typeof schema>;
export type SetupBundle = z.infer<typeof setup>;
export type RecoverBundle = z.infer<typeof recover>;
export type RosterBundle = z.infer<typeof rosterChange>;
export type AdoptBundle = z.infer<typeof adopt>;
export type MemberBundle = z.infer<typeof member>;
/** Those that bring one survey key to sync. */
export type RecoveryBundle = RecoverBundle | MemberBundle;
export type RotateBundle = z.infer<typeof rotateShares>;
/** Sealed in it are entries of Vault: see organisation-bundle.ts. */
export type OrganisationBundle = z.infer<typeof organisation>;
export type DrillBundle = z.infer<typeof drill>;
export type NewVersionBundle = z.infer<typeof newVersion>;
export type ActivateBundle = z.infer<typeof activate>;
export type RetireBundle = z.infer<typeof retire>;
export type MoveBundle = z.infer<typeof migrateEscrows>;
export type RefreshBundle = z.infer<typeof refresh>;
export type AddSetBundle = z.infer<typeof addSet>;
/** Those that bring a set of new shares, which another one vouches for. */
export type NewSetBundle = RotateBundle | NewVersionBundle;
/** Those that bring a set which follows another one, or stands beside it. */
export type FollowingSetBundle = NewSetBundle | RefreshBundle | AddSetBundle;
/** Those with one secret. */
export type SealedBundle = SetupBundle | RecoveryBundle | NewSetBundle;
export type BundleDocument = Parsed<Bundle>;
export const bundleType = defineDocument<Bundle>('bundle', schema);

/** Whether a bundle of this kind brings one survey key, whoever's key opened it. */
export function isRecoveryKind(kind: Bundle['kind']): kind is RecoveryBundle['kind'] {
  return kind === 'recover' || kind === 'recover-member';
}

export function isRecovery(body: Bundle): body is RecoveryBundle {
  return isRecoveryKind(body.kind);
}

/** Whether it brings a set which follows another one, or stands beside it. */
export function bringsSet(body: Bundle): body is FollowingSetBundle {
  return 'newManifestDigest' in body;
}

/** Whether a bundle of this kind touches neither trust nor components: sync's epoch stays. */
export function leavesTrust(kind: Bundle['kind']): boolean {
  return (
    isRecoveryKind(kind) ||
    kind === 'migrate-organisation' ||
    kind === 'migrate-escrows' ||
    kind === 'drill'
  );
}

/** Kinds that touch trust or components. */
export const CHANGES_TRUST = PACKAGE_KINDS.filter((kind) => !leavesTrust(kind));

/** Whether it brings a share set or a roster, whose eight words stand on the witness's paper. */
export function bringsWords(kind: Bundle['kind']): boolean {
  return !leavesTrust(kind) && kind !== 'activate' && kind !== 'retire';
}

/** Who signed a bundle, once verified. */
export interface BundleSignatures {
  /**
   * Public keys of the share keys: at least the threshold; of a drill those that are proved, of a refresh
   * those of before with a statement in the new manifest.
   */
  readonly shares: readonly string[];
  readonly operator: string;
}

/**
 * Verifies k share signatures of the manifest (of a drill, each of its proofs; of a refresh, each statement
 * in the manifest that it brings) and the signature of an operator in the roster. Whether manifest and
 * roster are the trusted ones is the caller's matter.
 */
export function verifyBundle(
  document: BundleDocument,
  manifest: Manifest,
  roster: Roster,
): BundleSignatures {
  const { body } = document;
  const isDrill = body.kind === 'drill';
  // Their shares speak inside the bundle, one by one.
  const isAlone = isDrill || body.kind === 'refresh';
  const keys = isAlone ? new Set<string>() : shareKeys(manifest);
  const { operator } = body;
  const isOperator = roster.people.some(
    (person) => person.publicKey === operator && person.roles.includes('operator'),
  );
  if (!isOperator) throw refuseDocument('signature-unknown', 'bundle', operator);
  const signed = verifySignatures(document.envelope, 'bundle', new Set([...keys, operator]));
  const shares = isDrill
    ? verifyDrill(body, manifest)
    : body.kind === 'refresh'
      ? verifyBefore(parseManifest(encodeJson(body.manifest), body.mode).body, manifest)
      : signed.filter((key) => keys.has(key));
  if (!isDrill && shares.length < manifest.threshold) {
    throw refuseDocument(
      'signature-missing',
      'bundle',
      `the signatures of ${manifest.threshold} share keys (it has ${shares.length})`,
    );
  }
  if (!signed.includes(operator)) {
    throw refuseDocument('signature-missing', 'bundle', "the operator's signature");
  }
  return { shares, operator };
}
