/**
 * Row columns as the driver delivers them, as zod schemas: bytea is a Buffer, int8 a decimal text.
 * @module
 */
import { z } from 'zod';
import { hexToBytes } from '../../shared/encoding/bytes.ts';

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

/** Bytes of the longest digest or nonce. */
const LONGEST = 32;

/**
 * The first and the last bytea that begin with these hex digits, for `BETWEEN`: unlike a comparison
 * of texts, it is answered from the index.
 */
export function beginningWith(hex: string): readonly [Uint8Array, Uint8Array] {
  const whole = hex.length + (hex.length % 2);
  return [hexToBytes(hex.padEnd(whole, '0')), hexToBytes(hex.padEnd(2 * LONGEST, 'f'))];
}
