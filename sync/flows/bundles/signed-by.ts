/**
 * Which share set has signed a bundle, and whether the bundle answers the package that it was made with:
 * the part of authentic.ts that differs by kind.
 * @module
 */
import { answersFound, decidedByRoster } from '../../../shared/bundle/adopt.ts';
import type {
  ActivateBundle,
  AdoptBundle,
  BundleDocument,
  OrganisationBundle,
  DrillBundle,
  FollowingSetBundle,
  MoveBundle,
  RecoveryBundle,
  RetireBundle,
  RosterBundle,
  SetupBundle,
} from '../../../shared/bundle/bundle.ts';
import { answersPackage } from '../../../shared/bundle/escrowed-email.ts';
import { answersFullDrill } from '../../../shared/bundle/full-drill.ts';
import { answersMove } from '../../../shared/bundle/move.ts';
import { answersOrganisation } from '../../../shared/bundle/organisation.ts';
import {
  type ActivatePackage,
  isRecoveryPackage,
  type PackageDocument,
  type PackageWithSet,
  type RetirePackage,
} from '../../../shared/bundle/package.ts';
import { setBytes } from '../../../shared/bundle/packaged-set.ts';
import { answersEscrow } from '../../../shared/bundle/sealed-escrow.ts';
import { openNewRoster } from '../../../shared/bundle/roster-bundle.ts';
import { assertNext } from '../../../shared/bundle/rotate.ts';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { decodeEnvelope } from '../../../shared/encoding/dsse.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { type RosterDocument, rosterType, verifyRoster } from '../../../shared/identity/roster.ts';
import { type ManifestDocument, parseManifest } from '../../../shared/sharing/manifest.ts';
import { refuseAdoption } from '../../checktick/adopt-refusals.ts';
import type { Situation } from '../../trust/context.ts';
import { refuseDrill } from '../../versions/drill-refusals.ts';
import { isSameWay } from '../../checktick/organisation.ts';
import { refuseRecover } from '../../checktick/recover-refusals.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { newSetOf } from '../../versions/rotate-places.ts';
import { verifiedSet } from '../../trust/trust.ts';

/** The share set that signed, and the roster that the bundle names. */
export interface SignedBy {
  readonly manifest: ManifestDocument;
  readonly roster: RosterDocument;
  /** The set that takes its place, joins it, or is the first of the next version. */
  readonly next?: ManifestDocument;
}

/** Every kind by its own rule. @throws Refusal where the bundle does not answer the package */
export function signedByOf(
  body: BundleDocument['body'],
  source: PackageDocument,
  mode: Situation['installation']['mode'],
): SignedBy {
  switch (body.kind) {
    case 'setup':
      return ownSet(body, source);
    case 'recover':
    case 'recover-member':
      return packagedSet(body, source, mode);
    case 'roster':
      return changedRoster(body, source, mode);
    case 'adopt':
      return adoptedSet(body, source);
    case 'activate':
    case 'retire':
      return decidingSet(body, source, mode);
    case 'migrate-organisation':
      return organisationsSet(body, source, mode);
    case 'migrate-escrows':
      return movedSet(body, source, mode);
    case 'drill':
      return drilledSet(body, source, mode);
    case 'rotate-shares':
    case 'new-version':
    case 'refresh':
    case 'add-set':
      return followingSet(body, source, mode);
  }
}

/** First use: the set that the bundle itself brings, to be approved by its eight words. */
function ownSet(body: SetupBundle | AdoptBundle, source: PackageDocument): SignedBy {
  const { mode } = body;
  const manifest = parseManifest(encodeJson(body.manifest), mode);
  const roster = verifyRoster(
    rosterType.parseEnvelope(decodeEnvelope(encodeJson(body.roster), 'roster'), mode),
    manifest.body,
  );
  if (source.body.kind !== body.kind || source.body.keyVersion !== body.keyVersion) {
    throw refuseFlow('package-differs');
  }
  const fits =
    manifest.digest === body.manifestDigest &&
    roster.digest === body.rosterDigest &&
    manifest.body.roster === roster.digest &&
    manifest.body.keyVersion === body.keyVersion &&
    manifest.body.ceremonyId === body.ceremonyId &&
    manifest.body.previous === null &&
    roster.body.previous === null &&
    roster.body.serial === 1;
  if (!fits) throw refuseFlow('manifest-differs');
  return { manifest, roster };
}

/** First use, too; and what the ceremony made of the key is one of what sync found. */
function adoptedSet(body: AdoptBundle, source: PackageDocument): SignedBy {
  const signedBy = ownSet(body, source);
  // SECURITY: sync said whether there is something to open; a bundle that leaves it out is no proof.
  const isAnswer =
    source.body.kind === 'adopt' &&
    answersFound(source.body.found, body.keyVersion, body) &&
    decidedByRoster(body, signedBy.roster.body);
  if (!isAnswer) throw refuseAdoption('adopt-not-answered');
  return signedBy;
}

/** The set and roster that sync itself put into the package, when it trusted them. */
function packagedSet(
  body: RecoveryBundle,
  source: PackageDocument,
  mode: Situation['installation']['mode'],
): SignedBy {
  const { body: from } = source;
  if (!isRecoveryPackage(from) || !equalBytes(encodeJson(from.facts), encodeJson(body.facts))) {
    throw refuseFlow('package-differs');
  }
  if (from.kind === 'recover-member') {
    if (body.kind !== from.kind || !isSameWay(body.organisation, from.organisation)) {
      throw refuseFlow('package-differs');
    }
  } else {
    if (body.kind !== from.kind) throw refuseFlow('package-differs');
    // SECURITY: sync said whether there is an address to compare; leaving the answer out is no way round.
    if (!answersPackage(from.escrowedEmail, body.escrowedEmail)) {
      throw refuseFlow('email-not-answered');
    }
  }
  if (!answersEscrow(from.escrow, body.escrow)) throw refuseRecover('escrow-not-answered');
  return setInPackage(body, from, mode);
}

/** The same set; and the bundle speaks of exactly the surveys that the package brought. */
function organisationsSet(
  body: OrganisationBundle,
  { body: from }: PackageDocument,
  mode: Situation['installation']['mode'],
): SignedBy {
  if (from.kind !== body.kind || !answersOrganisation(from, body)) {
    throw refuseFlow('package-differs');
  }
  return setInPackage(body, from, mode);
}

function setInPackage(
  body: Pick<BundleDocument['body'], 'manifestDigest' | 'rosterDigest'>,
  from: PackageWithSet,
  mode: Situation['installation']['mode'],
): SignedBy {
  const { manifest, roster } = verifiedSet(setBytes(from), mode);
  if (manifest.digest !== body.manifestDigest) throw refuseFlow('set-not-trusted');
  if (roster.digest !== body.rosterDigest) throw refuseFlow('roster-not-trusted');
  return { manifest, roster };
}

/** The set that sync itself put into the package, and the new roster, which follows the one there. */
function changedRoster(
  body: RosterBundle,
  source: PackageDocument,
  mode: Situation['installation']['mode'],
): SignedBy {
  const { body: from } = source;
  if (
    from.kind !== 'roster' ||
    from.keyVersion !== body.keyVersion ||
    from.replacesAdmins !== (body.admins !== null)
  ) {
    throw refuseFlow('package-differs');
  }
  const { manifest, roster: present, others } = verifiedSet(setBytes(from), mode);
  if (manifest.digest !== body.manifestDigest) throw refuseFlow('set-not-trusted');
  return { manifest, roster: openNewRoster(body, manifest.body, present, others) };
}

/**
 * The set that sync itself put into the package. By the rule of its kind the one that the bundle brings
 * takes its place, joins it, or is the first of the next version.
 */
function followingSet(
  body: FollowingSetBundle,
  { body: from }: PackageDocument,
  mode: Situation['installation']['mode'],
): SignedBy {
  const isAnswer =
    from.kind === body.kind && from.keyVersion === body.keyVersion && answersAsked(from, body);
  if (!isAnswer) throw refuseFlow('package-differs');
  const { manifest, roster, others } = verifiedSet(setBytes(from), mode);
  if (manifest.digest !== body.manifestDigest) throw refuseFlow('set-not-trusted');
  const next = newSetOf(body);
  assertNext[body.kind](next, manifest, roster, others);
  return { manifest, roster: next.roster, next: next.manifest };
}

/** What only two of the kinds have to say besides the version. */
function answersAsked(
  from: Extract<PackageDocument['body'], Pick<FollowingSetBundle, 'kind'>>,
  body: FollowingSetBundle,
): boolean {
  switch (from.kind) {
    case 'rotate-shares':
      return body.kind === from.kind && body.compared === from.compared;
    case 'new-version':
      return body.kind === from.kind && body.nextVersion === from.nextVersion;
    case 'refresh':
    case 'add-set':
      return true;
  }
}

function otherVersion(
  one: ActivateBundle | RetireBundle | ActivatePackage | RetirePackage,
): string {
  return one.kind === 'activate' ? one.activates : one.retires;
}

/** The set of the active version, and the roster, as sync put them into the package. */
function decidingSet(
  body: ActivateBundle | RetireBundle,
  { body: from }: PackageDocument,
  mode: Situation['installation']['mode'],
): SignedBy {
  const isOfKind = from.kind === 'activate' || from.kind === 'retire';
  if (!isOfKind || from.kind !== body.kind || from.keyVersion !== body.keyVersion) {
    throw refuseFlow('package-differs');
  }
  if (otherVersion(from) !== otherVersion(body)) throw refuseFlow('package-differs');
  return setInPackage(body, from, mode);
}

/** The set of the version that is emptied; and the bundle speaks of every survey key of the package. */
function movedSet(
  body: MoveBundle,
  { body: from }: PackageDocument,
  mode: Situation['installation']['mode'],
): SignedBy {
  if (from.kind !== body.kind || !answersMove(from, body)) throw refuseFlow('package-differs');
  return setInPackage(body, from, mode);
}

/** The set and roster that sync itself put into the package; the proofs are verified by its keys. */
function drilledSet(
  body: DrillBundle,
  { body: from }: PackageDocument,
  mode: Situation['installation']['mode'],
): SignedBy {
  if (from.kind !== 'drill' || from.keyVersion !== body.keyVersion) {
    throw refuseFlow('package-differs');
  }
  const signedBy = setInPackage(body, from, mode);
  if (!answersFullDrill(body, from, signedBy.manifest.body)) {
    throw refuseDrill('full-drill-not-answered');
  }
  return signedBy;
}
