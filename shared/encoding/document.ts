/**
 * What all signed document types share: a payload type that names type, version and mode, a
 * strict schema, and one way in from bytes.
 * @module
 */
import type { Mode } from '../mode.ts';
import { MODES } from '../mode.ts';
import { orRefuse } from '../refusal.ts';
import {
  decodeEnvelope,
  encodeEnvelope,
  payloadDigest,
  signEnvelope,
  type Envelope,
  type Signer,
} from './dsse.ts';
import { decodeJson, encodeJson } from './json.ts';
import { refuseDocument } from './refusals-documents.ts';
import type { z } from './schema.ts';

/** A document whose form is validated. Its signatures are a matter of its own verify function. */
export interface Parsed<T> {
  readonly body: T;
  readonly envelope: Envelope;
  /** SHA-256 of the payload in hex. */
  readonly digest: string;
}

export interface DocumentType<T extends { readonly mode: Mode }> {
  /** The word for people and for the payload type: `package`. */
  readonly what: string;
  readonly version: number;
  payloadType(mode: Mode): string;
  /** Encodes and signs. Throws when `body` does not fit the schema: a programming error. */
  sign(body: T, signers: readonly Signer[]): Promise<Parsed<T>>;
  /** The payload of a body, for signing elsewhere. */
  encodeBody(body: T): Uint8Array;
  /** Untrusted bytes to a validated body of the expected mode. Signatures are not verified yet. */
  parse(bytes: Uint8Array, mode: Mode): Parsed<T>;
  /** As `parse`, for an envelope that came inside another document. */
  parseEnvelope(envelope: Envelope, mode: Mode): Parsed<T>;
  toBytes(document: Parsed<T>): Uint8Array;
}

const typePattern = /^application\/vnd\.conclave\.([a-z-]+)\.v(\d{1,3})\.([a-z]+)\+json$/;

/** The type, version and mode that a payload type names, or null when it is none of Conclave's. */
export function readPayloadType(
  payloadType: string,
): { what: string; version: number; mode: Mode } | null {
  const match = typePattern.exec(payloadType);
  const mode = MODES.find((known) => known === match?.[3]);
  if (match?.[1] === undefined || match[2] === undefined || mode === undefined) return null;
  return { what: match[1], version: Number(match[2]), mode };
}

export function defineDocument<T extends { readonly mode: Mode }>(
  what: string,
  schema: z.ZodType<T>,
  version = 1,
): DocumentType<T> {
  const payloadType = (mode: Mode) => `application/vnd.conclave.${what}.v${version}.${mode}+json`;

  function parseEnvelope(envelope: Envelope, mode: Mode): Parsed<T> {
    const named = readPayloadType(envelope.payloadType);
    if (named === null) throw refuseDocument('document-damaged', what);
    if (named.what !== what) throw refuseDocument('document-other-type', what, named.what);
    if (named.version !== version) {
      throw refuseDocument('document-other-version', what, String(named.version));
    }
    if (named.mode !== mode) throw refuseDocument('document-other-mode', what, named.mode);
    const body = orRefuse(
      () => schema.parse(decodeJson(envelope.payload)),
      () => refuseDocument('document-damaged', what),
    );
    if (body.mode !== mode) throw refuseDocument('document-damaged', what);
    return { body, envelope, digest: payloadDigest(envelope.payload) };
  }

  return {
    what,
    version,
    payloadType,
    encodeBody: (body) => encodeJson(schema.parse(body)),
    async sign(body, signers) {
      const payload = encodeJson(schema.parse(body));
      const envelope = await signEnvelope(payloadType(body.mode), payload, signers);
      return { body, envelope, digest: payloadDigest(payload) };
    },
    parse: (bytes, mode) => parseEnvelope(decodeEnvelope(bytes, what), mode),
    parseEnvelope,
    toBytes: (document) => encodeEnvelope(document.envelope),
  };
}
