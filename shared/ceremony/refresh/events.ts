/**
 * Events of a refresh alone.
 * @module
 */
import { name, z } from '../../encoding/schema.ts';
import { MAX_CUSTODIANS } from '../../sharing/envelope.ts';
import type { PublicShare } from '../types.ts';

/** What a person can say. */
export const REFRESH_EVENTS = [
  /** Refresh: whose shares live on (by number), who leads, and on what paper. */
  z.strictObject({
    type: z.literal('refresh-agree'),
    lives: z.array(z.int().min(1).max(MAX_CUSTODIANS)).min(1).max(MAX_CUSTODIANS),
    operator: name,
    page: z.enum(['A4', 'Letter']),
  }),
] as const;

/** What the host reports. */
export type RefreshHostEvent =
  /** `roster`: the digest of the one that comes with the refreshed set. */
  | { readonly type: 'refresh-drawn'; readonly roster: string }
  | {
      readonly type: 'share-refreshed';
      /** The number of the share before. */
      readonly before: number;
      readonly share: PublicShare;
    }
  | { readonly type: 'refreshed-signed' };
