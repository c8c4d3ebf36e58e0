/**
 * Receipts of bundles that people stopped while nothing could be signed, because Vault was away. Safe
 * in every replica at once: each is judged under its bundle's row lock.
 * @module
 */
import { z } from 'zod';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import { databaseTime } from '../../database/clock.ts';
import { columns } from '../../database/columns.ts';
import { bundleDocument, lockBundle, receiptFacts } from './bundles.ts';
import type { FlowContext, Situation } from '../../trust/context.ts';
import { findReceipt, issueReceipt } from './receipts.ts';

const owed = z.object({ digest: columns.bytes.transform(bytesToHex) });

/** Signs them all; the outcome and the reason are those of the moment at which each was stopped. */
export async function issueOwedReceipts(
  { database }: Pick<FlowContext, 'database'>,
  situation: Situation,
): Promise<void> {
  const rows = await database.rows(
    owed,
    `SELECT b.digest FROM conclave.bundles b WHERE b.state IN ('refused', 'objected')
        AND NOT EXISTS (SELECT FROM conclave.receipts r WHERE r.nonce = b.nonce)
      ORDER BY b.finished_at`,
  );
  const { mode, epoch } = situation.installation;
  for (const { digest } of rows) {
    await database.transaction(async (tx) => {
      const found = await lockBundle(tx, digest);
      const { state: outcome, reason: statement } = found;
      if (outcome !== 'refused' && outcome !== 'objected') return;
      if ((await findReceipt(tx, found.nonce)) !== undefined) return;
      const document = await bundleDocument(tx, digest, mode);
      const { now } = await databaseTime(tx);
      const ending = { outcome, statement, readBack: [], epoch };
      await issueReceipt(tx, situation, receiptFacts(document, found.keyVersion, ending), now);
    });
  }
}
