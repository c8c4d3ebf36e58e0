/**
 * The plan of a new roster, as it comes from the screen.
 * @module
 */
import { ADMIN_ROLES } from '../bundle/new-admins.ts';
import { mailAddress, name, rowId, z } from '../encoding/schema.ts';
import { ROLES } from '../identity/roster.ts';
import { IDENTITY_MEDIA, PLAIN_MEDIA } from '../sharing/manifest.ts';

/** Who takes part from now on. `medium` null: keeps the key that the roster lists. */
export const rosterPlanSchema = z.strictObject({
  people: z
    .array(
      z.strictObject({
        name,
        roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length),
        medium: z.enum(IDENTITY_MEDIA).nullable(),
        /** Absent: as the roster has it, or none for who comes in. Null: none any more. */
        mail: mailAddress.nullable().optional(),
      }),
    )
    .min(1)
    .max(64),
  /** Who become the admins of sync, when the package asks for them. */
  admins: z
    .array(
      z.strictObject({
        name,
        userId: rowId,
        roles: z.array(z.enum(ADMIN_ROLES)).min(1).max(ADMIN_ROLES.length),
        medium: z.enum(PLAIN_MEDIA),
      }),
    )
    .length(2)
    .nullable(),
  page: z.enum(['A4', 'Letter']),
});
export type RosterPlan = z.infer<typeof rosterPlanSchema>;
