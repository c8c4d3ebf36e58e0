/**
 * How the person who asks for a recovery was checked: a photo id, and a video call or questions,
 * each with a reference, by whom and when. Nobody approves before that.
 * @module
 */
import { z } from 'zod';
import type { Admin } from '../../admins/admins.ts';
import { refuseApproval } from '../../approvals/refusals.ts';
import { columns } from '../../database/columns.ts';
import type { Queryable } from '../../database/database.ts';
import { grouped } from '../../database/together.ts';

export const CHECKS = ['photo-id', 'video', 'questions'] as const;
export type Check = (typeof CHECKS)[number];

const row = z.object({
  check: z.enum(CHECKS),
  reference: columns.text,
  adminId: columns.uuid,
  userId: columns.integer,
  adminName: columns.text,
  at: columns.time,
});
export type Verification = z.infer<typeof row>;

/** All checks of a request, in the order of {@link CHECKS}. */
export async function verificationsOf(on: Queryable, requestId: string): Promise<Verification[]> {
  return (await verificationsOfAll(on, [requestId])).get(requestId) ?? [];
}

const ofRequest = row.extend({ requestId: columns.uuid });

/** Those of many requests, by request. */
export async function verificationsOfAll(
  on: Queryable,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, Verification[]>> {
  const found = await on.rows(
    ofRequest,
    `SELECT v.request_id AS "requestId", v.check_kind AS check, v.reference, v.verified_by AS "adminId", v.at,
            a.user_id AS "userId", a.name AS "adminName"
       FROM conclave.verifications v JOIN conclave.admins a ON a.id = v.verified_by
      WHERE v.request_id = ANY ($1::uuid[])
      ORDER BY array_position(ARRAY['photo-id', 'video', 'questions'], v.check_kind)`,
    [requestIds],
  );
  return grouped(found, ({ requestId }) => requestId);
}

/** Writes checks down; one that was recorded before stays as it is. @returns how many are new */
export async function recordVerifications(
  tx: Queryable,
  requestId: string,
  entry: { readonly checks: readonly Check[]; readonly reference: string },
  admin: Pick<Admin, 'id'>,
  now: Date,
): Promise<number> {
  let added = 0;
  for (const check of new Set(entry.checks)) {
    added += await tx.run(
      `INSERT INTO conclave.verifications (request_id, check_kind, reference, verified_by, at)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [requestId, check, entry.reference, admin.id, now],
    );
  }
  return added;
}

/** What is still missing, in words; undefined when the person was checked whole. */
export function missingCheck(checks: readonly { readonly check: Check }[]): string | undefined {
  const has = (check: Check): boolean => checks.some((one) => one.check === check);
  if (!has('photo-id')) return 'the photo id';
  return has('video') || has('questions') ? undefined : 'the video call or the questions';
}

/** @throws Refusal `identity-unverified` */
export function assertVerified(checks: readonly Verification[]): void {
  const missing = missingCheck(checks);
  if (missing !== undefined) throw refuseApproval('identity-unverified', missing);
}

const WORDS: Record<Check, string> = {
  'photo-id': 'photo id',
  video: 'video call',
  questions: 'questions',
};

/** For people and CheckTick's audit tables: `photo id (reference 17), video call (reference 17)`. */
export function checksInWords(
  checks: readonly { readonly check: Check; readonly reference: string }[],
): string {
  return checks.map((one) => `${WORDS[one.check]} (reference ${one.reference})`).join(', ');
}

/** One check as a fact of a statement. */
export function checkFact(one: Verification, at: string): readonly [string, string] {
  return [WORDS[one.check], `checked by ${one.adminName} at ${at}, reference ${one.reference}`];
}
