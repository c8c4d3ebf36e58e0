/**
 * What a commit wrote and does not find again. A repetition cannot help where CheckTick itself has
 * written there since (a user set a password while a crashed commit waited): the commit would stay
 * open for ever, and everything of its key version with it. Two approvers who have looked may then
 * accept exactly what stands there; the receipt says so and claims nothing of those places.
 *
 * Source: docs/decisions/0021-what-differs-at-read-back.md.
 * @module
 */
import { createHash } from 'node:crypto';
import type { Bundle, RecoverBundle } from '../../shared/bundle/bundle.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { Refusal } from '../../shared/refusal.ts';
import {
  type Excluded,
  type Judging,
  twoDifferentApprovers,
  verifiedApprovals,
} from '../approvals/approvals.ts';
import type { Queryable } from '../database/database.ts';
import { excludedFromBundle } from './bundle-approvable.ts';
import { bringersOf } from './bundle-approved.ts';
import type { BundleRow } from './bundles.ts';
import type { Difference } from './commit-kind.ts';

export const ACCEPT = 'difference-accept';

/** What is accepted: these places of this bundle with exactly what was found there. */
export function aboutDifferences(bundle: string, differs: readonly Difference[]) {
  const places = differs.map(({ place, digest }) => ({ place, digest }));
  const subject = createHash('sha256')
    .update(encodeJson({ type: ACCEPT, bundle, places }))
    .digest();
  return { subject, kind: ACCEPT } as const;
}

/** Who may not accept it, as people: whoever had to do with the recovery, and its user. */
export async function excludedFromAccepting(
  on: Queryable,
  found: BundleRow,
  body: RecoverBundle,
): Promise<readonly Excluded[]> {
  try {
    return await excludedFromBundle(on, found, body);
  } catch (cause) {
    // Deleted with its survey: those who asked and checked are not known any more.
    if (!(cause instanceof Refusal) || cause.code !== 'request-unknown') throw cause;
    return [...bringersOf(found), { adminId: null, userId: body.facts.userId }];
  }
}

/**
 * Whether two different people accepted this, by proofs that are verified now. What they saw and
 * what stands there must be the same, to the byte.
 * @throws Refusal `approval-altered`
 */
export async function areAccepted(
  on: Queryable,
  judging: Judging,
  found: BundleRow,
  body: Bundle,
  differs: readonly Difference[],
): Promise<boolean> {
  // SECURITY: a setup or a roster that is not there as written is never called committed.
  if (body.kind !== 'recover') return false;
  const about = aboutDifferences(found.digest, differs);
  const approvals = await verifiedApprovals(on, judging, about);
  const notAlso = await excludedFromAccepting(on, found, body);
  return twoDifferentApprovers(approvals, { notAlso }) !== undefined;
}
