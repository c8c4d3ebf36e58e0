/**
 * What ends by itself, in every replica alike: bundles and packages whose time is over, and those of
 * requests that were stopped where no receipt could be signed (Vault was away, or CheckTick's own
 * page stopped it). Doing it twice changes nothing: each end is judged under the row locks.
 * @module
 */
import { z } from 'zod';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { columns } from '../../database/columns.ts';
import { databaseTime } from '../../database/clock.ts';
import { endNegatively } from '../bundles/bundles.ts';
import { type FlowContext, readSituation, type Situation } from '../../trust/context.ts';
import { issueOwedReceipts } from '../bundles/owed-receipts.ts';
import { expirePackage } from '../packages/packages.ts';
import { destroySpentKeysIfPossible } from '../bundles/receipts.ts';
import { endAllOf, lockAllOf, stoppedStatement } from './request-end.ts';

/** Ends all that is due. While the epochs differ sync only answers status, and nothing ends. */
export async function endDue(context: FlowContext): Promise<void> {
  const situation = await readSituation(context);
  if ((situation.trust?.epoch ?? 0) !== situation.installation.epoch) return;
  await issueOwedReceipts(context, situation);
  await endStopped(context, situation);
  await endExpiredBundles(context, situation);
  await endExpiredPackages(context, situation);
}

/** One that cannot be ended keeps no other from its end; the first reason is thrown afterwards. */
async function each<T>(rows: readonly T[], end: (row: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const row of rows) await end(row).catch((cause: unknown) => failures.push(cause));
  if (failures.length > 0) throw failures[0];
}

const stopped = z.object({
  id: columns.uuid,
  status: z.enum(['rejected', 'cancelled']),
  reason: columns.text,
});

async function endStopped(context: FlowContext, situation: Situation): Promise<void> {
  const { database } = context;
  const rows = await database.rows(
    stopped,
    `SELECT DISTINCT r.id, r.status,
            CASE r.status WHEN 'rejected' THEN r.rejection_reason ELSE r.cancellation_reason END
              AS reason
       FROM surveys_recoveryrequest r JOIN conclave.packages p ON p.request_id = r.id
       LEFT JOIN conclave.bundles b ON b.nonce = p.nonce
      WHERE r.status IN ('rejected', 'cancelled')
        AND (p.state IN ('requested', 'released') OR b.state IN ('waiting', 'committing'))`,
  );
  await each(rows, async ({ id, status, reason }) => {
    await database.transaction(async (tx) => {
      const { now } = await databaseTime(tx);
      const hanging = await lockAllOf(tx, id, now);
      if (hanging.written) return;
      const outcome = status === 'rejected' ? 'refused' : 'objected';
      const ending = { outcome, statement: stoppedStatement(status, reason) } as const;
      await endAllOf(tx, context, situation, hanging, ending, now);
    });
    await destroySpentKeysIfPossible(context);
  });
}

const expiredBundle = z.object({
  digest: columns.bytes.transform(bytesToHex),
  expiresAt: columns.time,
});

/** A commit that has begun is left to those who carry it out. */
async function endExpiredBundles(context: FlowContext, situation: Situation): Promise<void> {
  const rows = await context.database.rows(
    expiredBundle,
    `SELECT b.digest, p.expires_at AS "expiresAt" FROM conclave.bundles b
       JOIN conclave.packages p ON p.nonce = b.nonce
      WHERE b.state IN ('verified', 'waiting') AND p.expires_at <= $1`,
    [situation.now],
  );
  await each(rows, async ({ digest, expiresAt }) => {
    const statement = `Its package expired at ${formatTime(expiresAt)}. Nothing was changed.`;
    const ending = { outcome: 'expired', statement } as const;
    await endNegatively(context, situation, digest, ending, undefined);
  });
}

/** Also of those that were asked for and not released in time. */
const expiredPackage = z.object({ nonce: columns.bytes.transform(bytesToHex) });

async function endExpiredPackages(context: FlowContext, { now }: Situation): Promise<void> {
  const rows = await context.database.rows(
    expiredPackage,
    `SELECT nonce FROM conclave.packages p WHERE state IN ('requested', 'released') AND expires_at <= $1
        AND NOT EXISTS (SELECT FROM conclave.bundles b WHERE b.nonce = p.nonce)`,
    [now],
  );
  await each(rows, ({ nonce }) => expirePackage(context, nonce));
}
