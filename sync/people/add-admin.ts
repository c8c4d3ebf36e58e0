/**
 * Makes an admin at once: for rehearsals and tests. In production admins come through invitations.
 * @module
 */
import type { Database } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { addIdentityKey } from './authenticators.ts';
import { type Admin, type AdminEntry, insertAdmin } from '../admins/admins.ts';
import { makeToken } from '../admins/token-rows.ts';

/**
 * Makes an active person with a token, which is returned once and kept as a hash only.
 * @param entry.identityKey raw Ed25519 key, 32 bytes, with which this person approves
 * @throws Refusal `admin-exists`, `admin-no-such-user`, `key-known`
 */
export async function addAdmin(
  database: Database,
  entry: AdminEntry & { readonly identityKey?: Uint8Array },
): Promise<{ readonly admin: Admin; readonly token: string }> {
  return database.transaction(async (tx) => {
    const admin = await insertAdmin(tx, { ...entry, state: 'active' });
    await appendEvent(tx, {
      type: 'admin-added',
      adminId: admin.id,
      facts: { name: admin.name, userId: admin.userId, roles: admin.roles },
    });
    if (entry.identityKey !== undefined) {
      await addIdentityKey(tx, admin, entry.identityKey, 'first key');
    }
    const { text } = await makeToken(tx, admin, { label: 'first token' });
    return { admin, token: text };
  });
}
