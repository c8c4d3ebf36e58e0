/**
 * Events that most ceremonies have: what is loaded before anybody sits down, what comes out at the
 * end, and what may happen at any time.
 * @module
 */
import type { AdoptFound } from '../bundle/adopt.ts';
import type { PackageKind } from '../bundle/package.ts';
import type { Outcome } from '../bundle/receipt.ts';
import { z } from '../encoding/schema.ts';
import type { UnsealKeys } from '../ledger/duties.ts';
import type { RefusalNote } from '../refusal.ts';
import type { CeremonyPlan } from '../plan/plan.ts';
import type {
  DrillPackageFacts,
  MovePackageFacts,
  VersionChangePackageFacts,
  OrganisationPackageFacts,
  RecoverPackageFacts,
  RefreshPackageFacts,
  RosterPackageFacts,
  RotatePackageFacts,
} from './package-facts.ts';
import type { Finding } from './types.ts';
import { listId } from './list-id.ts';

/** What a person can say. */
export const COMMON_EVENTS = [
  z.strictObject({ type: z.literal('choose-document'), id: listId }),
  z.strictObject({ type: z.literal('words'), words: z.string().max(200) }),
  /** A plan that was prepared, from a stick. */
  z.strictObject({ type: z.literal('load-plan'), id: listId }),
  z.strictObject({ type: z.literal('clock'), agrees: z.boolean() }),
  z.strictObject({ type: z.literal('check-again') }),
  z.strictObject({ type: z.literal('agree') }),
  z.strictObject({ type: z.literal('exception'), text: z.string().trim().min(3).max(2000) }),
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('resume') }),
  /** Ends a ceremony that has no bundle yet; the word VOID was typed. */
  z.strictObject({ type: z.literal('abandon'), reason: z.string().trim().min(3).max(500) }),
  /** The one primary button of a screen that asks nothing. */
  z.strictObject({ type: z.literal('continue') }),
] as const;

/** What the host reports. */
export type CommonHostEvent =
  | {
      readonly type: 'plan-loaded';
      readonly plan: CeremonyPlan;
      /** SHA-256 of its file in hex. */
      readonly digest: string;
      readonly now: string;
      /** How many printers this laptop finds. */
      readonly printers: number;
      /** Who unseals Vault, as it was said on this laptop; null: nobody said it. */
      readonly unsealKeys: UnsealKeys | null;
    }
  | {
      readonly type: 'descriptor-loaded';
      readonly digest: string;
      readonly audience: string;
      readonly publicKey: string;
      readonly name: string;
      /** It was confirmed on this laptop before. */
      readonly trusted: boolean;
    }
  | {
      readonly type: 'package-loaded';
      readonly kind: PackageKind;
      readonly digest: string;
      readonly nonce: string;
      readonly epoch: number;
      readonly expiresAt: string;
      readonly keyVersion: string;
      /** Recoveries only. */
      readonly recover: RecoverPackageFacts | null;
      /** Change of the roster only. */
      readonly roster: RosterPackageFacts | null;
      /** Adoption only. */
      readonly adopt?: { readonly ticketId: string; readonly found: AdoptFound };
      /** Drill only. */
      readonly drill?: DrillPackageFacts;
      /** Another active version, or the end of one. */
      readonly versionChange?: VersionChangePackageFacts;
      /** An owner without passphrase only. */
      readonly organisation?: OrganisationPackageFacts;
      /** Survey keys that move only. */
      readonly move?: MovePackageFacts;
      /** New shares only. */
      readonly rotate?: RotatePackageFacts;
      /** Refresh only. */
      readonly refresh?: RefreshPackageFacts;
    }
  | {
      readonly type: 'environment-checked';
      readonly findings: readonly Finding[];
      readonly now: string;
    }
  | { readonly type: 'package-opened' }
  | {
      readonly type: 'witness-page-printed';
      readonly description: string;
      /** The transcript's head that is on it. */
      readonly head: string;
      readonly warning: RefusalNote | null;
    }
  | {
      readonly type: 'bundle-made';
      readonly digest: string;
      readonly words: string;
      readonly signedEntries: number;
      /** Of a full drill: from the beginning to the bundle. */
      readonly wholeMs?: number;
    }
  | { readonly type: 'bundle-saved'; readonly description: string }
  | {
      readonly type: 'receipt-imported';
      readonly digest: string;
      readonly outcome: Outcome;
      readonly statement: string;
    }
  /** An effect was refused; the state stays where it was, with the refusal on the screen. */
  | { readonly type: 'refused'; readonly note: RefusalNote }
  /** Somebody closed an entry window: not an error. */
  | { readonly type: 'entry-cancelled' };
