/**
 * The plan of a share set, as the people agree on it in the ceremony.
 * @module
 */
import { mailAddress, name, z } from '../encoding/schema.ts';
import { MAX_CUSTODIANS } from '../sharing/envelope.ts';
import { IDENTITY_MEDIA, MEDIA_KINDS, mediaPolicySchema } from '../sharing/manifest.ts';

const person = z.strictObject({ name, medium: z.enum(IDENTITY_MEDIA) });
/** Whom sync tells of changes of the keys, if an address is given. The operator brings them. */
const toldPerson = person.extend({ mail: mailAddress.optional() });
const custodian = toldPerson.extend({ medium: z.enum(MEDIA_KINDS) });

export const planSchema = z.strictObject({
  /** `2026 A` */
  label: z.string().trim().min(1).max(40),
  threshold: z.int().min(2).max(MAX_CUSTODIANS),
  custodians: z.array(custodian).min(2).max(MAX_CUSTODIANS),
  operator: person,
  witness: toldPerson,
  page: z.enum(['A4', 'Letter']),
  /** The rule for the media of the shares; absent: none. */
  policy: mediaPolicySchema.optional(),
});
export type Plan = z.infer<typeof planSchema>;
