/**
 * Whether the release of a package was approved: asked when its secrets leave, and at the commit of
 * the bundle that answers it.
 * @module
 */
import { createHash } from 'node:crypto';
import { encodeJson } from '../../shared/encoding/json.ts';
import { type Admin, findAdmin } from '../admins/admins.ts';
import {
  type Approval,
  assertSignedEnd,
  type Excluded,
  isOneOf,
  type Judging,
  twoDifferentApprovers,
  verifiedApprovals,
} from '../approvals/approvals.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import type { Queryable } from '../database/database.ts';
import { findPackage, type PackageRow, rowFacts } from './package-rows.ts';
import { refuseFlow } from './refusals.ts';
import { assertReady, type RequestRow } from './requests.ts';

export const RELEASE = 'package-release';

/** What approvers of a release approve: exactly this request, ticket and package. */
export function aboutRelease(
  found: Pick<PackageRow, 'nonce' | 'ticketDigest' | 'requestId' | 'keyVersion'>,
) {
  const { nonce, ticketDigest, requestId, keyVersion } = found;
  const subject = createHash('sha256')
    .update(encodeJson({ type: RELEASE, nonce, ticketDigest, requestId, keyVersion }))
    .digest();
  return { subject, kind: RELEASE } as const;
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
  const { found, request, notAlso, before, now } = about;
  if (found.state !== 'requested') throw refuseFlow('package-state', found.state);
  assertInTime(found, now);
  const person = { adminId: admin.id, userId: admin.userId };
  if (isOneOf(person, notAlso)) throw refuseFlow('own-approval');
  assertReady(request);
  await approved();
  // An approver again goes on with a release that was interrupted, and else counts once.
  const isInterrupted = twoDifferentApprovers(before, { notAlso }) !== undefined;
  if (isOneOf(person, before) && !isInterrupted) throw refuseFlow('approved-already');
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
