/**
 * The people who run sync: named, with roles, each bound to one user of CheckTick.
 * @module
 */
import { z } from 'zod';
import type { Refusal } from '../../shared/refusal.ts';
import { columns } from '../database/columns.ts';
import type { Database, Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { errorCode } from '../database/errors.ts';
import { refuseAdmin } from './refusals.ts';
import { createToken, parseToken, sameHash } from './tokens.ts';

/** operator: requests and imports; approver: approves; auditor: reads. One person may have several. */
export const ROLES = ['operator', 'approver', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export interface Admin {
  /** uuid */
  readonly id: string;
  readonly name: string;
  /** The person in CheckTick (`auth_user.id`). */
  readonly userId: number;
  readonly roles: readonly Role[];
  readonly disabledAt: Date | null;
}

const SELECT = `SELECT id, name, user_id AS "userId", roles, disabled_at AS "disabledAt"`;
const admin = z.object({
  id: columns.uuid,
  name: columns.text,
  userId: columns.integer,
  roles: z.array(z.enum(ROLES)),
  disabledAt: columns.time.nullable(),
});
const adminWithHash = admin.extend({ hash: columns.bytes });

/**
 * Makes an admin and the token, which is returned once and kept as a hash only.
 * @throws Refusal `admin-exists`, `admin-no-such-user`
 */
export async function addAdmin(
  database: Database,
  entry: { readonly name: string; readonly userId: number; readonly roles: readonly Role[] },
): Promise<{ readonly admin: Admin; readonly token: string }> {
  const { text, stored } = createToken();
  try {
    return await database.transaction(async (tx) => {
      const added = await tx.one(
        admin,
        `INSERT INTO conclave.admins (name, user_id, roles, token_prefix, token_hash)
         VALUES ($1, $2, $3, $4, $5)
         RETURNING id, name, user_id AS "userId", roles, disabled_at AS "disabledAt"`,
        [entry.name, entry.userId, [...new Set(entry.roles)], stored.prefix, stored.hash],
      );
      await appendEvent(tx, {
        type: 'admin-added',
        adminId: added.id,
        facts: { name: added.name, userId: added.userId, roles: added.roles },
      });
      return { admin: added, token: text };
    });
  } catch (cause) {
    throw toRefusal(cause, entry.userId) ?? cause;
  }
}

function toRefusal(cause: unknown, userId: number): Refusal | undefined {
  if (errorCode(cause) === '23503') return refuseAdmin('admin-no-such-user', userId);
  if (errorCode(cause) !== '23505') return undefined;
  const constraint = z.object({ constraint: z.string() }).safeParse(cause).data?.constraint;
  return refuseAdmin(
    'admin-exists',
    constraint === 'admins_active_user' ? 'CheckTick user' : 'name',
  );
}

/** All admins, the disabled ones too, by name. */
export async function listAdmins(on: Queryable): Promise<Admin[]> {
  return on.rows(admin, `${SELECT} FROM conclave.admins ORDER BY disabled_at NULLS FIRST, name`);
}

export async function findAdmin(on: Queryable, id: string): Promise<Admin | undefined> {
  return on.maybe(admin, `${SELECT} FROM conclave.admins WHERE id = $1`, [id]);
}

/** Ends an admin's access at once. The row stays: approvals refer to it. */
export async function disableAdmin(database: Database, name: string): Promise<Admin> {
  return database.transaction(async (tx) => {
    const found = await tx.maybe(
      admin,
      `UPDATE conclave.admins SET disabled_at = clock_timestamp()
        WHERE lower(name) = lower($1) AND disabled_at IS NULL
        RETURNING id, name, user_id AS "userId", roles, disabled_at AS "disabledAt"`,
      [name],
    );
    if (found === undefined) throw refuseAdmin('admin-unknown', name);
    await appendEvent(tx, {
      type: 'admin-disabled',
      adminId: found.id,
      facts: { name: found.name },
    });
    return found;
  });
}

/** The admin whose token this is; undefined for every other text, and for a disabled admin. */
export async function authenticate(on: Queryable, text: string): Promise<Admin | undefined> {
  const given = parseToken(text);
  if (given === undefined) return undefined;
  const row = await on.maybe(
    adminWithHash,
    `${SELECT}, token_hash AS hash FROM conclave.admins WHERE token_prefix = $1`,
    [given.prefix],
  );
  if (row === undefined || !sameHash(row.hash, given.hash) || row.disabledAt !== null) {
    return undefined;
  }
  const { hash: _hash, ...found } = row;
  return found;
}
