/**
 * The screens of a drill.
 * @module
 */
import type { ShareFailure } from '../../bundle/drill.ts';
import type { FullDrillFailure } from '../../bundle/full-drill.ts';
import type { MediumKind } from '../../sharing/manifest.ts';

export type DrillScreen =
  /** What is proved, and what a drill does not do. Everybody agrees before the first share. */
  | {
      readonly screen: 'drill-facts';
      readonly label: string;
      readonly keyVersion: string;
      readonly threshold: number;
      readonly count: number;
      readonly custodians: readonly string[];
      readonly syncName: string;
      /** The shares are put together, and open a test escrow. */
      readonly full: boolean;
      /** Without sync, on this laptop's word. */
      readonly byWord: boolean;
    }
  /** Who comes next, or nobody more. */
  | {
      readonly screen: 'drill-round';
      readonly threshold: number;
      readonly full: boolean;
      readonly byWord: boolean;
      readonly shares: readonly {
        readonly index: number;
        readonly name: string;
        /** Read, and it has signed: from which kind of medium. Null: not yet. */
        readonly proved: MediumKind | null;
        /** Called, and not proved. Null: not called yet, or proved. */
        readonly failed: ShareFailure | null;
      }[];
    }
  /** A full drill: enough shares are there. */
  | {
      readonly screen: 'test-escrow';
      /** Numbers of the shares that are put together. */
      readonly shares: readonly number[];
      /** It was tried, and why it did not open. */
      readonly refused: FullDrillFailure | null;
      /** It opened: `4 minutes 3 seconds (target: less than 15 minutes; met)`. */
      readonly restored: string | null;
    }
  /** Without sync: what was read, and that sync does not know of it. */
  | {
      readonly screen: 'drill-checked';
      readonly label: string;
      /** Numbers of the shares that were read. */
      readonly read: readonly number[];
      readonly failed: readonly number[];
      /** The transcript's head. */
      readonly words: string;
    };
