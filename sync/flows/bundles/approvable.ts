/**
 * Which bundles two approvers have to approve, and what they are shown of each: a setup, a roster, an
 * adoption, a rotation, a refresh, a further set, a new version or another active one, because they change trust; surveys that an owner without passphrase gets; a
 * recovery whose escrowed e-mail address did not match, because its request was
 * approved before anybody could know.
 * @module
 */
import { asOneLine } from '../../../shared/bundle/approval.ts';
import {
  type AddSetBundle,
  type AdoptBundle,
  type Bundle,
  isRecovery,
  type NewVersionBundle,
  type RecoverBundle,
  type RefreshBundle,
  type RosterBundle,
  type RotateBundle,
  type SetupBundle,
} from '../../../shared/bundle/bundle.ts';
import { emailInWords, isUnusual, type EmailCheck } from '../../../shared/bundle/escrowed-email.ts';
import { type Package, packageType, type PackageWithSet } from '../../../shared/bundle/package.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { decodeEnvelope } from '../../../shared/encoding/dsse.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { changeInWords, rosterChanges } from '../../../shared/identity/roster-change.ts';
import { type Roster, rosterType } from '../../../shared/identity/roster.ts';
import { type Manifest, parseManifest } from '../../../shared/sharing/manifest.ts';
import type { Shown } from '../../approvals/approvable.ts';
import type { Excluded } from '../../approvals/approvals.ts';
import { delayHoursFor } from '../../config/config.ts';
import type { Queryable } from '../../database/database.ts';
import { findDocument } from '../../database/documents.ts';
import { addedSetFacts, addedSetInWords } from '../../words/add-set.ts';
import { adoptionFacts, adoptionInWords } from '../../words/adopt.ts';
import { bringersOf } from './approved.ts';
import type { BundleRow } from './bundles.ts';
import { linkFact } from '../claims/address.ts';
import type { FlowContext } from '../../trust/context.ts';
import { escrowKeyFact } from '../../words/escrow-key.ts';
import { assertAllBack } from './files-back.ts';
import { stayingFacts } from '../../moves/staying.ts';
import { moveFacts, moveInWords } from '../../moves/words.ts';
import { bundleFacts, bundleInWords } from '../../words/organisation.ts';
import { mustFind, ownerOf } from '../package-rows/approved.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { refreshFacts, refreshInWords } from '../../words/refresh.ts';
import { excludedFrom } from '../requests/approve.ts';
import { requestById, type RequestRow } from '../requests/requests.ts';
import { rosterIn, rosterInWords } from '../../words/roster.ts';
import { rotationFacts, rotationInWords } from '../../words/rotate.ts';
import {
  activationFacts,
  activationInWords,
  retirementFacts,
  retirementInWords,
} from '../../words/change-version.ts';
import { newVersionFacts, newVersionInWords } from '../../words/version.ts';
import { type Verification, verificationsOf } from '../requests/verifications.ts';

/** The check that two approvers have to look at; undefined: none, or it matched. */
export function unusualEmail(body: RecoverBundle): EmailCheck | undefined {
  const { escrowedEmail: check } = body;
  return check !== undefined && isUnusual(check.outcome) ? check : undefined;
}

export function needsApproval(body: Bundle): boolean {
  switch (body.kind) {
    case 'setup':
    case 'adopt':
    case 'rotate-shares':
    case 'new-version':
    case 'activate':
    case 'retire':
    case 'refresh':
    case 'add-set':
    // It hands surveys to whoever has the passphrase, and only the ceremony tells which.
    case 'migrate-organisation':
    // It writes over what Vault holds of a whole version.
    case 'migrate-escrows':
      return true;
    case 'roster':
      // Where it replaces every admin, nobody is left to approve: it waits for objections instead.
      return body.admins === null;
    case 'recover':
      return unusualEmail(body) !== undefined;
    case 'recover-member':
      // Its request and its release were approved, and nothing was learnt since.
      return false;
    case 'drill':
      // It changes nothing.
      return false;
  }
}

/** Who may not approve it, as people. */
export async function excludedFromBundle(
  on: Queryable,
  found: BundleRow,
  body: Bundle,
): Promise<Excluded[]> {
  if (body.kind === 'migrate-organisation') {
    return [...bringersOf(found), ...ownerOf(await mustFind(on, found.nonce))];
  }
  if (!isRecovery(body)) return bringersOf(found);
  const request = await requestById(on, body.facts.requestId);
  return excludedByRequest(found, request, await verificationsOf(on, request.id));
}

/** Those of a recovery, where its request was read. */
export function excludedByRequest(
  found: BundleRow,
  request: RequestRow,
  checks: readonly Verification[],
): Excluded[] {
  return [...bringersOf(found), ...excludedFrom(request, checks)];
}

type About = Pick<Shown, 'sentence' | 'facts'> & {
  /** Hours that begin with the second approval. */
  readonly delayHours: number;
  /** The digest whose eight words are typed from the witness's paper, before anything is shown. */
  readonly typed: string | null;
};

/** @throws Refusal `approval-not-needed`, `package-unknown`, `package-differs` */
export async function aboutOf(
  on: Queryable,
  body: Bundle,
  config: FlowContext['config'],
): Promise<About> {
  if (!needsApproval(body)) throw refuseFlow('approval-not-needed');
  switch (body.kind) {
    case 'setup':
      return { ...aboutSetup(body), delayHours: delayHoursFor(config, 'setup') };
    case 'roster':
      return { ...(await aboutRoster(on, body)), delayHours: delayHoursFor(config, 'roster') };
    case 'adopt':
      return { ...aboutAdoption(body), delayHours: delayHoursFor(config, 'adopt') };
    case 'rotate-shares':
      return {
        ...(await aboutRotation(on, body)),
        delayHours: delayHoursFor(config, 'rotate-shares'),
      };
    case 'new-version':
      return {
        ...(await aboutNewVersion(on, body)),
        delayHours: delayHoursFor(config, 'new-version'),
      };
    case 'activate':
      return {
        sentence: `${activationInWords(body)}.`,
        facts: activationFacts(body),
        delayHours: delayHoursFor(config, 'activate'),
        typed: null,
      };
    case 'retire':
      return {
        sentence: `${retirementInWords(body)}.`,
        facts: retirementFacts(body),
        delayHours: delayHoursFor(config, 'retire'),
        typed: null,
      };
    case 'refresh':
      return { ...(await aboutRefresh(on, body)), delayHours: delayHoursFor(config, 'refresh') };
    case 'add-set':
      return { ...(await aboutAddedSet(on, body)), delayHours: delayHoursFor(config, 'add-set') };
    case 'recover':
      return aboutRecovery(on, body, config);
    case 'migrate-organisation':
      return {
        sentence: `${bundleInWords(body)}.`,
        facts: bundleFacts(body),
        delayHours: delayHoursFor(config, 'migrate-organisation'),
        typed: null,
      };
    case 'migrate-escrows':
      await assertAllBack(on, body);
      return {
        sentence: `${moveInWords(body)}.`,
        facts: [...moveFacts(body), ...(await stayingFacts(on, body))],
        delayHours: delayHoursFor(config, 'migrate-escrows'),
        typed: null,
      };
    case 'recover-member':
    case 'drill':
      throw refuseFlow('approval-not-needed');
  }
}

function aboutSetup(body: SetupBundle): Omit<About, 'delayHours'> {
  const manifest = parseManifest(encodeJson(body.manifest), body.mode).body;
  const { label, threshold, count, shares } = manifest;
  return {
    sentence: `Set up platform key version ${body.keyVersion} and trust share set ${asOneLine(label)}, ${threshold} of ${count}.`,
    facts: [
      ['custodians', asOneLine(shares.map(({ custodian }) => custodian.name).join(', '), 1_000)],
      escrowKeyFact(manifest),
    ],
    typed: body.manifestDigest,
  };
}

function aboutAdoption(body: AdoptBundle): Omit<About, 'delayHours'> {
  return {
    sentence: `${adoptionInWords(body)}.`,
    facts: adoptionFacts(body),
    typed: body.manifestDigest,
  };
}

/** The package that the bundle, which a quorum signed, names by its digest. */
async function packageOf<K extends Package['kind']>(
  on: Queryable,
  { packageDigest, mode }: Bundle,
  kind: K,
): Promise<Extract<Package, { kind: K }>> {
  const source = await findDocument(on, hexToBytes(packageDigest));
  if (source === undefined) throw refuseFlow('package-unknown');
  const { body, digest } = packageType.parse(source.content, mode);
  if (body.kind !== kind || digest !== packageDigest) throw refuseFlow('package-differs');
  return body as Extract<Package, { kind: K }>;
}

const rosterOf = (from: PackageWithSet): Roster =>
  rosterType.parseEnvelope(decodeEnvelope(encodeJson(from.roster), 'roster'), from.mode).body;

/** All sets of the version that were in force when the package was made; the one that gives shares first. */
const versionSets = (from: PackageWithSet, version: string): Manifest[] =>
  [from.manifest, ...(from.others ?? [])]
    .map((one) => parseManifest(encodeJson(one), from.mode).body)
    .filter(({ keyVersion }) => keyVersion === version);

async function aboutRotation(
  on: Queryable,
  body: RotateBundle,
): Promise<Omit<About, 'delayHours'>> {
  const from = await packageOf(on, body, 'rotate-shares');
  return {
    sentence: `${rotationInWords(body)}.`,
    facts: rotationFacts(body, {
      sets: versionSets(from, body.keyVersion),
      roster: rosterOf(from),
    }),
    typed: body.newManifestDigest,
  };
}

async function aboutRefresh(
  on: Queryable,
  body: RefreshBundle,
): Promise<Omit<About, 'delayHours'>> {
  const from = await packageOf(on, body, 'refresh');
  const set = parseManifest(encodeJson(from.manifest), from.mode).body;
  return {
    sentence: `${refreshInWords(body)}.`,
    facts: refreshFacts(body, set),
    typed: body.newManifestDigest,
  };
}

async function aboutAddedSet(
  on: Queryable,
  body: AddSetBundle,
): Promise<Omit<About, 'delayHours'>> {
  const from = await packageOf(on, body, 'add-set');
  return {
    sentence: `${addedSetInWords(body)}.`,
    facts: addedSetFacts(body, {
      sets: versionSets(from, body.keyVersion),
      roster: rosterOf(from),
    }),
    typed: body.newManifestDigest,
  };
}

async function aboutNewVersion(
  on: Queryable,
  body: NewVersionBundle,
): Promise<Omit<About, 'delayHours'>> {
  const from = await packageOf(on, body, 'new-version');
  const set = parseManifest(encodeJson(from.manifest), from.mode).body;
  return {
    sentence: `${newVersionInWords(body)}.`,
    facts: newVersionFacts(body, { set, roster: rosterOf(from) }),
    typed: body.newManifestDigest,
  };
}

async function aboutRoster(on: Queryable, body: RosterBundle): Promise<Omit<About, 'delayHours'>> {
  const present = rosterOf(await packageOf(on, body, 'roster'));
  const roster = rosterIn(body);
  const changes = rosterChanges(present.people, roster.people).map(changeInWords);
  return {
    sentence: `${rosterInWords(roster, null)}.`,
    facts: [
      ['in force now', `roster ${present.serial}`],
      ...changes.map((change, at) => [`change ${at + 1}`, asOneLine(change, 1_000)] as const),
      [
        'takes part then',
        asOneLine(
          roster.people.map(({ name, roles }) => `${name} (${roles.join(', ')})`).join(', '),
          2_000,
        ),
      ],
    ],
    typed: body.rosterDigest,
  };
}

async function aboutRecovery(
  on: Queryable,
  body: RecoverBundle,
  config: FlowContext['config'],
): Promise<About> {
  const check = unusualEmail(body);
  if (check === undefined) throw refuseFlow('approval-not-needed');
  const { surveyId, surveyName, userId, userName, requestCode } = body.facts;
  const link = await linkFact(on, body, config);
  return {
    sentence: `Commit the recovery of survey ${surveyId} (${asOneLine(surveyName)}) for user ${userId} (${asOneLine(userName)}), request ${requestCode}, although the e-mail address of the escrow did not match.`,
    // The user was told, and the delay of the request is over; who took the account over was told, too.
    delayHours: 0,
    typed: null,
    facts: [
      ['escrowed e-mail address', asOneLine(emailInWords(check), 1_000)],
      [
        'before you approve',
        'Reach the person by a way that is in neither address: a number from the hospital’s own directory.',
      ],
      ...(link === null ? [] : [['link for a new password', link] as const]),
    ],
  };
}
