/**
 * The screens of a destruction: what is over and what is left of it, who destroys it, what is gone.
 * @module
 */
import type { MediumKind } from '../../sharing/manifest.ts';
import type { Looked, Progress } from '../types.ts';

export type DestroyScreen =
  /** Destruction: what is over, and what is left of it. Everybody agrees before anybody destroys. */
  | {
      readonly screen: 'destruction';
      /** Of an adoption that came to nothing: its shares were split from the key in use. */
      readonly ofKeyInUse: boolean;
      readonly label: string;
      readonly standing: 'void' | 'superseded' | 'refreshed' | 'retired' | 'legacy';
      readonly supersededBy: string | null;
      /** Who watched the split; may be somebody else now. */
      readonly witness: string;
      readonly things: readonly ThingShown[];
    }
  /** Destruction: who sits down next, or nobody any more today. */
  | {
      readonly screen: 'destroyers';
      readonly waiting: readonly {
        readonly index: number;
        readonly name: string;
        /** Things that are left. */
        readonly left: number;
        /** `share 2, 3 things left`, `legacy share 2 of 4` */
        readonly has: string;
      }[];
      readonly progress: Progress;
      readonly witness: string;
      /** Of legacy shares: where leftover files were looked for. Null: none are. */
      readonly looked: readonly Looked[] | null;
      /** Of a replaced set: whether two people said that the last backup is gone. Null: not asked. */
      readonly backups: {
        readonly gone: { readonly on: string; readonly by: string } | null;
      } | null;
    }
  /** Destruction: what this custodian destroys, one thing after another. */
  | {
      readonly screen: 'destroy';
      readonly index: number;
      readonly count: number;
      readonly label: string;
      /** `share 2 of 4 of the set 2024 A`, `legacy share 2 of 4` */
      readonly piece: string;
      readonly things: readonly ThingShown[];
    }
  | {
      readonly screen: 'destroyed';
      readonly gone: readonly string[];
      readonly left: readonly string[];
      readonly words: string;
      /** What still opens an adopted key; null: it is not about that. */
      readonly legacy: string | null;
      readonly looked: readonly Looked[];
    };

/** One thing that is to be destroyed. */
export type ThingShown = {
  readonly id: string;
  readonly index: number;
  readonly custodian: string;
  /** `slot 2 of the YubiKey 5C NFC 12345678`, `A4 sheet 1` */
  readonly words: string;
  readonly gone: boolean;
} & (
  | {
      readonly what: 'medium';
      readonly kind: MediumKind;
      /**
       * Of its file on a stick: may be removed here, the stick is to be taken out and put back, it was
       * gone then. Null: it has none, or it could be that of a share in use.
       */
      readonly file: 'there' | 'reopen' | 'gone' | null;
    }
  | { readonly what: 'legacy' }
  | {
      readonly what: 'slot';
      /** Null: nobody here knows which one. */
      readonly slot: 1 | 2 | null;
      readonly programmed: boolean;
      /** The log has the verifier of its secret: no other one is erased. */
      readonly isKnown: boolean;
      /** Why Conclave does not erase it; null: it does. */
      readonly notErased: 'unknown' | 'unnamed' | 'in-use' | null;
    }
);
