/**
 * Row columns as the driver delivers them, as zod schemas: bytea is a Buffer, int8 a decimal text.
 * @module
 */
import { z } from 'zod';

export const columns = {
  bytes: z.instanceof(Uint8Array).transform((value) => new Uint8Array(value)),
  /** int4 or int8 that is a safe JavaScript integer. */
  integer: z
    .union([z.number(), z.string().regex(/^-?\d+$/)])
    .transform(Number)
    .refine(Number.isSafeInteger),
  text: z.string(),
  time: z.date(),
  boolean: z.boolean(),
  uuid: z.string(),
  json: z.record(z.string(), z.unknown()),
};
