/**
 * What the sealed parts of packages have in common: how a vault component, a stored survey key and
 * CheckTick's hash of a key stand in them.
 * @module
 */
import { z } from '../encoding/schema.ts';

/** A vault component in a sealed part. */
export const component = z
  .instanceof(Uint8Array)
  .refine(({ length }) => length >= 16 && length <= 64);
/** A stored survey key as Vault holds it. */
export const kekText = z.string().regex(/^[0-9a-fA-F]{64,400}$/);
/** One byte at least. */
export const bytesUpTo = (most: number) =>
  z.instanceof(Uint8Array).refine(({ length }) => length >= 1 && length <= most);
/** CheckTick's hash of a survey's key: salt and hash. */
export const keyHash = z.tuple([
  bytesUpTo(64),
  z.instanceof(Uint8Array).refine(({ length }) => length === 32),
]);
