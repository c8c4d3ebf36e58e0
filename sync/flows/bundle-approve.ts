/**
 * Approving and refusing bundles. Only what changes trust is approved here: a setup, by two people
 * who did not import it, each typing the manifest's eight words from the witness's paper.
 * @module
 */
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import type { Admin } from '../admins/admins.ts';
import { approvalsOf, recordApproval, twoDifferentApprovers } from '../admins/approvals.ts';
import { delayHoursFor } from '../config/config.ts';
import { databaseTime } from '../database/clock.ts';
import { appendEvent } from '../database/documents.ts';
import {
  bundleDocument,
  type BundleRow,
  endNegatively,
  findBundle,
  lockBundle,
} from './bundles.ts';
import { dropClaim } from './claims.ts';
import type { FlowContext } from './context.ts';
import { refuseFlow } from './refusals.ts';
import { soundSituation } from './resume.ts';
import { assertWords } from './words.ts';

const KIND = 'bundle';

/**
 * @throws Refusal `approval-not-needed`, `bundle-state`, `own-approval`, `words-differ`,
 *   `approved-already`
 */
export async function approveBundle(
  context: FlowContext,
  admin: Admin,
  digest: string,
  entry: { readonly words: string; readonly reason: string },
): Promise<BundleRow> {
  const { installation } = await soundSituation(context);
  const subject = hexToBytes(digest);
  return context.database.transaction(async (tx) => {
    const found = await lockBundle(tx, digest);
    const { body } = await bundleDocument(tx, digest, installation.mode);
    if (body.kind !== 'setup') throw refuseFlow('approval-not-needed');
    if (found.state !== 'verified') throw refuseFlow('bundle-state', found.state, 'verified');
    if (admin.id === found.importedBy || admin.userId === found.importerUserId) {
      throw refuseFlow('own-approval');
    }
    assertWords(entry.words, body.manifestDigest);
    const { now } = await databaseTime(tx);
    const isNew = await recordApproval(tx, {
      subject,
      kind: KIND,
      adminId: admin.id,
      reason: entry.reason,
      at: now,
    });
    if (!isNew) throw refuseFlow('approved-already');
    await appendEvent(tx, { type: 'bundle-approved', adminId: admin.id, subject });
    const two = twoDifferentApprovers(await approvalsOf(tx, subject, KIND), {
      notAlso: [{ adminId: found.importedBy, userId: found.importerUserId }],
    });
    if (two !== undefined) {
      const hours = delayHoursFor(context.config, found.kind);
      await tx.run(
        `UPDATE conclave.bundles SET state = 'waiting', approved_at = $2, not_before = $3
          WHERE digest = $1`,
        [subject, now, new Date(now.getTime() + hours * 3_600_000)],
      );
    }
    return (await findBundle(tx, digest)) ?? found;
  });
}

/**
 * Ends a bundle that nobody has begun to commit, with a signed negative receipt.
 * @throws Refusal `bundle-state` once its commit has begun or it has ended
 */
export async function refuseBundle(
  context: FlowContext,
  admin: Admin,
  digest: string,
  reason: string,
): Promise<void> {
  const situation = await soundSituation(context);
  const found = await findBundle(context.database, digest);
  if (found === undefined) throw refuseFlow('bundle-unknown');
  // A recovery that stopped for a person before its rows were written changed nothing but a line
  // in Vault's audit trail; a setup may have left its component there.
  const open: BundleRow['state'][] =
    found.kind === 'recover' ? ['waiting', 'committing'] : ['verified', 'waiting'];
  await endNegatively(
    context,
    situation,
    digest,
    { outcome: 'refused', statement: `Refused by an approver: ${reason}`.slice(0, 600) },
    { adminId: admin.id },
    open,
  );
  if (found.kind === 'recover') await dropClaim(context, digest);
}

/** Who approved it so far, oldest first. */
export function bundleApprovals(context: FlowContext, digest: string) {
  return approvalsOf(context.database, hexToBytes(digest), KIND);
}
