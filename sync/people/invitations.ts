/**
 * How somebody becomes an admin: invited by one, confirmed by a second, neither of them himself.
 *
 * The new person needs two things to register a key: the link from the admin who confirmed, and
 * the code from the admin who invited. So neither of the two can sit down in his place alone.
 * @module
 */
import { z } from 'zod';
import { type Admin, type AdminEntry, findAdmin, insertAdmin } from '../admins/admins.ts';
import { refuseAdmin } from '../admins/refusals.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { createSpokenCode } from './codes.ts';
import { createEnrolment, type NewEnrolment } from './enrolments.ts';
import { refusePeople } from './refusals.ts';

/** Hours that the link of a confirmed invitation is good. */
const INVITATION_HOURS = 72;

const clash = z.object({ name: columns.boolean });

/**
 * Refuses, before anybody signs anything, what {@link inviteAdmin} would refuse.
 * @throws Refusal `invite-self`, `admin-exists`, `admin-no-such-user`
 */
export async function checkInvitation(on: Queryable, by: Admin, entry: AdminEntry): Promise<void> {
  // SECURITY: a second account would make one person two approvers.
  if (entry.userId === by.userId) throw refusePeople('invite-self');
  const other = await on.rows(
    clash,
    `SELECT lower(name) = lower($1) AS name FROM conclave.admins
      WHERE disabled_at IS NULL AND (lower(name) = lower($1) OR user_id = $2)`,
    [entry.name, entry.userId],
  );
  const [first] = other;
  if (first !== undefined) {
    throw refuseAdmin('admin-exists', first.name ? 'name' : 'CheckTick user');
  }
  const known = await on.maybe(
    z.object({ id: columns.integer }),
    'SELECT id FROM public.auth_user WHERE id = $1 AND is_active',
    [entry.userId],
  );
  if (known === undefined) throw refuseAdmin('admin-no-such-user', entry.userId);
}

/**
 * Adds a person who is `invited`. `by` has shown with a key that it is he who invites.
 * @throws Refusal `invite-self`, `admin-exists`, `admin-no-such-user`
 */
export async function inviteAdmin(tx: Queryable, by: Admin, entry: AdminEntry): Promise<Admin> {
  await checkInvitation(tx, by, entry);
  const admin = await insertAdmin(tx, { ...entry, state: 'invited', invitedBy: by.id });
  await appendEvent(tx, {
    type: 'admin-invited',
    adminId: by.id,
    facts: { admin: admin.id, name: admin.name, userId: admin.userId, roles: admin.roles },
  });
  return admin;
}

/**
 * The invited person as he stands, locked, if `by` may confirm him.
 * @throws Refusal `admin-unknown`, `invite-state`, `invite-self`
 */
export async function checkConfirmation(
  tx: Queryable,
  by: Admin,
  adminId: string,
): Promise<{ readonly admin: Admin; readonly inviter: Admin }> {
  await tx.run('SELECT 1 FROM conclave.admins WHERE id = $1 FOR UPDATE', [adminId]);
  const admin = await findAdmin(tx, adminId);
  if (admin === undefined) throw refuseAdmin('admin-unknown', adminId);
  const inviter = admin.invitedBy === null ? undefined : await findAdmin(tx, admin.invitedBy);
  // Whoever was disabled since does not count as the first of two.
  if (admin.state !== 'invited' || inviter?.state !== 'active') {
    throw refusePeople('invite-state', admin.name);
  }
  // SECURITY: compared as people, not as accounts.
  for (const other of [inviter, admin]) {
    if (other.id === by.id || other.userId === by.userId) throw refusePeople('invite-self');
  }
  return { admin, inviter };
}

/**
 * The second admin's part. `by` has shown with a key that it is he who confirms.
 * @throws Refusal `admin-unknown`, `invite-state`, `invite-self`
 */
export async function confirmAdmin(tx: Queryable, by: Admin, adminId: string): Promise<Admin> {
  const { admin } = await checkConfirmation(tx, by, adminId);
  await tx.run(`UPDATE conclave.admins SET state = 'confirmed', confirmed_by = $2 WHERE id = $1`, [
    admin.id,
    by.id,
  ]);
  await appendEvent(tx, {
    type: 'admin-confirmed',
    adminId: by.id,
    facts: { admin: admin.id, name: admin.name },
  });
  return { ...admin, state: 'confirmed', confirmedBy: by.id };
}

/**
 * The inviting admin's half: a code that he reads out to the person he invited. Made anew each
 * time; the one before it is void.
 * @throws Refusal `invite-half`, `invite-state`
 */
export async function invitationCode(tx: Queryable, by: Admin, adminId: string): Promise<string> {
  const admin = await invitedAdmin(tx, adminId);
  if (admin.invitedBy !== by.id) throw refusePeople('invite-half', 'code', 'invited');
  const { text, hash } = createSpokenCode();
  await tx.run('UPDATE conclave.admins SET invite_hash = $2 WHERE id = $1', [admin.id, hash]);
  await appendEvent(tx, {
    type: 'invitation-code',
    adminId: by.id,
    facts: { admin: admin.id, name: admin.name },
  });
  return text;
}

/**
 * The confirming admin's half: the link that he hands over. Made anew each time; the one before it
 * is void.
 * @throws Refusal `invite-half`, `invite-state`
 */
export async function invitationLink(
  tx: Queryable,
  by: Admin,
  adminId: string,
): Promise<NewEnrolment> {
  const admin = await invitedAdmin(tx, adminId);
  if (admin.state !== 'confirmed') throw refusePeople('invite-state', admin.name);
  if (admin.confirmedBy !== by.id) throw refusePeople('invite-half', 'link', 'confirmed');
  return createEnrolment(tx, admin, { purpose: 'first', hours: INVITATION_HOURS, by });
}

async function invitedAdmin(tx: Queryable, adminId: string): Promise<Admin> {
  const admin = await findAdmin(tx, adminId);
  if (admin === undefined) throw refuseAdmin('admin-unknown', adminId);
  if (admin.invitedBy === null || (admin.state !== 'invited' && admin.state !== 'confirmed')) {
    throw refusePeople('invite-state', admin.name);
  }
  return admin;
}
