/**
 * Events of an adoption alone.
 * @module
 */
import { COMPONENT_PLACES } from '../../bundle/adopt.ts';
import { MAX_SHARES } from '../../checktick/legacy/combine.ts';
import { name, z } from '../../encoding/schema.ts';
import type { Checks, LegacyJudgement, LegacyProof } from '../types.ts';
import { listId } from '../list-id.ts';

/** How legacy shares come in. `openssl`: the files of the procedure with a YubiKey's PIV. */
export const LEGACY_WAYS = ['file', 'code', 'typed', 'openssl'] as const;
export type LegacyWay = (typeof LEGACY_WAYS)[number];

/** What a person can say. */
export const ADOPT_EVENTS = [
  /** Adopt: how the component was split. Null: never; one person has it whole. */
  z.strictObject({
    type: z.literal('legacy-split'),
    split: z
      .strictObject({ threshold: z.int().min(2).max(255), count: z.int().min(2).max(255) })
      .refine(({ threshold, count }) => threshold <= count)
      .nullable(),
    /** In a rehearsal: everybody says that they were made for practice. Nothing in one tells. */
    practice: z.literal(true).optional(),
  }),
  /** Adopt: somebody gives a legacy share, a file with several, or the whole component. */
  z.strictObject({
    type: z.literal('legacy-give'),
    by: name,
    how: z.enum(LEGACY_WAYS),
  }),
  /** Adopt: what has this name on the list was not right, or is to be given again. */
  z.strictObject({ type: z.literal('legacy-take-back'), id: z.int().min(1).max(65_535) }),
  /** Adopt: back to the shares. */
  z.strictObject({ type: z.literal('legacy-more') }),
  /**
   * Adopt: one of two people answers for what nothing proves, or where two components differ. Name
   * and sentence as they were typed.
   */
  z.strictObject({
    type: z.literal('legacy-answer'),
    place: z.enum(COMPONENT_PLACES),
    by: name,
    sentence: z.string().min(1).max(100),
  }),
  /** Adopt: the component as new legacy shares too, for CheckTick's own commands. Null: no. */
  z.strictObject({
    type: z.literal('new-legacy'),
    split: z
      .strictObject({
        threshold: z.int().min(2).max(MAX_SHARES),
        count: z.int().min(2).max(MAX_SHARES),
      })
      .refine(({ threshold, count }) => threshold <= count)
      .nullable(),
  }),
  /** Adopt: the next of them, for this person, in the clear onto this stick. */
  z.strictObject({ type: z.literal('new-legacy-write'), by: name, volumeId: listId }),
  /** Adopt: no more of them; those that were written are to be destroyed. */
  z.strictObject({ type: z.literal('new-legacy-leave') }),
] as const;

/** What the host reports. */
export type AdoptHostEvent =
  | { readonly type: 'adopt-package-opened' }
  | {
      readonly type: 'legacy-taken';
      /** Names it in what is said of it later. */
      readonly id: number;
      /** Empty: the whole component. */
      readonly numbers: readonly number[];
      readonly by: string;
      readonly source: string;
    }
  | { readonly type: 'legacy-forgotten'; readonly id: number }
  | { readonly type: 'legacy-judged'; readonly judgement: LegacyJudgement }
  | { readonly type: 'legacy-proved'; readonly proof: LegacyProof }
  | {
      readonly type: 'legacy-restored';
      readonly componentId: string;
      readonly componentBytes: number;
      readonly checks: Checks;
      readonly escrowKey: string;
    }
  | { readonly type: 'new-legacy-split' }
  | {
      readonly type: 'new-legacy-written';
      readonly volumeId: string;
      readonly volumeLabel: string;
      readonly description: string;
      readonly fileName: string;
    }
  | { readonly type: 'new-legacy-read-back' }
  | { readonly type: 'new-legacy-ended' };
