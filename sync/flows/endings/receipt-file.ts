/**
 * The receipt of a package, whichever way it ended.
 * @module
 */
import { receiptType } from '../../../shared/bundle/receipt.ts';
import { readInstallation } from '../../database/settings.ts';
import { type FlowContext, readSituation } from '../../trust/context.ts';
import { issueOwedReceipts } from '../bundles/owed-receipts.ts';
import { expirePackage } from '../packages/packages.ts';
import { findReceipt } from '../bundles/receipts.ts';
import { refuseFlow } from '../../trust/refusals.ts';

/**
 * By the nonce of the package. A package that expired without a bundle, and a bundle that was
 * stopped while Vault was away, get their negative receipts now.
 * @throws Refusal `receipt-none`
 */
export async function receiptOf(
  context: FlowContext,
  nonce: string,
): Promise<{ readonly digest: string; readonly bytes: Uint8Array }> {
  const { database } = context;
  let bytes = await findReceipt(database, nonce);
  if (bytes === undefined) {
    await issueOwedReceipts(context, await readSituation(context));
    await expirePackage(context, nonce);
    bytes = await findReceipt(database, nonce);
  }
  if (bytes === undefined) throw refuseFlow('receipt-none');
  const { mode } = await readInstallation(database);
  return { digest: receiptType.parse(bytes, mode).digest, bytes };
}
