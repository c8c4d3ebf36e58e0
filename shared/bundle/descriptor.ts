/**
 * The descriptor: who sync is. Signed by sync's own key; trusted first by eight words that are
 * typed on the laptop, later by the old key's signature.
 * @module
 */
import { defineDocument, type Parsed } from '../encoding/document.ts';
import { verifySignatures } from '../encoding/dsse.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { digest, id16, mode, name, publicKey, time, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';

const schema = z.strictObject({
  mode,
  /** 16 random bytes: this sync and no other. Survives a change of key. */
  audience: id16,
  /** What people call the deployment: `CheckTick production`. */
  name,
  publicKey,
  createdAt: time,
  previous: digest.nullable(),
});

export type Descriptor = z.infer<typeof schema>;
export type DescriptorDocument = Parsed<Descriptor>;
export const descriptorType = defineDocument<Descriptor>('descriptor', schema);

/** Verifies that the descriptor is signed by the key that it names. */
export function parseDescriptor(bytes: Uint8Array, expected: Mode): DescriptorDocument {
  const document = descriptorType.parse(bytes, expected);
  const { publicKey: key } = document.body;
  const signed = verifySignatures(document.envelope, 'descriptor', new Set([key]));
  if (signed.length !== 1) {
    throw refuseDocument('signature-missing', 'descriptor', "sync's own signature");
  }
  return document;
}
