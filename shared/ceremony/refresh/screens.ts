/**
 * The screens that a refresh alone has.
 * @module
 */
import type { PageSize } from '../types.ts';

export type RefreshScreen =
  /** Who is here, whose share ends, what a refresh does and does not. Everybody agrees. */
  | {
      readonly screen: 'refresh-facts';
      readonly label: string;
      readonly keyVersion: string;
      /** Of the shares in use. */
      readonly generation: number;
      readonly threshold: number;
      readonly custodians: readonly { readonly index: number; readonly name: string }[];
      readonly operators: readonly string[];
      /** What was chosen before, when it comes back with a refusal. */
      readonly chosen: {
        readonly lives: readonly number[];
        readonly operator: string;
        readonly page: PageSize;
      } | null;
      readonly syncName: string;
    }
  /** Who comes next. */
  | {
      readonly screen: 'refresh-round';
      readonly generation: number;
      readonly shares: readonly {
        /** Of before. */
        readonly index: number;
        readonly name: string;
        readonly standing: 'done' | 'waiting' | 'ends';
      }[];
    }
  /** The bundle is made: the words of the refreshed set, for the witness. */
  | {
      readonly screen: 'refresh-ready';
      readonly label: string;
      readonly generation: number;
      readonly words: string;
      readonly digest: string;
      /** Where it was printed last, in words (null before), and on what. */
      readonly witnessPage: { readonly printed: string | null; readonly page: PageSize | null };
    }
  /** The share was read: another one is made of it. */
  | {
      readonly screen: 'refresh-share';
      readonly index: number;
      readonly count: number;
      readonly label: string;
      readonly generation: number;
    };
