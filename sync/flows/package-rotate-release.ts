/**
 * The release of a package for new shares, by two approvers who did not ask for it.
 * @module
 */
import { asOneLine } from '../../shared/bundle/approval.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { sealRotatePackage } from '../../shared/bundle/rotate-package.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { envelopeToJson } from '../../shared/encoding/dsse.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { findAdmin } from '../admins/admins.ts';
import type { Ask, Shown } from '../approvals/approvable.ts';
import { approvalsOf } from '../approvals/approvals.ts';
import { databaseTime } from '../database/clock.ts';
import type { Queryable } from '../database/database.ts';
import { findDocument } from '../database/documents.ts';
import { readInstallation } from '../database/settings.ts';
import type { FlowContext } from './context.ts';
import {
  aboutRelease,
  assertInTime,
  assertKeyReleasedByTwo,
  assertKeyReleaseOpenTo,
  mustFind,
} from './package-approved.ts';
import { askedInWords, keepReleased } from './package-asked.ts';
import { type PackageRow, rotateFacts } from './package-rows.ts';
import { ticketOf } from './package-ticket.ts';
import { makeRecipient } from './packages.ts';
import { receiptHead } from './receipts.ts';
import { refuseFlow } from './refusals.ts';
import { soundSituation } from './resume.ts';
import { rotatable } from './rotate-places.ts';
import { refuseRenewal } from './rotate-refusals.ts';
import { placesFact } from './rotate-words.ts';
import { trustedSet } from './trust.ts';

/** @throws as {@link assertKeyReleaseOpenTo}; `package-state`, `nothing-found`, `set-not-trusted` */
export async function showRotation(
  tx: Queryable,
  found: PackageRow,
  { admin, now }: Ask,
): Promise<Shown> {
  const { mode } = await readInstallation(tx);
  const ticket = await ticketOf(tx, found, mode);
  const before = await approvalsOf(tx, aboutRelease(found));
  const requester = found.requestedBy === null ? undefined : await findAdmin(tx, found.requestedBy);
  assertKeyReleaseOpenTo(admin, { found, requester, before, now });
  const { manifest, compared } = rotateFacts.parse(found.facts);
  const kept = await findDocument(tx, hexToBytes(manifest));
  const set = kept && parseManifest(kept.content, mode);
  if (set?.digest !== manifest) throw refuseFlow('set-not-trusted');
  const { label, threshold, count } = set.body;
  return {
    subject: found.nonce,
    subjectDigest: aboutRelease(found).subject,
    expiresAt: found.expiresAt,
    sentence: `Release the vault component of key version ${found.keyVersion} to the laptop, so that the shares of the platform key are renewed.`,
    facts: [
      ['share set in force', `${asOneLine(label, 80)}, ${threshold} of ${count}`],
      placesFact(compared),
      ...askedInWords(found, { requester, ticket, before }),
    ],
  };
}

/** Seals the vault component to the ticket, signs, and hands the package out. */
export async function releaseRotation(context: FlowContext, nonce: string): Promise<void> {
  const { database } = context;
  const situation = await soundSituation(context);
  const { installation, identity, trust, now } = situation;
  const { mode, audience, epoch } = installation;
  const found = await mustFind(database, nonce);
  assertInTime(found, now);
  const { keyVersion } = found;
  const shown = rotateFacts.parse(found.facts);
  const ticket = await ticketOf(database, found, mode);
  const { manifest, roster } = await trustedSet(database, trust, keyVersion, mode);
  const { component, compared } = await rotatable(context, keyVersion, manifest.body);
  const { body, recipient } = await (async () => {
    if (manifest.digest !== shown.manifest || compared !== shown.compared) {
      throw refuseRenewal('rotate-moved');
    }
    const made = await makeRecipient(context, nonce, now);
    const sealed = await sealRotatePackage(
      {
        mode,
        audience,
        nonce,
        kind: 'rotate-shares',
        keyVersion,
        epoch,
        issuedAt: formatTime(now),
        expiresAt: formatTime(found.expiresAt),
        recipient: made.publicKey,
        receiptHead: await receiptHead(database),
        ticketId: ticket.body.ticketId,
        ticketDigest: ticket.digest,
        compared,
        manifest: envelopeToJson(manifest.envelope),
        roster: envelopeToJson(roster.envelope),
      },
      ticket.body.recipient,
      component,
    );
    return { body: sealed, recipient: made };
  })().finally(() => component.fill(0));
  const document = await packageType.sign(body, [identity.signer]);
  await database.transaction(async (tx) => {
    const again = await mustFind(tx, nonce, true);
    if (again.state !== 'requested') return;
    const { now: at } = await databaseTime(tx);
    assertInTime(again, at);
    // SECURITY: by the stored proofs, whatever the columns say: here half of the key leaves.
    await assertKeyReleasedByTwo(tx, { context, situation }, again);
    await keepReleased(tx, nonce, {
      kind: 'rotate-shares',
      document: { digest: document.digest, content: packageType.toBytes(document) },
      recipientPath: recipient.path,
      at: now,
      told: { keyVersion },
    });
  });
}
