/**
 * The e-mail address that the person gave at the identity check. The laptop compares it with the
 * one that the escrow keeps; here it is compared with the account's only. Personal data: it stands
 * in no event, no audit table, no statement and no answer.
 * @module
 */
import { z } from 'zod';
import { LONGEST_SPOKEN_MAIL, SPOKEN_MAIL } from '../../../shared/encoding/mail-address.ts';
import { sameEmail } from '../../../shared/checktick/index.ts';
import type { Admin } from '../../admins/admins.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { refuseRecover } from '../../checktick/recover-refusals.ts';

/** An address as somebody says it: 3 to 254 characters, one `@`, nothing invisible. */
export const emailText = z.string().trim().min(3).max(LONGEST_SPOKEN_MAIL).regex(SPOKEN_MAIL);

const one = z.object({ email: columns.text });

/** Null: none was recorded. */
export async function statedEmailOf(on: Queryable, requestId: string): Promise<string | null> {
  return (await statedEmailsOf(on, [requestId])).get(requestId) ?? null;
}

const ofRequest = one.extend({ requestId: columns.uuid });

/** Those of many requests, by request; where none was recorded there is none. */
export async function statedEmailsOf(
  on: Queryable,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await on.rows(
    ofRequest,
    `SELECT request_id AS "requestId", email FROM conclave.stated_emails
      WHERE request_id = ANY ($1::uuid[])`,
    [requestIds],
  );
  return new Map(found.map(({ requestId, email }) => [requestId, email]));
}

/** The account's address today; empty: it has none. */
export async function accountEmailOf(on: Queryable, userId: number): Promise<string> {
  return (await on.one(one, 'SELECT email FROM auth_user WHERE id = $1', [userId])).email;
}

/**
 * Records it once, inside the caller's transaction, which holds the lock on the request's row.
 * @throws Refusal `stated-email-differs` when another one was recorded
 */
export async function recordStatedEmail(
  tx: Queryable,
  requestId: string,
  email: string,
  admin: Pick<Admin, 'id'>,
  now: Date,
): Promise<void> {
  await tx.run(
    `INSERT INTO conclave.stated_emails (request_id, email, recorded_by, at)
     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [requestId, email, admin.id, now],
  );
  if ((await statedEmailOf(tx, requestId)) !== email) throw refuseRecover('stated-email-differs');
}

/** For approvers: how it compares with the account's, without either. */
export async function statedEmailFact(
  on: Queryable,
  stated: string | null,
  userId: number,
): Promise<string> {
  if (stated === null) return 'none was recorded';
  const account = await accountEmailOf(on, userId);
  return sameEmail(stated, account)
    ? 'the same as the account’s address today'
    : 'DIFFERS from the account’s address today';
}
