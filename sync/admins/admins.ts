/**
 * The people (and machines) who run sync: named, with roles, each bound to one user of CheckTick.
 * @module
 */
import { z } from 'zod';
import { Refusal } from '../../shared/refusal.ts';
import { PRESENT } from '../database/clock.ts';
import { columns } from '../database/columns.ts';
import type { Database, Queryable, SqlValue } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { constraintOf, errorCode } from '../database/errors.ts';
import { refuseAdmin } from './refusals.ts';

/**
 * operator: requests and imports; approver: approves; auditor: reads; escrower: stores survey keys,
 * for CheckTick itself. One person may have several.
 */
export const ROLES = ['operator', 'approver', 'auditor', 'escrower'] as const;
export type Role = (typeof ROLES)[number];

/** Only `active` admins can sign in. `disabled` is for ever: the person is invited anew. */
export const ADMIN_STATES = ['invited', 'confirmed', 'active', 'disabled'] as const;
export type AdminState = (typeof ADMIN_STATES)[number];

export interface Admin {
  /** uuid */
  readonly id: string;
  readonly name: string;
  /** The person in CheckTick (`auth_user.id`). */
  readonly userId: number;
  readonly roles: readonly Role[];
  /** A machine signs in with a certificate and never approves. */
  readonly kind: 'person' | 'machine';
  readonly state: AdminState;
  /** Is told of approvals that wait. */
  readonly onCall: boolean;
  /** Admin ids; null for the first two, and for machines. */
  readonly invitedBy: string | null;
  readonly confirmedBy: string | null;
  /** When the first key came; null: was never active. */
  readonly activatedAt: Date | null;
  readonly disabledAt: Date | null;
}

/** The columns of an {@link Admin}, of `conclave.admins AS a`. */
export const ADMIN_COLUMNS = `a.id, a.name, a.user_id AS "userId", a.roles, a.kind, a.state,
  a.on_call AS "onCall", a.invited_by AS "invitedBy", a.confirmed_by AS "confirmedBy",
  a.activated_at AS "activatedAt", a.disabled_at AS "disabledAt"`;
export const adminRow = z.object({
  id: columns.uuid,
  name: columns.text,
  userId: columns.integer,
  roles: z.array(z.enum(ROLES)),
  kind: z.enum(['person', 'machine']),
  state: z.enum(ADMIN_STATES),
  onCall: columns.boolean,
  invitedBy: columns.uuid.nullable(),
  confirmedBy: columns.uuid.nullable(),
  activatedAt: columns.time.nullable(),
  disabledAt: columns.time.nullable(),
});

/** What a new admin is. */
export interface AdminEntry {
  readonly name: string;
  /** `auth_user.id` */
  readonly userId: number;
  readonly roles: readonly Role[];
}

/**
 * Adds the row alone; who may do that, and what it needs besides, is the caller's.
 * @throws Refusal `admin-exists`, `admin-no-such-user`
 */
export async function insertAdmin(
  tx: Queryable,
  entry: AdminEntry & {
    readonly kind?: Admin['kind'];
    readonly state: Exclude<AdminState, 'disabled'>;
    readonly invitedBy?: string;
    /** SHA-256 of the code that the inviting admin hands over, 32 bytes. */
    readonly inviteHash?: Uint8Array;
  },
): Promise<Admin> {
  try {
    return await tx.one(
      adminRow,
      `INSERT INTO conclave.admins AS a
         (name, user_id, roles, kind, state, invited_by, invite_hash, activated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $5 = 'active' THEN ${PRESENT} END)
       RETURNING ${ADMIN_COLUMNS}`,
      [
        entry.name,
        entry.userId,
        [...new Set(entry.roles)],
        entry.kind ?? 'person',
        entry.state,
        entry.invitedBy ?? null,
        entry.inviteHash ?? null,
      ],
    );
  } catch (cause) {
    throw toRefusal(cause, entry.userId) ?? cause;
  }
}

function toRefusal(cause: unknown, userId: number): Refusal | undefined {
  if (errorCode(cause) === '23503') return refuseAdmin('admin-no-such-user', userId);
  if (errorCode(cause) !== '23505') return undefined;
  return refuseAdmin(
    'admin-exists',
    constraintOf(cause) === 'admins_active_user' ? 'CheckTick user' : 'name',
  );
}

/** All admins, the disabled ones too, by name. */
export async function listAdmins(on: Queryable): Promise<Admin[]> {
  return on.rows(
    adminRow,
    `SELECT ${ADMIN_COLUMNS} FROM conclave.admins a ORDER BY disabled_at NULLS FIRST, name`,
  );
}

export async function findAdmin(on: Queryable, id: string): Promise<Admin | undefined> {
  return on.maybe(adminRow, `SELECT ${ADMIN_COLUMNS} FROM conclave.admins a WHERE id = $1`, [id]);
}

/** @throws Refusal `admin-unknown` when there is no admin of this name who is not disabled */
export async function adminByName(on: Queryable, name: string): Promise<Admin> {
  const found = await on.maybe(
    adminRow,
    `SELECT ${ADMIN_COLUMNS} FROM conclave.admins a
      WHERE lower(name) = lower($1) AND disabled_at IS NULL`,
    [name],
  );
  if (found === undefined) throw refuseAdmin('admin-unknown', name);
  return found;
}

/**
 * Ends an admin's access at once, sessions and tokens too, inside the caller's transaction. The
 * row stays: approvals refer to it.
 * @throws Refusal `admin-unknown`
 */
export async function disableAdminIn(
  tx: Queryable,
  admin: Pick<Admin, 'id' | 'name'>,
  by?: { readonly id: string },
): Promise<Admin> {
  const disabled = await tx.maybe(
    adminRow,
    `UPDATE conclave.admins a SET state = 'disabled', disabled_at = ${PRESENT}
      WHERE id = $1 AND disabled_at IS NULL RETURNING ${ADMIN_COLUMNS}`,
    [admin.id],
  );
  if (disabled === undefined) throw refuseAdmin('admin-unknown', admin.name);
  const own: readonly SqlValue[] = [admin.id];
  for (const change of [
    `conclave.sessions SET ended_at = ${PRESENT} WHERE admin_id = $1 AND ended_at IS NULL`,
    `conclave.tokens SET revoked_at = ${PRESENT} WHERE admin_id = $1 AND revoked_at IS NULL`,
    `conclave.enrolments SET used_at = ${PRESENT} WHERE admin_id = $1 AND used_at IS NULL`,
    `conclave.challenges SET used_at = ${PRESENT} WHERE admin_id = $1 AND used_at IS NULL`,
  ]) {
    await tx.run(`UPDATE ${change}`, own);
  }
  await appendEvent(tx, {
    type: 'admin-disabled',
    adminId: by?.id ?? admin.id,
    facts: { name: disabled.name, userId: disabled.userId },
  });
  return disabled;
}

/** From the server's console, where one is enough: stopping must be easy. */
export async function disableAdmin(database: Database, name: string): Promise<Admin> {
  return database.transaction(async (tx) => disableAdminIn(tx, await adminByName(tx, name)));
}
