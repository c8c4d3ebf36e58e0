/**
 * The two admins whom a roster bundle names when all keys of all admins of sync are lost.
 * @module
 */
import { name, publicKey, rowId, z } from '../encoding/schema.ts';

/** operator: requests and imports; approver: approves; auditor: reads. One person may have several. */
export const ADMIN_ROLES = ['operator', 'approver', 'auditor'] as const;
export type AdminRole = (typeof ADMIN_ROLES)[number];

export const newAdmin = z.strictObject({
  /** The person in CheckTick (`auth_user.id`). */
  userId: rowId,
  name,
  roles: z.array(z.enum(ADMIN_ROLES)).min(1).max(ADMIN_ROLES.length),
  /** Ed25519 key of the personal identity with which he signs in. */
  publicKey,
});
export type NewAdmin = z.infer<typeof newAdmin>;

const differ = (values: readonly (string | number)[]) => new Set(values).size === values.length;

/**
 * Exactly two, who are two people. Both approve: inviting the next admin takes one approver and
 * confirming him takes the other.
 */
export const newAdmins = z
  .tuple([newAdmin, newAdmin])
  .refine(
    (both) =>
      differ(both.map(({ userId }) => userId)) &&
      differ(both.map(({ name: who }) => who.toLowerCase())) &&
      differ(both.map(({ publicKey: key }) => key)) &&
      both.every(({ roles }) => roles.includes('approver') && differ(roles)),
  );
export type NewAdmins = z.infer<typeof newAdmins>;
