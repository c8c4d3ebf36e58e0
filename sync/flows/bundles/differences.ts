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
import { z } from 'zod';
import { type Bundle, isRecovery, type RecoveryBundle } from '../../../shared/bundle/bundle.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { encodeJson } from '../../../shared/encoding/json.ts';
import { Refusal } from '../../../shared/refusal.ts';
import {
  type Excluded,
  type Judging,
  twoDifferentApprovers,
  verifiedApprovals,
} from '../../approvals/approvals.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { fromHex } from '../../database/together.ts';
import { excludedFromBundle } from './approvable.ts';
import { bringersOf } from './approved.ts';
import { type BundleRow, lockBundle } from './bundles.ts';
import type { Difference } from './commit-kind.ts';
import type { FlowContext } from '../../trust/context.ts';
import { refuseFlow } from '../../trust/refusals.ts';

export const ACCEPT = 'difference-accept';

/** What is accepted: these places of this bundle with exactly what was found there. */
export function aboutDifferences(bundle: string, differs: readonly Difference[]) {
  const places = differs.map(({ place, digest }) => ({ place, digest }));
  const subject = createHash('sha256')
    .update(encodeJson({ type: ACCEPT, bundle, places }))
    .digest();
  return { subject, kind: ACCEPT } as const;
}

/** @returns Refusal `read-back-differs`, or `read-back-unproven` where nothing was changed */
export function refuseDifferences(differs: readonly Difference[]): Refusal {
  const where = differs.map(({ place }) => place).join('; ');
  const isChanged = differs.some(({ why }) => why === 'changed');
  return refuseFlow(isChanged ? 'read-back-differs' : 'read-back-unproven', where);
}

const noted = z.object({ accepts: columns.text.nullable() });

/**
 * Writes down that this commit waits for people, once for the same differences: so the queue, the
 * alerts and the history know of it without reading Vault.
 */
export async function noteDifferences(
  { database }: Pick<FlowContext, 'database'>,
  bundle: string,
  differs: readonly Difference[],
): Promise<void> {
  const accepts = bytesToHex(aboutDifferences(bundle, differs).subject);
  const subject = hexToBytes(bundle);
  await database.transaction(async (tx) => {
    const { state } = await lockBundle(tx, bundle);
    if (state !== 'committing') return;
    const last = await tx.maybe(
      noted,
      `SELECT facts ->> 'accepts' AS accepts FROM conclave.events
        WHERE subject = $1 AND type = 'difference-found' ORDER BY sequence DESC LIMIT 1`,
      [subject],
    );
    if (last?.accepts === accepts) return;
    const places = differs.map(({ place }) => place);
    await appendEvent(tx, { type: 'difference-found', subject, facts: { places, accepts } });
  });
}

const waiting = z.object({
  digest: columns.bytes.transform(bytesToHex),
  accepts: columns.text.nullable(),
});

/** What is to be accepted (as approvals name it, hex), of the bundles whose commit waits for that. */
export async function differencesOf(
  on: Queryable,
  bundles: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await on.rows(
    waiting,
    `SELECT DISTINCT ON (e.subject) e.subject AS digest, e.facts ->> 'accepts' AS accepts
       FROM conclave.events e JOIN conclave.bundles b ON b.digest = e.subject
      WHERE e.type = 'difference-found' AND b.state = 'committing' AND b.kind IN ('recover', 'recover-member')
        AND e.subject = ANY ${fromHex('$1')}
      ORDER BY e.subject, e.sequence DESC`,
    [bundles],
  );
  return new Map(
    found.flatMap(({ digest, accepts }) => (accepts === null ? [] : [[digest, accepts]])),
  );
}

/** Who may not accept it, as people: whoever had to do with the recovery, and its user. */
export async function excludedFromAccepting(
  on: Queryable,
  found: BundleRow,
  body: RecoveryBundle,
): Promise<readonly Excluded[]> {
  try {
    return await excludedFromBundle(on, found, body);
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.code !== 'request-unknown') throw cause;
    return excludedWithoutRequest(found, body);
  }
}

/** Deleted with its survey: those who asked and checked are not known any more. */
export function excludedWithoutRequest(
  found: BundleRow,
  { facts }: Pick<RecoveryBundle, 'facts'>,
): readonly Excluded[] {
  return [...bringersOf(found), { adminId: null, userId: facts.userId }];
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
  if (!isRecovery(body)) return false;
  const about = aboutDifferences(found.digest, differs);
  const approvals = await verifiedApprovals(on, judging, about);
  const notAlso = await excludedFromAccepting(on, found, body);
  return twoDifferentApprovers(approvals, { notAlso }) !== undefined;
}
