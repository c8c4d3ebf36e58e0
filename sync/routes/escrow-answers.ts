/**
 * What `/v1/escrows` takes and answers.
 * @module
 */
import { z } from 'zod';
import { base64, time } from '../../shared/encoding/schema.ts';
import { ESCROW_LIMIT } from '../../shared/escrow/escrow.ts';
import { MODES } from '../../shared/mode.ts';

/** Survey keys in one request. */
const MOST = 100;

const userId = z.int().min(1).max(2_147_483_647);
const surveyId = z.int().min(1);
const surveyKey = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/)
  .meta({ description: 'The survey key: 32 bytes in base64. Sealed as it arrives, then wiped.' });
const sealed = base64(ESCROW_LIMIT).meta({
  description: 'The survey key, sealed by the caller (docs/formats.md), in base64.',
});

export const escrowsBody = z.strictObject({
  unlock: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,64}$/)
    .meta({
      description:
        'Names the occasion on which the caller had the keys, such as a random number made when ' +
        'the user signed in. A repetition of a request has the same; the same key with another ' +
        'one verifies what is stored.',
    }),
  escrows: z
    .array(
      z.union([
        z.strictObject({ userId, surveyId, surveyKey }),
        z.strictObject({ userId, surveyId, sealed }),
      ]),
    )
    .min(1)
    .max(MOST),
});

export const escrowsAnswer = z.object({
  /** In the order of the request. */
  escrows: z.array(
    z.object({
      userId: z.int(),
      surveyId: z.int(),
      status: z.enum(['stored', 'proved', 'refused']),
      keyVersion: z.string().nullable(),
      /** SHA-256 of the sealed escrow, in hex. */
      digest: z.string().nullable(),
      storedAt: time.nullable(),
      provedAt: time.nullable(),
      refusal: z
        .object({ code: z.string(), happened: z.string(), means: z.string(), next: z.string() })
        .nullable(),
    }),
  ),
});
export type EscrowsAnswer = z.infer<typeof escrowsAnswer>;

/** What a caller needs who seals for himself. */
export const escrowKeyAnswer = z.object({
  mode: z.enum(MODES),
  /** The installation of sync. */
  audience: z.string(),
  /** The active key version. */
  keyVersion: z.string(),
  /** Its escrow key: 1,216 bytes in base64. */
  escrowKey: z.string(),
  /** SHA-256 of the escrow key, in hex: as the signed manifest has it. */
  digest: z.string(),
});
export type EscrowKeyAnswer = z.infer<typeof escrowKeyAnswer>;

/** Surveys of a list. */
export const LISTED = 50;

export const escrowListQuery = z.strictObject({
  /** Only these; both without it. */
  state: z.enum(['none', 'stored']).optional(),
  /** Number of the last survey before the ones to list. */
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
});

/** How it stands with the keys of all surveys, and which are not proved. */
export const escrowListAnswer = z.object({
  now: time,
  /** Surveys with a key, by what is stored of it. */
  count: z.object({ none: z.int(), stored: z.int(), proved: z.int() }),
  surveys: z.array(
    z.object({
      surveyId: z.int(),
      name: z.string(),
      state: z.enum(['none', 'stored', 'proved']),
      /** CheckTick's users for whom a key is stored. */
      userIds: z.array(z.int()),
    }),
  ),
  more: z.boolean(),
});
export type EscrowListAnswer = z.infer<typeof escrowListAnswer>;
