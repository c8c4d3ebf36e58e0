/**
 * Whether a setup was approved, asked at its commit.
 * @module
 */
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import {
  delayedUntil,
  type Judging,
  twoDifferentApprovers,
  verifiedApprovals,
} from '../approvals/approvals.ts';
import { refuseApproval } from '../approvals/refusals.ts';
import type { Queryable } from '../database/database.ts';
import type { BundleRow } from './bundles.ts';
import { refuseFlow } from './refusals.ts';

export const BUNDLE_APPROVE = 'bundle-approve';

/** What the approvals of a bundle are about. */
export const aboutBundle = (digest: string) =>
  ({ subject: hexToBytes(digest), kind: BUNDLE_APPROVE }) as const;

/** The importer, by account and as a person. */
export function importerOf(found: BundleRow) {
  return { adminId: found.importedBy, userId: found.importerUserId };
}

/**
 * Two different people who did not import it approved this setup, by proofs that are verified now.
 * @param everApproved counts approvers who have been disabled since
 * @throws Refusal `approvals-missing`, `approval-altered`, `delay-altered`
 */
export async function assertSetupApproved(
  on: Queryable,
  judging: Judging,
  found: BundleRow,
  { everApproved: ever }: { readonly everApproved: boolean },
): Promise<void> {
  const about = aboutBundle(found.digest);
  const approvals = await verifiedApprovals(on, judging, about, { ever });
  const two = twoDifferentApprovers(approvals, { notAlso: [importerOf(found)] });
  if (two === undefined) throw refuseFlow('approvals-missing', 'bundle');
  const until = delayedUntil(two);
  if (found.notBefore === null || found.notBefore < until) {
    throw refuseApproval('delay-altered', formatTime(until));
  }
}
