/**
 * Signed documents: DSSE envelopes (github.com/secure-systems-lab/dsse, v1.0.2) with Ed25519
 * (RFC 8032, strict: no ZIP-215 leniency), several signatures, each key counted once.
 *
 * The envelope is canonical JSON `{payload, payloadType, signatures: [{keyid, sig}]}`: standard
 * base64, signatures sorted by key id, key id = public key in hex. A file has one spelling only,
 * so any changed byte is refused.
 * @module
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64 as base64Coder } from '@scure/base';
import { orRefuse } from '../refusal.ts';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from './bytes.ts';
import { decodeJson, encodeJson } from './json.ts';
import { refuseDocument } from './refusals-documents.ts';
import { base64, publicKey, z } from './schema.ts';

/** Envelopes over 4 MiB are refused before they are parsed. */
export const ENVELOPE_LIMIT = 4 * 1024 * 1024;

export interface Signature {
  /** Ed25519 public key in lower-case hex. */
  readonly keyid: string;
  /** 64 bytes. */
  readonly sig: Uint8Array;
}

export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly Signature[];
}

/** Something that signs: a personal identity, a share key, sync's key. */
export interface Signer {
  /** Ed25519 public key in lower-case hex. */
  readonly keyid: string;
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const envelopeSchema = z.strictObject({
  payload: base64(ENVELOPE_LIMIT),
  payloadType: z.string().min(1).max(200),
  signatures: z.array(z.strictObject({ keyid: publicKey, sig: base64(64) })).max(64),
});

/** The bytes that are signed: DSSE's pre-authentication encoding. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8ToBytes(payloadType);
  return concatBytes(
    utf8ToBytes(`DSSEv1 ${type.length} `),
    type,
    utf8ToBytes(` ${payload.length} `),
    payload,
  );
}

/** SHA-256 of the payload: how every document is named. */
export function payloadDigest(payload: Uint8Array): string {
  return bytesToHex(sha256(payload));
}

/** Signs with every signer. Doubled signers are counted once. */
export async function signEnvelope(
  payloadType: string,
  payload: Uint8Array,
  signers: readonly Signer[],
): Promise<Envelope> {
  const message = preAuthEncoding(payloadType, payload);
  const byKey = new Map(signers.map((signer) => [signer.keyid, signer]));
  const signatures = await Promise.all(
    [...byKey.values()].map(async (signer) => ({
      keyid: signer.keyid,
      sig: await signer.sign(message),
    })),
  );
  return withSignatures({ payloadType, payload, signatures: [] }, signatures);
}

/** The envelope with more signatures, in canonical order; a key that signed before is replaced. */
export function withSignatures(envelope: Envelope, more: readonly Signature[]): Envelope {
  const all = new Map(
    [...envelope.signatures, ...more].map((signature) => [signature.keyid, signature]),
  );
  const signatures = [...all.values()].sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
  return { ...envelope, signatures };
}

export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return encodeJson(envelopeToJson(envelope));
}

/** The JSON object of an envelope, to be embedded in another document. */
export function envelopeToJson(envelope: Envelope) {
  return {
    payload: base64Coder.encode(envelope.payload),
    payloadType: envelope.payloadType,
    signatures: envelope.signatures.map(({ keyid, sig }) => ({
      keyid,
      sig: base64Coder.encode(sig),
    })),
  };
}

/**
 * Untrusted bytes to an envelope whose signatures are *not yet* verified.
 * `what` is the word for the person: `package`. Refuses everything that is not canonical.
 */
export function decodeEnvelope(bytes: Uint8Array, what: string): Envelope {
  if (bytes.length === 0) throw refuseDocument('document-empty', what);
  if (bytes.length > ENVELOPE_LIMIT)
    throw refuseDocument('document-too-large', what, ENVELOPE_LIMIT);
  const json = orRefuse(
    () => decodeJson(bytes),
    () => refuseDocument('document-damaged', what),
  );
  return envelopeFromJson(json, bytes.length, what);
}

/**
 * As `decodeEnvelope`, for an envelope that came inside another document.
 * @param size bytes of it there, in canonical form
 */
export function envelopeFromJson(json: unknown, size: number, what: string): Envelope {
  if (size > ENVELOPE_LIMIT) throw refuseDocument('document-too-large', what, ENVELOPE_LIMIT);
  return orRefuse(
    () => {
      const { payload, payloadType, signatures } = envelopeSchema.parse(json);
      const isInOrder = signatures.every(
        ({ keyid }, at) => at === 0 || (signatures[at - 1]?.keyid ?? '') < keyid,
      );
      if (!isInOrder) throw new Error('Its signatures are not in the order of their keys.');
      return {
        payloadType,
        payload: fromBase64(payload),
        signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: fromBase64(sig) })),
      };
    },
    () => refuseDocument('document-damaged', what),
  );
}

/** In the platform's own code: payloads are long. The schema has looked at letters and padding. */
function fromBase64(text: string): Uint8Array {
  // `atob` does not mind bits after the last byte; with them one value would have several spellings.
  base64Coder.decode(text.slice(-4));
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

/**
 * Verifies every signature against the keys that may sign here and returns who signed.
 * One signature of an unknown key, or one wrong signature, refuses the whole document: an
 * honest file never carries one. Who *must* have signed is the caller's matter.
 */
export function verifySignatures(
  envelope: Envelope,
  what: string,
  allowed: ReadonlySet<string>,
): string[] {
  const message = preAuthEncoding(envelope.payloadType, envelope.payload);
  return envelope.signatures.map(({ keyid, sig }) => {
    if (!allowed.has(keyid)) throw refuseDocument('signature-unknown', what, keyid);
    if (!verifyEd25519(sig, message, keyid)) throw refuseDocument('signature-wrong', what, keyid);
    return keyid;
  });
}

/** Strict RFC 8032 verification; malformed keys and signatures are simply false. */
export function verifyEd25519(sig: Uint8Array, message: Uint8Array, keyid: string): boolean {
  try {
    return ed25519.verify(sig, message, hexToBytes(keyid), { zip215: false });
  } catch {
    return false;
  }
}

/** A signer for a 32-byte Ed25519 seed. The seed is copied by no one and wiped by its owner. */
export function ed25519Signer(seed: Uint8Array): Signer {
  const keyid = bytesToHex(ed25519.getPublicKey(seed));
  return { keyid, sign: (message) => ed25519.sign(message, seed) };
}
