/**
 * The receipt: sync's signed answer to a bundle. Committed, or refused, expired, objected; a
 * final negative one alone allows the new media to be destroyed. Receipts form a chain.
 * @module
 */
import { defineDocument, type Parsed } from '../encoding/document.ts';
import { verifySignatures } from '../encoding/dsse.ts';
import { refuseDocument } from '../encoding/refusals-documents.ts';
import { digest, id16, keyVersion, mode, time, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { adopted } from './adopt.ts';
import { PACKAGE_KINDS } from './package.ts';

export const OUTCOMES = ['committed', 'refused', 'expired', 'objected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const schema = z.strictObject({
  mode,
  audience: id16,
  /** 1, 2, 3 …: sync's receipts in order. */
  sequence: z.int().min(1),
  /** Digest of the receipt before it, null for the first. */
  previous: digest.nullable(),
  kind: z.enum(PACKAGE_KINDS),
  outcome: z.enum(OUTCOMES),
  nonce: id16,
  packageDigest: digest,
  /** Null when a package expired before any bundle came. */
  bundleDigest: digest.nullable(),
  ceremonyId: id16.nullable(),
  keyVersion,
  at: time,
  /** The trust epoch after it. */
  epoch: z.int().min(0),
  /** A sentence for people: why it was refused, or what was written. */
  statement: z.string().min(1).max(600),
  /** For a commit: what was read back. Names of places, never values. */
  readBack: z.array(z.string().max(200)).max(20),
  /** Of a committed adoption. Absent in receipts of before, and in all others. */
  adopted: adopted.optional(),
});

export type Receipt = z.infer<typeof schema>;
export type ReceiptDocument = Parsed<Receipt>;
export const receiptType = defineDocument<Receipt>('receipt', schema);

/** Verifies sync's signature and audience. */
export function parseReceipt(
  bytes: Uint8Array,
  expected: Mode,
  sync: { readonly audience: string; readonly publicKey: string },
): ReceiptDocument {
  const document = receiptType.parse(bytes, expected);
  const signed = verifySignatures(document.envelope, 'receipt', new Set([sync.publicKey]));
  if (signed.length !== 1 || document.body.audience !== sync.audience) {
    throw refuseDocument('signature-missing', 'receipt', "this sync's signature");
  }
  return document;
}
