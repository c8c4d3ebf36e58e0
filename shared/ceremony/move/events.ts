/**
 * What the host reports while survey keys move.
 * @module
 */
import type { Sealed } from '../../sealing/hpke.ts';
import type { MovedFile } from '../../bundle/moved-file.ts';
import type { MovePace, StayingKey } from '../types.ts';

/** What the host reports. */
export type MoveHostEvent =
  | {
      /** Every file of the package is there and whole. */
      readonly type: 'move-files-found';
      /** The stick, in words. */
      readonly description: string;
      /** Files that came back in earlier ceremonies with this package, each found on the stick. */
      readonly kept: readonly (MovedFile & {
        /** The id of that ceremony. */
        readonly madeIn: string;
        readonly staying: readonly StayingKey[];
      })[];
    }
  | { readonly type: 'move-measured'; readonly pace: MovePace }
  | {
      readonly type: 'move-proved';
      readonly indexes: readonly number[];
      /** Sealed for the version they move to; null: the package does not ask for it. */
      readonly organisationHalf: Sealed | null;
    }
  | {
      readonly type: 'file-moved';
      readonly file: MovedFile;
      /** SHA-256 of the file that went out, hex. */
      readonly from: string;
      readonly staying: readonly StayingKey[];
      /** How long it took. */
      readonly ms: number;
    }
  | { readonly type: 'moved-sealed' };
