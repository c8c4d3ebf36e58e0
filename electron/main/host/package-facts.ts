/**
 * What a package says openly, for the machine. In a recovery the Vault path is computed from the
 * facts on the screen: there is no second field that could differ.
 * @module
 */
import type {
  ActivatePackage,
  AddSetPackage,
  DrillPackage,
  MovePackage,
  NewVersionPackage,
  OrganisationPackage,
  Package,
  RecoveryPackage,
  RefreshPackage,
  RetirePackage,
  RosterPackage,
  RotatePackage,
} from '../../../shared/bundle/package.ts';
import { assertRoomForSet } from '../../../shared/bundle/add-set.ts';
import { moveTarget } from '../../../shared/bundle/move-target.ts';
import type { PackagedSet as InForce } from '../../../shared/bundle/packaged-set.ts';
import type {
  DrillPackageFacts,
  MovePackageFacts,
  OrganisationPackageFacts,
  OtherSet,
  PackagedSet,
  RecoverPackageFacts,
  RefreshPackageFacts,
  RosterPackageFacts,
  RotatePackageFacts,
  VersionChangePackageFacts,
} from '../../../shared/ceremony/package-facts.ts';
import { vaultPaths } from '../../../shared/checktick/index.ts';
import { refuseDocument } from '../../../shared/encoding/refusals-documents.ts';
import { isNamed } from '../../../shared/identity/roster-change.ts';
import {
  keyIdentities,
  type Role,
  type Roster,
  type RosterDocument,
} from '../../../shared/identity/roster.ts';
import { envelopeSheets, keyCarriers } from '../../../shared/sharing/key-carriers.ts';
import type { EnvelopesKnown } from '../../../shared/ledger/known-envelopes.ts';
import { hasBackup } from '../../../shared/ledger/remnants.ts';
import { isKeyMedium, type ManifestDocument } from '../../../shared/sharing/manifest.ts';

/** What the logs of this laptop tell of a set before anything is read. */
type EnvelopesOfSets = Pick<EnvelopesKnown, 'sets' | 'sheets'>;

/** Refuses a package whose share set is not of the key version that it is for. */
function packagedSet(
  keyVersion: string,
  { body: manifest, digest }: ManifestDocument,
  roster: Roster,
  envelopes: EnvelopesOfSets,
): PackagedSet {
  if (manifest.keyVersion !== keyVersion) throw refuseDocument('document-damaged', 'package');
  const inRole = (role: Role) =>
    roster.people
      .filter(({ roles }) => roles.includes(role))
      .map(({ name, publicKey }) => ({ name, publicKey }));
  return {
    setLabel: manifest.label,
    setId: manifest.setId,
    remembers: envelopes.sets.includes(manifest.setId),
    threshold: manifest.threshold,
    count: manifest.count,
    manifestDigest: digest,
    // The set keeps the identities of its day; the roster says which ones count now.
    custodians: manifest.shares.map(({ index, custodian, media }) => ({
      index,
      name: custodian.name,
      publicKey: roster.people.find(isNamed(custodian.name))?.publicKey ?? custodian.publicKey,
      media: [...new Set(media.map(({ kind }) => kind))],
      keyOn: keyCarriers(media),
      sheets: [
        ...new Set([
          ...envelopeSheets(media),
          ...envelopes.sheets
            .filter((one) => one.setId === manifest.setId && one.index === index)
            .flatMap(({ sheets }) => sheets),
        ]),
      ],
      spare: {
        backup: media.some(({ kind, description }) => isKeyMedium(kind) && hasBackup(description)),
        copy: media.length > 1,
      },
    })),
    onKeys: keyIdentities(roster).map(({ name }) => ({ name })),
    operators: inRole('operator'),
    witnesses: inRole('witness'),
  };
}

export function recoverFacts(
  body: RecoveryPackage,
  manifest: ManifestDocument,
  roster: Roster,
  envelopes: EnvelopesOfSets,
): RecoverPackageFacts {
  const { ticketId, facts } = body;
  const { keyVersion, userId, surveyId } = facts;
  const common = { ...packagedSet(keyVersion, manifest, roster, envelopes), ticketId, facts };
  return body.kind === 'recover'
    ? {
        ...common,
        organisation: null,
        escrowedEmail: body.escrowedEmail ?? null,
        escrow: body.escrow ?? null,
        vaultPath: vaultPaths.userSurveyRecoveryKek(userId, surveyId),
      }
    : {
        ...common,
        organisation: body.organisation,
        escrowedEmail: null,
        escrow: body.escrow ?? null,
        vaultPath: vaultPaths.surveyKek(surveyId),
      };
}

export function organisationFacts(
  { ticketId, facts, surveys, left, further, continues, moves }: OrganisationPackage,
  manifest: ManifestDocument,
  roster: Roster,
  envelopes: EnvelopesOfSets,
): OrganisationPackageFacts {
  const set = packagedSet(facts.keyVersion, manifest, roster, envelopes);
  return {
    ...set,
    ticketId,
    facts,
    surveys,
    left,
    further,
    continues,
    ...(moves === undefined ? {} : { moves }),
  };
}

export function refreshFacts(
  { keyVersion }: RefreshPackage,
  { manifest, roster }: Pick<InForce, 'manifest' | 'roster'>,
  envelopes: EnvelopesOfSets,
  next: number,
): RefreshPackageFacts {
  const { generation, policy = null } = manifest.body;
  const set = packagedSet(keyVersion, manifest, roster.body, envelopes);
  return { ...set, keyVersion, generation, next, policy };
}

export function drillFacts(
  { keyVersion, full }: DrillPackage,
  manifest: ManifestDocument,
  roster: Roster,
  envelopes: EnvelopesOfSets,
): DrillPackageFacts {
  const { generation } = manifest.body;
  return {
    ...packagedSet(keyVersion, manifest, roster, envelopes),
    keyVersion,
    generation,
    full: full === undefined ? null : { ticketId: full.ticketId, proofKey: full.proofKey },
  };
}

/** The same where there is no package: of a set that this laptop knows. */
export function checkedFacts(
  manifest: ManifestDocument,
  roster: Roster,
  envelopes: EnvelopesOfSets,
): DrillPackageFacts {
  const { keyVersion, generation } = manifest.body;
  const set = packagedSet(keyVersion, manifest, roster, envelopes);
  return { ...set, keyVersion, generation, full: null };
}

/** @throws Refusal `document-damaged` where the set of the other version is not in the package */
export function versionChangeFacts(
  body: ActivatePackage | RetirePackage,
  { manifest, roster, others }: InForce,
  envelopes: EnvelopesOfSets,
): VersionChangePackageFacts {
  const { kind: change, keyVersion, stored = null } = body;
  const version = body.kind === 'activate' ? body.activates : body.retires;
  const [other, ...further] = others.filter((one) => one.body.keyVersion === version);
  if (other === undefined) throw refuseDocument('document-damaged', 'package');
  return {
    ...packagedSet(keyVersion, manifest, roster.body, envelopes),
    change,
    keyVersion,
    version,
    other: otherSet(other),
    further: further.map(otherSet),
    stored,
  };
}

function otherSet({ body, digest }: ManifestDocument): OtherSet {
  const { label, threshold, count, shares } = body;
  const custodians = shares.map(({ custodian }) => custodian.name);
  return { label, threshold, count, custodians, manifestDigest: digest };
}

/** @throws Refusal `document-damaged` where the version that they move to has no set, or no escrow key */
export function moveFacts(
  body: MovePackage,
  inForce: InForce,
  envelopes: EnvelopesOfSets,
): MovePackageFacts {
  const { ticketId, keyVersion, movesTo, stored, files, handsOver = false } = body;
  const { manifest, roster, others } = inForce;
  const target = moveTarget(body, inForce).manifest;
  return {
    ...packagedSet(keyVersion, manifest, roster.body, envelopes),
    ticketId,
    keyVersion,
    movesTo,
    stored,
    other: otherSet(target),
    further: others
      .filter((one) => one !== target && one.body.keyVersion === movesTo)
      .map(otherSet),
    files: files.length,
    handsOver,
  };
}

export function rosterFacts(
  { keyVersion, replacesAdmins }: RosterPackage,
  manifest: ManifestDocument,
  { body, digest }: RosterDocument,
  envelopes: EnvelopesOfSets,
): RosterPackageFacts {
  return {
    ...packagedSet(keyVersion, manifest, body, envelopes),
    serial: body.serial,
    rosterDigest: digest,
    people: body.people,
    replacesAdmins,
  };
}

/** Shares of one set are given, and another set is made. */
export type RotationPackage = RotatePackage | NewVersionPackage | AddSetPackage;

export const isRotationPackage = (body: Package): body is RotationPackage =>
  body.kind === 'rotate-shares' || body.kind === 'new-version' || body.kind === 'add-set';

/** @throws Refusal `set-not-beside` where the version has as many sets as it may have */
export function rotateFacts(
  body: RotationPackage,
  { manifest, roster, others }: InForce,
  envelopes: EnvelopesOfSets,
): RotatePackageFacts {
  const { kind, keyVersion } = body;
  const joined = others.filter((one) => one.body.keyVersion === keyVersion);
  const common = {
    ...packagedSet(keyVersion, manifest, roster.body, envelopes),
    keyVersion,
    joined: joined.map(otherSet),
    lasting: lastingHolders(body, { manifest, others }),
    otherLabels: others.map(({ body: { label } }) => label),
    serial: roster.body.serial,
    rosterDigest: roster.digest,
    people: roster.body.people,
  };
  switch (kind) {
    case 'rotate-shares': {
      const { ticketId, compared } = body;
      return { ...common, kind, ticketId, nextVersion: null, compared };
    }
    case 'new-version': {
      const { ticketId, nextVersion } = body;
      return { ...common, kind, ticketId, nextVersion };
    }
    case 'add-set':
      // Before anybody sits down; sync makes no such package.
      assertRoomForSet(joined.length + 1);
      return { ...common, kind, ticketId: null, nextVersion: null };
  }
}

/** Whose shares go on being needed: of the sets that the new one does not take the place of. */
export function lastingHolders(
  { kind, keyVersion }: Pick<RotationPackage, 'kind' | 'keyVersion'>,
  { manifest, others }: Pick<InForce, 'manifest' | 'others'>,
): string[] {
  // New shares end every set of their version.
  const lasting =
    kind === 'rotate-shares'
      ? others.filter(({ body }) => body.keyVersion !== keyVersion)
      : [manifest, ...others];
  return lasting.flatMap(({ body }) => body.shares.map(({ custodian }) => custodian.name));
}
