/**
 * The two admins whom the custodians name when all keys of all admins are lost: they take the place
 * of everybody, in one transaction.
 * @module
 */
import { z } from 'zod';
import type { NewAdmin, NewAdmins } from '../../shared/bundle/new-admins.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { disableAdminIn, insertAdmin, listAdmins } from '../admins/admins.ts';
import { refuseAdmin } from '../admins/refusals.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { addIdentityKey, findAuthenticator, fingerprint } from './authenticators.ts';
import { lockFounding } from './enrolments.ts';
import { refusePeople } from './refusals.ts';

const found = z.object({ found: columns.boolean });

/**
 * Whether both are people of CheckTick, with keys that were never registered here.
 * @throws Refusal `admin-no-such-user`, `key-known`
 */
export async function assertCanBeAdmins(on: Queryable, admins: NewAdmins): Promise<void> {
  for (const { userId, publicKey } of admins) {
    const user = await on.one(
      found,
      'SELECT EXISTS (SELECT FROM auth_user WHERE id = $1 AND is_active) AS found',
      [userId],
    );
    if (!user.found) throw refuseAdmin('admin-no-such-user', userId);
    const known = await findAuthenticator(on, fingerprint(hexToBytes(publicKey)));
    if (known !== undefined) throw refusePeople('key-known');
  }
}

/** Disables every admin, machines and open invitations too, and makes the two active. */
export async function replaceAdmins(
  tx: Queryable,
  admins: NewAdmins,
  bundleDigest: string,
): Promise<void> {
  await lockFounding(tx);
  for (const admin of await listAdmins(tx)) {
    if (admin.disabledAt === null) await disableAdminIn(tx, admin);
  }
  for (const entry of admins) await makeAdmin(tx, entry, bundleDigest);
}

async function makeAdmin(tx: Queryable, entry: NewAdmin, bundleDigest: string): Promise<void> {
  const { name, userId, roles, publicKey } = entry;
  const admin = await insertAdmin(tx, { name, userId, roles, state: 'active' });
  await appendEvent(tx, {
    type: 'admin-named',
    adminId: admin.id,
    subject: hexToBytes(bundleDigest),
    facts: { name, userId, roles },
  });
  await addIdentityKey(tx, admin, hexToBytes(publicKey), 'named by the custodians');
}

const state = z.object({ name: columns.text, key: columns.bytes });

/** Whether exactly these two are admins, each with the key that the bundle names. */
export async function areAdmins(on: Queryable, admins: NewAdmins): Promise<boolean> {
  const keys = await on.rows(
    state,
    `SELECT a.name, k.public_key AS key FROM conclave.authenticators k
       JOIN conclave.admins a ON a.id = k.admin_id
      WHERE a.state = 'active' AND k.revoked_at IS NULL AND k.kind = 'identity'`,
  );
  return admins.every(({ name, publicKey }) =>
    keys.some(
      (one) => one.name === name && Buffer.from(one.key).equals(Buffer.from(hexToBytes(publicKey))),
    ),
  );
}
