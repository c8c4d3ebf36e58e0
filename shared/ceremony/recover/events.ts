/**
 * What a quorum opens: of one person, of an organisation, of a drill.
 * @module
 */
import type { OrganisationMoved } from '../../bundle/organisation.ts';
import type { OpenedStored } from '../../bundle/sealed-escrow.ts';
import { name, z } from '../../encoding/schema.ts';
import type { FoundEmail } from './found-email.ts';

/** What a person can say. */
export const OPEN_EVENTS = [
  /** The owner of the organisation is there, and types or makes up its passphrase now. */
  z.strictObject({ type: z.literal('owner'), by: name }),
  /** Recover: what the room decides about the escrowed address. */
  z.strictObject({
    type: z.literal('escrowed-email'),
    decision: z.enum(['go-on', 'stop']),
    reason: z.string().trim().max(500).optional(),
  }),
  /** A full drill: the test escrow does not open, and that is what is written down. */
  z.strictObject({ type: z.literal('leave-test-escrow') }),
] as const;

/** What the host reports. */
export type OpenHostEvent =
  | {
      readonly type: 'test-escrow-opened';
      readonly indexes: readonly number[];
      /** By the key in it: Ed25519, in hex. */
      readonly signature: string;
      readonly at: number;
    }
  | {
      readonly type: 'kek-opened';
      readonly indexes: readonly number[];
      readonly email: FoundEmail;
      /** Null: of CheckTick's own kind. */
      readonly escrow: OpenedStored | null;
    }
  | ({
      readonly type: 'surveys-wrapped';
      readonly indexes: readonly number[];
    } & Pick<OrganisationMoved, 'moved' | 'unopened'>);
