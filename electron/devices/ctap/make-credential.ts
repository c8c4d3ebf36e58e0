/**
 * A new credential with hmac-secret, and what must be true of the key's answer.
 * @module
 */
import { plainBytes } from '../../../shared/encoding/bytes.ts';
import { type Attestation, checkAttestation } from './attestation.ts';
import { type Authenticator, CTAP, fields } from './authenticator.ts';
import { asBytes, asMap, asText, type CborItem, type CborMap, encodeCtap } from './cbor.ts';
import type { CallOptions } from './channel.ts';
import { agree, PERMISSION, pinToken } from './client-pin.ts';
import { readNewCredential } from './demands.ts';
import { demandHmacSecret } from './info.ts';
import type { PinProtocol } from './pin-protocol.ts';

export interface CredentialRequest extends CallOptions {
  /** Whom the credential is for, 1 to 64 bytes; the key shows it to nobody. */
  readonly userId: Uint8Array;
  /** 32 bytes that the attestation signs: fresh, or the digest of what it should stand for. */
  readonly clientDataHash: Uint8Array;
  /** UTF-8 in form NFC; null says that the credential is to be used without one. */
  readonly pin: Uint8Array | null;
}

/** A credential and the proof of where it was made. Nothing in it is secret. */
export interface FidoCredential {
  readonly credentialId: Uint8Array;
  /** P-256, uncompressed, 65 bytes: signatures of this credential are checked with it. */
  readonly publicKey: Uint8Array;
  readonly aaguid: Uint8Array;
  readonly signCount: number;
  /** Whether the PIN was asked for. */
  readonly userVerified: boolean;
  readonly attestation: Attestation;
}

export const es256: CborMap = new Map<string, CborItem>([
  ['alg', -7],
  ['type', 'public-key'],
]);

/** The fields of makeCredential that are always the same, and whom it is for. */
export function credentialFields(rpId: string, userId: Uint8Array, clientDataHash: Uint8Array) {
  const user = fields(['id', userId], ['name', 'Conclave'], ['displayName', 'Conclave']);
  return [
    [1, clientDataHash],
    [2, fields(['id', rpId], ['name', 'Conclave'])],
    [3, user],
    [4, [es256]],
  ] as const;
}

/** @throws Refusal */
export async function makeCredential(
  key: Authenticator,
  rpId: string,
  request: CredentialRequest,
): Promise<FidoCredential> {
  const { userId, clientDataHash, pin, signal } = request;
  if (userId.length < 1 || userId.length > 64) throw new RangeError('userId: 1 to 64 bytes');
  if (clientDataHash.length !== 32) throw new RangeError('clientDataHash: 32 bytes');
  demandHmacSecret(key.info);
  const proof = pin === null ? null : await proofOfPin(key, rpId, pin, clientDataHash, signal);
  const answer = await key.worded(
    CTAP.makeCredential,
    fields(
      ...credentialFields(rpId, userId, clientDataHash),
      [6, fields(['hmac-secret', true])],
      [8, proof?.parameter],
      [9, proof?.protocol],
    ),
    request,
  );
  return readCredential(answer, rpId, request);
}

async function proofOfPin(
  key: Authenticator,
  rpId: string,
  pin: Uint8Array,
  clientDataHash: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<{ parameter: Uint8Array; protocol: PinProtocol }> {
  const shared = await agree(key);
  try {
    const token = await pinToken(key, shared, pin, PERMISSION.makeCredential, rpId, signal);
    const parameter = token.authenticate(clientDataHash);
    token.wipe();
    return { parameter, protocol: token.protocol };
  } finally {
    shared.wipe();
  }
}

function readCredential(
  answer: CborMap,
  rpId: string,
  { clientDataHash, pin }: CredentialRequest,
): FidoCredential {
  const authenticatorData = asBytes(answer.get(2), 'the authenticator data');
  const { credential, signCount, userVerified } = readNewCredential(
    authenticatorData,
    rpId,
    pin !== null,
  );
  const { id, publicKey, aaguid } = credential;
  const attestation: Attestation = {
    format: asText(answer.get(1), 'the format of the attestation'),
    statement: encodeCtap(asMap(answer.get(3), 'the attestation')),
    authenticatorData,
    clientDataHash: plainBytes(clientDataHash),
  };
  checkAttestation(attestation);
  return { credentialId: id, publicKey, aaguid, signCount, userVerified, attestation };
}
