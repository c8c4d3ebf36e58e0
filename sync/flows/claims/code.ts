/**
 * A claim by link from the admins' side: the code, the link again, the early end.
 * @module
 */
import { z } from 'zod';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { Refusal } from '../../../shared/refusal.ts';
import type { Admin } from '../../admins/admins.ts';
import { advanceClock, databaseTime } from '../../database/clock.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { appendEvent } from '../../database/documents.ts';
import { mailClaimLink, tellOfClaim, voidClaimLinks } from '../../mail/tell-claim.ts';
import { createSpokenCode } from '../../people/codes.ts';
import { refuseClaim } from './refusals.ts';
import { type ClaimRow, endClaim, findClaim, lockClaim } from './rows.ts';
import { codeTag } from './tag.ts';
import { destroyEndedClaimsIfPossible, readPassphrase } from './claims.ts';
import type { FlowContext } from '../../trust/context.ts';
import { requestById } from '../requests/requests.ts';

/** The claim of a committed recovery. @throws Refusal `claim-none` */
export async function claimOf(on: Queryable, digest: string): Promise<ClaimRow> {
  const found = await findClaim(on, digest);
  if (found === undefined || !found.finished) throw refuseClaim('claim-none');
  return found;
}

/** Locked, by link, and still to be claimed. */
async function lockOpen(tx: Queryable, digest: string, now: Date): Promise<ClaimRow> {
  const found = await lockClaim(tx, digest);
  if (found === undefined || !found.finished) throw refuseClaim('claim-none');
  if (found.way === 'passphrase') throw refuseClaim('claim-by-passphrase');
  if (found.state !== 'held') throw refuseClaim('claim-over', found.state);
  if (found.expiresAt <= now) throw refuseClaim('claim-over', 'expired');
  return found;
}

const committer = z.object({ adminId: columns.uuid });

/** @throws Refusal `claim-not-yours`, `claim-own-code` */
async function assertMayGiveCode(tx: Queryable, admin: Admin, claim: ClaimRow): Promise<void> {
  const { userId } = await requestById(tx, claim.requestId);
  if (admin.userId === userId) throw refuseClaim('claim-own-code');
  if (admin.roles.includes('approver')) return;
  const { adminId } = await tx.one(
    committer,
    `SELECT facts ->> 'adminId' AS "adminId" FROM conclave.intents
      WHERE bundle_digest = $1 AND step = 'commit'`,
    [hexToBytes(claim.digest)],
  );
  if (adminId !== admin.id) throw refuseClaim('claim-not-yours');
}

/** Whether this admin could make a code now, for whoever shows buttons. */
export async function mayGiveCode(on: Queryable, admin: Admin, claim: ClaimRow): Promise<boolean> {
  if (claim.way !== 'link' || claim.state !== 'held') return false;
  if (!admin.roles.some((role) => role === 'approver' || role === 'operator')) return false;
  try {
    await assertMayGiveCode(on, admin, claim);
    return true;
  } catch (cause) {
    if (cause instanceof Refusal && cause.code.startsWith('claim-')) return false;
    throw cause;
  }
}

/**
 * A new code, shown this once; the one before no longer counts, and five tries begin anew.
 * @throws Refusal of refusals.ts
 */
export async function giveClaimCode(
  { database, kv }: FlowContext,
  admin: Admin,
  digest: string,
): Promise<string> {
  await advanceClock(database);
  return database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    const claim = await lockOpen(tx, digest, now);
    await assertMayGiveCode(tx, admin, claim);
    const { text } = createSpokenCode();
    const words = await readPassphrase(kv, digest);
    if (words === undefined) throw refuseClaim('claim-words-gone');
    const tag = codeTag(words, digest, text);
    words.fill(0);
    await tx.run(
      `UPDATE conclave.claims SET code_hash = $2, code_by = $3, code_at = $4, wrong_codes = 0
        WHERE bundle_digest = $1`,
      [hexToBytes(digest), tag, admin.id, now],
    );
    await appendEvent(tx, {
      type: 'claim-code-made',
      adminId: admin.id,
      subject: hexToBytes(digest),
    });
    return text;
  });
}

/**
 * Mails a new link to the same address; the old one is void.
 * @throws Refusal of refusals.ts; `claim-mail-off` when mail is not set up any more
 */
export async function renewClaimLink(
  { database, config }: FlowContext,
  admin: Admin,
  digest: string,
): Promise<void> {
  const { mail } = config;
  if (mail === undefined) throw refuseClaim('claim-mail-off');
  await advanceClock(database);
  await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    await lockOpen(tx, digest, now);
    await mailClaimLink(tx, mail, digest, now);
    await appendEvent(tx, {
      type: 'claim-link-renewed',
      adminId: admin.id,
      subject: hexToBytes(digest),
    });
  });
}

/**
 * Ends a claim that should not be: the words are destroyed and the user is told.
 * @throws Refusal of refusals.ts
 */
export async function endClaimByAdmin(
  context: FlowContext,
  admin: Admin,
  digest: string,
  reason: string,
): Promise<void> {
  const { database, config } = context;
  await advanceClock(database);
  await database.transaction(async (tx) => {
    const { now } = await databaseTime(tx);
    await lockOpen(tx, digest, now);
    await endClaim(tx, digest, 'ended', now);
    await voidClaimLinks(tx, digest, 'ended', now);
    await appendEvent(tx, {
      type: 'claim-ended',
      adminId: admin.id,
      subject: hexToBytes(digest),
      facts: { reason },
    });
    await tellOfClaim(tx, config, digest, 'ended', now);
  });
  await destroyEndedClaimsIfPossible(context);
}
