/**
 * Unfinished commits are finished before anything else of the same key version begins.
 * @module
 */
import { z } from 'zod';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { type BundleRow, findBundle } from '../bundles/bundles.ts';
import type { Beginner } from '../bundles/commit-kind.ts';
import { runCommit } from './commit.ts';
import { type FlowContext, readSituation, type Situation } from '../../trust/context.ts';
import { destroySpentKeys } from '../bundles/receipts.ts';
import { refuseFlow } from '../../trust/refusals.ts';
import { assertEpochsAgree } from '../../trust/trust.ts';

const open = z.object({ digest: columns.bytes.transform(bytesToHex) });

/** Digests of bundles whose commit has begun and not ended; of one key version, or of all. */
async function openCommits(on: Queryable, keyVersion?: string): Promise<string[]> {
  const rows = await on.rows(
    open,
    `SELECT i.bundle_digest AS digest FROM conclave.intents i
       JOIN conclave.bundles b ON b.digest = i.bundle_digest
       JOIN conclave.packages p ON p.nonce = b.nonce
      WHERE i.step = 'commit' AND i.finished_at IS NULL AND ($1::text IS NULL OR p.key_version = $1)
      ORDER BY i.started_at`,
    [keyVersion ?? null],
  );
  return rows.map(({ digest }) => digest);
}

/**
 * Goes on with every open commit (of one key version), and destroys keys that are due.
 * @param except the bundle that the caller is about to commit itself
 * @throws Refusal `commit-unfinished` when one is still open afterwards, with the reason as cause
 */
export async function finishOpenCommits(
  context: FlowContext,
  keyVersion?: string,
  except?: string,
): Promise<void> {
  await destroySpentKeys(context);
  for (const digest of await openCommits(context.database, keyVersion)) {
    if (digest === except) continue;
    try {
      await runCommit(context, digest, undefined);
    } catch (cause) {
      const [still] = (await openCommits(context.database, keyVersion)).filter(
        (one) => one === digest,
      );
      if (still === undefined) continue;
      const refusal = refuseFlow('commit-unfinished', digest);
      refusal.cause = cause;
      throw refusal;
    }
  }
}

/**
 * The situation in which sync may hand out packages and take bundles. An interrupted setup leaves
 * the epochs apart for a moment; it is finished first.
 * @throws Refusal `trust-epoch-mismatch`, `commit-unfinished`
 */
export async function soundSituation(context: FlowContext): Promise<Situation> {
  let situation = await readSituation(context);
  if ((situation.trust?.epoch ?? 0) !== situation.installation.epoch) {
    await finishOpenCommits(context);
    situation = await readSituation(context);
  }
  assertEpochsAgree(situation.trust, situation.installation);
  return situation;
}

/**
 * Commits a bundle, or goes on with a commit that was interrupted. Committed before: does nothing.
 * @throws Refusal naming what is in the way; an ended bundle has its negative receipt then
 */
export async function commitBundle(
  context: FlowContext,
  by: Beginner,
  digest: string,
): Promise<BundleRow> {
  const { database } = context;
  const found = await findBundle(database, digest);
  if (found === undefined) throw refuseFlow('bundle-unknown');
  if (found.state !== 'committed') {
    await finishOpenCommits(context, found.keyVersion, digest);
    await runCommit(context, digest, by);
  }
  return (await findBundle(database, digest)) ?? found;
}
