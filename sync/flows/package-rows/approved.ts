/**
 * Whether the release of a package was approved: asked when its secrets leave, and at the commit of
 * the bundle that answers it.
 * @module
 */
import { createHash } from 'node:crypto';
import { asOneLine } from '../../../shared/bundle/approval.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { type Admin, findAdmin } from '../../admins/admins.ts';
import {
  type Approval,
  approvalsOf,
  assertSignedEnd,
  type Excluded,
  isOneOf,
  type Judging,
  twoDifferentApprovers,
  verifiedApprovals,
} from '../../approvals/approvals.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import type { Queryable } from '../../database/database.ts';
import { findPackage, organisationRow, type PackageRow, rowFacts } from './rows.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { assertReady, type RequestRow } from '../requests/requests.ts';

export const RELEASE = 'package-release';

/** Packages with the half of a key that no request of CheckTick's asks for. */
export const isOfKey = ({
  kind,
  ticketDigest,
}: Pick<PackageRow, 'kind' | 'ticketDigest'>): boolean =>
  kind === 'adopt' ||
  kind === 'rotate-shares' ||
  kind === 'new-version' ||
  kind === 'migrate-organisation' ||
  kind === 'migrate-escrows' ||
  // Of drills only a full one is asked for with a ticket.
  (kind === 'drill' && ticketDigest !== null);

/**
 * What approvers of a release approve: exactly this request, ticket and package, with which set; of an adoption, what
 * was found, too; of a rotation, which set is replaced and what Vault's entry holds; of a new version, which set vouches and
 * which number it gets; of survey keys that move, from which set to which, and how many; for an owner
 * without passphrase, who that is, how it was checked, and every survey; of a full drill, which set.
 */
export function aboutRelease(
  found: Pick<PackageRow, 'nonce' | 'ticketDigest' | 'requestId' | 'keyVersion'> &
    Partial<Pick<PackageRow, 'kind' | 'facts'>>,
) {
  const { nonce, ticketDigest, requestId, keyVersion } = found;
  const { kind, facts } = found;
  const adopted = kind === 'adopt' ? { found: facts?.['found'] ?? null } : {};
  const rotated = kind === 'rotate-shares' ? { kind, rotates: facts ?? null } : {};
  const made = kind === 'new-version' ? { kind, makes: facts ?? null } : {};
  const moved = kind === 'migrate-escrows' ? { kind, moves: facts ?? null } : {};
  const helped = kind === 'migrate-organisation' ? { kind, helps: facts ?? null } : {};
  const isRecovery = kind === 'recover' || kind === 'recover-member';
  const recovered = isRecovery && facts?.['set'] !== undefined ? { set: facts['set'] } : {};
  const drilled = kind === 'drill' ? { kind, drills: facts ?? null } : {};
  const subject = createHash('sha256')
    .update(
      encodeJson({
        type: RELEASE,
        nonce,
        ticketDigest,
        requestId,
        keyVersion,
        ...adopted,
        ...recovered,
        ...rotated,
        ...made,
        ...helped,
        ...drilled,
        ...moved,
      }),
    )
    .digest();
  return { subject, kind: RELEASE } as const;
}

/** What an approver reads of those before. */
export function approvedBefore(before: readonly Approval[]): [string, string][] {
  return [
    ...before.map((one): [string, string] => [
      'earlier approval',
      `${asOneLine(one.adminName)} at ${formatTime(one.at)}: ${asOneLine(one.reason, 600)}`,
    ]),
    ['after this', before.length === 0 ? 'one more approver is needed' : 'it is released'],
  ];
}

/** Whoever asked for the package or for the recovery, and the user whose survey it is. */
export async function excludedFromRelease(
  on: Queryable,
  found: PackageRow,
  request: RequestRow,
): Promise<Excluded[]> {
  const requester = found.requestedBy === null ? undefined : await findAdmin(on, found.requestedBy);
  return excludedBy(found, requester, request);
}

/** The same, where the admin who asked for the package was read. */
export function excludedBy(
  found: PackageRow,
  requester: Pick<Admin, 'userId'> | undefined,
  request: RequestRow,
): Excluded[] {
  return [
    { adminId: found.requestedBy, userId: requester?.userId ?? null },
    { adminId: request.createdBy, userId: request.creatorUserId },
    { adminId: null, userId: request.userId },
  ];
}

/**
 * Its time is what its approvers sign: one end from the asking to the bundle, released or not.
 * @throws Refusal `release-expired`
 */
export function assertInTime({ expiresAt }: PackageRow, now: Date): void {
  if (expiresAt <= now) throw refuseFlow('release-expired', formatTime(expiresAt));
}

/**
 * Whether this admin may approve the release as it stands; `approved`: that its request was.
 * @throws Refusal `package-state`, `release-expired`, `own-approval`, `request-waits`,
 *   `request-state`, `approved-already`, and whatever `approved` throws
 */
export async function assertReleaseOpenTo(
  admin: Admin,
  about: {
    readonly found: PackageRow;
    readonly request: RequestRow;
    readonly notAlso: readonly Excluded[];
    readonly before: readonly Approval[];
    readonly now: Date;
  },
  approved: () => Promise<void>,
): Promise<void> {
  const { request } = about;
  assertWaitsFor(admin, about);
  assertReady(request);
  await approved();
  assertNotYet(admin, about);
}

/** A release that waits for approvers, and who may not be one of them. */
interface Waiting {
  readonly found: PackageRow;
  readonly notAlso: readonly Excluded[];
  readonly before: readonly Approval[];
  readonly now: Date;
}

function assertWaitsFor(admin: Admin, { found, notAlso, now }: Waiting): void {
  if (found.state !== 'requested') throw refuseFlow('package-state', found.state);
  assertInTime(found, now);
  if (isOneOf({ adminId: admin.id, userId: admin.userId }, notAlso)) {
    throw refuseFlow('own-approval');
  }
}

/** An approver again goes on with a release that was interrupted, and else counts once. */
function assertNotYet(admin: Admin, { notAlso, before }: Waiting): void {
  const isInterrupted = twoDifferentApprovers(before, { notAlso }) !== undefined;
  const isAgain = isOneOf({ adminId: admin.id, userId: admin.userId }, before);
  if (isAgain && !isInterrupted) throw refuseFlow('approved-already');
}

type Requester = Pick<Admin, 'userId'> | undefined;

/** Of what no request asks for: whoever asked for the package, and whose passphrase it is about. */
function excludedFromKeyRelease(found: PackageRow, requester: Requester): Excluded[] {
  return [{ adminId: found.requestedBy, userId: requester?.userId ?? null }, ...ownerOf(found)];
}

/** The account of the owner without passphrase, where CheckTick names one. */
export function ownerOf({ kind, facts }: Pick<PackageRow, 'kind' | 'facts'>): Excluded[] {
  if (kind !== 'migrate-organisation') return [];
  const { ownerUserId } = organisationRow.parse(facts);
  return ownerUserId === null ? [] : [{ adminId: null, userId: ownerUserId }];
}

/** @throws Refusal `package-state`, `release-expired`, `own-approval`, `approved-already` */
export function assertKeyReleaseOpenTo(
  admin: Admin,
  { requester, ...about }: Omit<Waiting, 'notAlso'> & { readonly requester: Requester },
): void {
  const waiting = { ...about, notAlso: excludedFromKeyRelease(about.found, requester) };
  assertWaitsFor(admin, waiting);
  assertNotYet(admin, waiting);
}

/** Whether two approved such a release, by what is stored of it now. */
export async function isKeyReleaseApproved(on: Queryable, found: PackageRow): Promise<boolean> {
  const requester = found.requestedBy === null ? undefined : await findAdmin(on, found.requestedBy);
  const notAlso = excludedFromKeyRelease(found, requester);
  const approvals = await approvalsOf(on, aboutRelease(found));
  return twoDifferentApprovers(approvals, { notAlso }) !== undefined;
}

/** @throws Refusal `nothing-found` */
export async function mustFind(on: Queryable, nonce: string, lock = false): Promise<PackageRow> {
  const found = await findPackage(on, nonce, lock);
  if (found === undefined) throw refuseFlow('nothing-found', 'package');
  return found;
}

/**
 * @param found the package's row, read in the caller's transaction
 * @param request the one that it serves, locked there
 * @throws Refusal `approvals-missing`, `approval-altered`, `end-altered`
 */
export async function assertReleasedByTwo(
  on: Queryable,
  judging: Judging,
  found: PackageRow,
  request: RequestRow,
): Promise<void> {
  if (rowFacts.parse(found.facts).requestCode !== request.code) {
    throw refuseFlow('approvals-missing', 'release');
  }
  const about = aboutRelease(found);
  const approvals = await verifiedApprovals(on, judging, about);
  const notAlso = await excludedFromRelease(on, found, request);
  const two = twoDifferentApprovers(approvals, { notAlso });
  if (two === undefined) throw refuseFlow('approvals-missing', 'release');
  assertSignedEnd(two, found.expiresAt);
}

/**
 * The same of a package that no request asks for.
 * @throws Refusal `approvals-missing`, `approval-altered`, `end-altered`
 */
export async function assertKeyReleasedByTwo(
  on: Queryable,
  judging: Judging,
  found: PackageRow,
): Promise<void> {
  const requester = found.requestedBy === null ? undefined : await findAdmin(on, found.requestedBy);
  const approvals = await verifiedApprovals(on, judging, aboutRelease(found));
  const notAlso = excludedFromKeyRelease(found, requester);
  const two = twoDifferentApprovers(approvals, { notAlso });
  if (two === undefined) throw refuseFlow('approvals-missing', 'release');
  assertSignedEnd(two, found.expiresAt);
}
