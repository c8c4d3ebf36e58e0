/**
 * The rule of two: who approved, and whether that is enough.
 * @module
 */
import { z } from 'zod';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';

export interface Approval {
  readonly adminId: string;
  /** The person in CheckTick: one person with two accounts is still one approver. */
  readonly userId: number;
  readonly adminName: string;
  readonly reason: string;
  readonly at: Date;
}

const approval = z.object({
  adminId: columns.uuid,
  userId: columns.integer,
  adminName: columns.text,
  reason: columns.text,
  at: columns.time,
});

/**
 * Writes down that this admin approved exactly `subject` (the digest of what was shown, 32 bytes).
 * @returns false when he had already done so; the first reason stays
 */
export async function recordApproval(
  tx: Queryable,
  entry: {
    readonly subject: Uint8Array;
    readonly kind: string;
    readonly adminId: string;
    readonly reason: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const touched = await tx.run(
    `INSERT INTO conclave.approvals (subject, kind, admin_id, reason, at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [entry.subject, entry.kind, entry.adminId, entry.reason, entry.at],
  );
  return touched === 1;
}

/** Oldest first. Approvals of admins disabled since do not count, unless `ever`. */
export async function approvalsOf(
  on: Queryable,
  subject: Uint8Array,
  kind: string,
  ever = false,
): Promise<Approval[]> {
  return on.rows(
    approval,
    `SELECT a.admin_id AS "adminId", m.user_id AS "userId", m.name AS "adminName", a.reason, a.at
       FROM conclave.approvals a JOIN conclave.admins m ON m.id = a.admin_id
      WHERE a.subject = $1 AND a.kind = $2 AND ($3 OR m.disabled_at IS NULL)
      ORDER BY a.at, a.admin_id`,
    [subject, kind, ever],
  );
}

/** Whoever asked for it or imported it: as an admin and as a person. */
export interface Excluded {
  readonly adminId: string;
  readonly userId: number;
}

/**
 * The first two approvers that are two different people and none of `notAlso`; undefined when
 * there are fewer.
 */
export function twoDifferentApprovers(
  approvals: readonly Approval[],
  options: { readonly notAlso: readonly Excluded[] },
): readonly [Approval, Approval] | undefined {
  // SECURITY: compared as people, not as accounts: a second account does not make a second person.
  const counted: Approval[] = [];
  for (const one of approvals) {
    const excluded = [...options.notAlso, ...counted].some(
      (other) => other.adminId === one.adminId || other.userId === one.userId,
    );
    if (!excluded) counted.push(one);
  }
  const [first, second] = counted;
  return first === undefined || second === undefined ? undefined : [first, second];
}
