/**
 * Canonical CBOR (RFC 8949, 4.2): one value has one encoding, and only that one is accepted.
 * @module
 */
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { equalBytes } from './bytes.ts';

/** What Conclave puts into CBOR. Integers only; no floats, tags, maps or indefinite lengths. */
export type CborValue = number | string | boolean | null | Uint8Array | CborValue[];

export function encodeCbor(value: CborValue): Uint8Array {
  return encode(value, rfc8949EncodeOptions);
}

/**
 * Decodes and demands the canonical form: whatever does not encode back to the same bytes
 * is refused. Throws a plain Error; each wire type turns it into its own refusal.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const value: unknown = decode(bytes, {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowInfinity: false,
    allowNaN: false,
    allowBigInt: false,
    rejectDuplicateMapKeys: true,
  });
  const again = encode(value, rfc8949EncodeOptions);
  const isCanonical = equalBytes(again, bytes);
  // SECURITY: a share passes through here, and this is one more copy of it.
  again.fill(0);
  if (!isCanonical) throw new Error('This CBOR is not in canonical form.');
  return value;
}
