/**
 * Events of making a set, or a roster.
 * @module
 */
import { z } from '../../encoding/schema.ts';
import { planSchema } from '../../plan/set-plan.ts';
import type { Checks, PublicShare, RenewedKey } from '../types.ts';
import { rosterPlanSchema } from '../../plan/roster-plan.ts';

/** What a person can say. */
export const NEW_SET_EVENTS = [
  z.strictObject({ type: z.literal('plan'), plan: planSchema }),
  z.strictObject({ type: z.literal('roster-plan'), plan: rosterPlanSchema }),
  /** New shares: the package is opened to compare the vault component in it, and nothing is made. */
  z.strictObject({ type: z.literal('compare-only') }),
] as const;

/** What the host reports. */
export type NewSetHostEvent =
  | {
      readonly type: 'key-made';
      readonly componentId: string;
      readonly componentBytes: number;
      readonly checks: Checks;
      /** X-Wing, base64. */
      readonly escrowKey: string;
    }
  | {
      readonly type: 'component-split';
      readonly setId: string;
      readonly shares: readonly PublicShare[];
    }
  | ({ readonly type: 'key-renewed' } & RenewedKey)
  | { readonly type: 'quorum-proved'; readonly indexes: readonly number[] }
  | {
      readonly type: 'set-signed';
      readonly manifestDigest: string;
      readonly rosterDigest: string;
      readonly words: string;
    }
  | { readonly type: 'roster-signed'; readonly rosterDigest: string; readonly words: string };
