/**
 * Sealing to one recipient: HPKE (RFC 9180), base mode, X-Wing (0x647a), HKDF-SHA256,
 * AES-256-GCM; nothing is negotiated.
 *
 * info = `conclave/v1` and type, version, mode, audience, ceremony, nonce, each with its length
 * in two bytes before it; aad = SHA-256 of the canonical JSON of the document's public part.
 * Public key 1,216 bytes, private key (seed) 32 bytes, encapsulated key 1,120 bytes.
 * @module
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { XWing } from '@hpke/hybridkem-x-wing';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64 as base64Coder } from '@scure/base';
import { lengthPrefixed, plainBytes } from '../encoding/bytes.ts';
import { encodeJson } from '../encoding/json.ts';
import { base64, z } from '../encoding/schema.ts';
import type { Mode } from '../mode.ts';
import { refusals } from '../refusal.ts';

export const PUBLIC_KEY_BYTES = 1216;
export const PRIVATE_KEY_BYTES = 32;
export const ENCAPSULATED_BYTES = 1120;

export const refuseSealed = refusals({
  'sealed-not-openable': (what: string) => ({
    happened: `The sealed part of the ${what} does not open with this key.`,
    means: `It was sealed for somebody else, or it was changed. Nothing was changed here.`,
    next: `Check that this is the ${what} that belongs to this ceremony; otherwise ask for a new one.`,
  }),
});

/** Base64 of exactly so many bytes, in its one spelling (unused bits zero). */
const sizedBase64 = (bytes: number) =>
  base64(bytes).refine((text) => {
    try {
      return base64Coder.decode(text).length === bytes;
    } catch {
      return false;
    }
  });

export const recipientKey = sizedBase64(PUBLIC_KEY_BYTES);
/** @param bytes of ciphertext and tag, at most */
export const sealedUpTo = (bytes: number) =>
  z.strictObject({
    /** The encapsulated key, base64. */
    enc: sizedBase64(ENCAPSULATED_BYTES),
    /** Ciphertext and 16-byte tag, base64. */
    ct: base64(bytes),
  });
export const sealedSchema = sealedUpTo(8_192);
export type Sealed = z.infer<typeof sealedSchema>;

/** What the sealing is bound to. */
export interface SealContext {
  readonly type: string;
  readonly version: number;
  readonly mode: Mode;
  readonly audience: string;
  readonly ceremony: string;
  readonly nonce: string;
}

const suite = () =>
  new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

function info(context: SealContext): Uint8Array<ArrayBuffer> {
  const { type, version, mode, audience, ceremony, nonce } = context;
  return plainBytes(
    lengthPrefixed('conclave/v1', type, String(version), mode, audience, ceremony, nonce),
  );
}

function aad(publicPart: unknown): Uint8Array<ArrayBuffer> {
  return plainBytes(sha256(encodeJson(publicPart)));
}

export interface RecipientPair {
  /** Base64, 1,216 bytes. */
  readonly publicKey: string;
  /** SECURITY: 32 bytes; wipe it. */
  readonly privateKey: Uint8Array;
}

export async function generateRecipient(): Promise<RecipientPair> {
  const { kem } = suite();
  const pair = await kem.generateKeyPair();
  return {
    publicKey: base64Coder.encode(new Uint8Array(await kem.serializePublicKey(pair.publicKey))),
    privateKey: new Uint8Array(await kem.serializePrivateKey(pair.privateKey)),
  };
}

/** The public half of a private key of 32 bytes: base64, 1,216 bytes. */
export async function publicKeyOf(privateKey: Uint8Array): Promise<string> {
  const kem = new XWing();
  const seed = plainBytes(privateKey);
  try {
    const { publicKey } = await kem.generateKeyPairDerand(seed);
    return base64Coder.encode(new Uint8Array(await kem.serializePublicKey(publicKey)));
  } finally {
    seed.fill(0);
  }
}

/** Seals `plaintext` to a recipient. `publicPart` is the document without its sealed field. */
export async function sealTo(
  recipient: string,
  context: SealContext,
  publicPart: unknown,
  plaintext: Uint8Array,
): Promise<Sealed> {
  const cipher = suite();
  const recipientPublicKey = await cipher.kem.deserializePublicKey(
    plainBytes(base64Coder.decode(recipient)),
  );
  const { enc, ct } = await cipher.seal(
    { recipientPublicKey, info: info(context) },
    plainBytes(plaintext),
    aad(publicPart),
  );
  return {
    enc: base64Coder.encode(new Uint8Array(enc)),
    ct: base64Coder.encode(new Uint8Array(ct)),
  };
}

/** Opens what {@link sealTo} sealed. Refuses `sealed-not-openable`. The caller wipes the result. */
export async function openSealed(
  privateKey: Uint8Array,
  context: SealContext,
  publicPart: unknown,
  sealed: Sealed,
): Promise<Uint8Array> {
  const cipher = suite();
  try {
    const recipientPrivateKey = await cipher.kem.deserializePrivateKey(plainBytes(privateKey));
    const plaintext = await cipher.open(
      {
        recipientKey: recipientPrivateKey,
        enc: plainBytes(base64Coder.decode(sealed.enc)),
        info: info(context),
      },
      plainBytes(base64Coder.decode(sealed.ct)),
      aad(publicPart),
    );
    return new Uint8Array(plaintext);
  } catch {
    throw refuseSealed('sealed-not-openable', context.type);
  }
}
