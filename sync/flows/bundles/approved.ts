/**
 * Whether a bundle was approved, or stood open for objection, asked at its commit.
 * @module
 */
import { z } from 'zod';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import {
  assertSignedEnd,
  delayedUntil,
  type Excluded,
  type Judging,
  twoDifferentApprovers,
  verifiedApprovals,
} from '../../approvals/approvals.ts';
import { refuseApproval } from '../../approvals/refusals.ts';
import type { Queryable } from '../../database/database.ts';
import type { BundleRow } from './bundles.ts';
import { refuseFlow } from '../../trust/refusals.ts';

export const BUNDLE_APPROVE = 'bundle-approve';

/** What the approvals of a bundle are about. */
export const aboutBundle = (digest: string) =>
  ({ subject: hexToBytes(digest), kind: BUNDLE_APPROVE }) as const;

/** Whoever asked for its package, and whoever imported it: by account and as a person. */
export function bringersOf(found: BundleRow): Excluded[] {
  return [
    { adminId: found.askedBy, userId: found.askerUserId },
    { adminId: found.importedBy, userId: found.importerUserId },
  ];
}

/**
 * Two different people, none of `notAlso`, approved this bundle, by proofs that are verified now.
 * @param everApproved counts approvers who have been disabled since
 * @throws Refusal `approvals-missing`, `approval-altered`, `delay-altered`, `end-altered`
 */
export async function assertBundleApproved(
  on: Queryable,
  judging: Judging,
  found: BundleRow,
  {
    everApproved: ever,
    notAlso,
  }: { readonly everApproved: boolean; readonly notAlso: readonly Excluded[] },
): Promise<void> {
  const about = aboutBundle(found.digest);
  const approvals = await verifiedApprovals(on, judging, about, { ever });
  const two = twoDifferentApprovers(approvals, { notAlso });
  if (two === undefined) throw refuseFlow('approvals-missing', 'bundle');
  const until = delayedUntil(two);
  if (found.notBefore === null || found.notBefore < until) {
    throw refuseApproval('delay-altered', formatTime(until));
  }
  assertSignedEnd(two, found.expiresAt);
}

const imported = z.object({ facts: z.object({ notBefore: z.string() }) });

/**
 * Nobody is left who could approve: the delay stands for it, as it was written into the diary when
 * the bundle came.
 * @throws Refusal `delay-altered`
 */
export async function assertTimeToObject(on: Queryable, found: BundleRow): Promise<void> {
  const event = await on.maybe(
    imported,
    `SELECT facts FROM conclave.events WHERE type = 'bundle-imported' AND subject = $1
      ORDER BY sequence LIMIT 1`,
    [hexToBytes(found.digest)],
  );
  // SECURITY: the diary is only ever added to; the row's own time can be written.
  const until = event?.facts.notBefore;
  if (until === undefined || found.notBefore === null || found.notBefore < new Date(until)) {
    throw refuseApproval('delay-altered', until ?? 'an unknown time');
  }
}
