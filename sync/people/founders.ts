/**
 * The first two admins. They are made together, on the server's console, and neither can do
 * anything before both have a key.
 * @module
 */
import { z } from 'zod';
import {
  type Admin,
  type AdminEntry,
  adminByName,
  disableAdminIn,
  insertAdmin,
  listAdmins,
} from '../admins/admins.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { createEnrolment, lockFounding, type NewEnrolment } from './enrolments.ts';
import { refusePeople } from './refusals.ts';

/** Hours that the links of the first two are good. */
const FOUNDING_HOURS = 24;

export interface Founder {
  readonly admin: Admin;
  readonly enrolment: NewEnrolment;
}

/**
 * Makes the first two and a link for each. Two who were never active (a link expired, a wrong name)
 * are replaced.
 * @throws Refusal `first-exists`, `first-same`, `admin-no-such-user`
 */
export async function makeFounders(
  tx: Queryable,
  entries: readonly [AdminEntry, AdminEntry],
): Promise<[Founder, Founder]> {
  await lockFounding(tx);
  const [one, two] = entries;
  if (one.userId === two.userId || one.name.toLowerCase() === two.name.toLowerCase()) {
    throw refusePeople('first-same');
  }
  const before = await listAdmins(tx);
  // SECURITY: once there were admins, new ones come by two of them, never from the console.
  if (before.some((admin) => admin.activatedAt !== null)) throw refusePeople('first-exists');
  for (const admin of before) {
    if (admin.disabledAt === null) await disableAdminIn(tx, admin);
  }
  return [await makeFounder(tx, one), await makeFounder(tx, two)];
}

async function makeFounder(tx: Queryable, entry: AdminEntry): Promise<Founder> {
  const admin = await insertAdmin(tx, { ...entry, state: 'confirmed' });
  await appendEvent(tx, {
    type: 'admin-first',
    adminId: admin.id,
    facts: { name: admin.name, userId: admin.userId, roles: admin.roles },
  });
  const enrolment = await createEnrolment(tx, admin, {
    purpose: 'first',
    hours: FOUNDING_HOURS,
    by: null,
  });
  return { admin, enrolment };
}

/**
 * A new link for one of the first two whose own has ended before he used it.
 * @throws Refusal `admin-unknown`, `first-exists`
 */
export async function renewFounderLink(tx: Queryable, name: string): Promise<Founder> {
  await lockFounding(tx);
  const admin = await adminByName(tx, name);
  const { keys } = await tx.one(
    z.object({ keys: columns.integer }),
    'SELECT count(*) AS keys FROM conclave.authenticators WHERE admin_id = $1',
    [admin.id],
  );
  if (admin.state !== 'confirmed' || admin.invitedBy !== null || keys > 0) {
    throw refusePeople('first-exists');
  }
  const enrolment = await createEnrolment(tx, admin, {
    purpose: 'first',
    hours: FOUNDING_HOURS,
    by: null,
  });
  return { admin, enrolment };
}
