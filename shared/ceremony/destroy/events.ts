/**
 * Events of a destruction alone.
 * @module
 */
import { name, z } from '../../encoding/schema.ts';
import { listId } from '../list-id.ts';

const reason = z.string().trim().min(3).max(500);

/** Characters of the number of a bag or strip. */
export const STRIP_LENGTH = 40;

/** What a person can say. */
export const DESTROY_EVENTS = [
  /** Destruction: everybody agrees. `backupsTried`: as rule 2 wants it where a set was replaced; of
   * a retired version: no backup that may hold survey keys under it is needed. */
  z.strictObject({
    type: z.literal('destruction'),
    witness: name,
    backupsTried: z.boolean(),
    /** Of a replaced set whose backups nobody tried: why not, and who answers for it with the witness. */
    untried: z.strictObject({ reason, by: name }).optional(),
  }),
  /**
   * Destruction of a replaced set: `by` and the witness say that the last backup with the old half is
   * gone since that day, `2026-05-03`.
   */
  z.strictObject({ type: z.literal('backups-gone'), on: z.iso.date(), by: name }),
  z.strictObject({ type: z.literal('erase-slot'), id: listId }),
  /**
   * A sheet, a stick, an envelope: everybody saw it destroyed. `strip`: the number of the bag or strip
   * that it was in, as it was read from that.
   */
  z.strictObject({
    type: z.literal('destroyed'),
    id: listId,
    strip: z
      .string()
      .trim()
      .min(1)
      .max(STRIP_LENGTH)
      .refine((text) => !/\p{Cc}|\p{Cf}/u.test(text))
      .optional(),
  }),
  /** The file of a share is removed from its stick, which is looked at again once it was taken out. */
  z.strictObject({ type: z.literal('remove-file'), id: listId, volumeId: listId }),
  z.strictObject({ type: z.literal('leave-slot'), id: listId, reason }),
  /** Destruction of legacy shares: files that were left behind, on a stick or in a folder. */
  z.strictObject({
    type: z.literal('look-for-files'),
    volumeId: listId.nullable(),
    folder: z.string().trim().min(1).max(1_000).nullable(),
  }),
] as const;

/** What the host reports. */
export type DestroyHostEvent =
  | {
      readonly type: 'slot-erased';
      /** Of the thing in the state. */
      readonly id: string;
      readonly serial: number;
      readonly slot: 1 | 2;
      /** As it was before. */
      readonly found: 'configured' | 'empty';
      /** It was configured, and answered as the secret that was drawn for the share does. */
      readonly proved: boolean;
      /** Read from the key afterwards. */
      readonly isEmpty: boolean;
    }
  /** Files of that share were removed from a stick, `where`. */
  | {
      readonly type: 'share-file-removed';
      /** Of the thing in the state. */
      readonly id: string;
      readonly volumeId: string;
      readonly where: string;
      readonly files: readonly string[];
    }
  /** The stick was opened again: files of that share that are there. */
  | {
      readonly type: 'share-file-looked-for';
      readonly id: string;
      readonly files: readonly string[];
    }
  | {
      readonly type: 'leftovers-found';
      /** `stick HOME-1`, or a folder. */
      readonly where: string;
      readonly files: readonly string[];
      /** Names that were read. */
      readonly looked: number;
      /** All that are there. */
      readonly complete: boolean;
    };
