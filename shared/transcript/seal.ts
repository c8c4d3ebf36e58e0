/**
 * A seal: a signed statement about a transcript's head at one moment. People sign with their
 * identities, a quorum with share keys.
 * @module
 */
import { defineDocument, type Parsed } from '../encoding/document.ts';
import { digest, id16, mode, time, z } from '../encoding/schema.ts';

const schema = z.strictObject({
  mode,
  ceremonyId: id16,
  /** How many entries the seal covers. */
  entries: z.int().min(1),
  /** The hash of the last of them. */
  head: digest,
  sealedAt: time,
});

export type Seal = z.infer<typeof schema>;
export type SealDocument = Parsed<Seal>;
export const sealType = defineDocument<Seal>('transcript-seal', schema);
