/**
 * Locking a share to FIDO2 credentials with hmac-secret: one key, or a key and its backup. The key
 * asks for its PIN itself, and the envelope is not made anew after a reveal.
 * @module
 */
import { p256 } from '@noble/curves/nist.js';
import { plainBytes } from '../../../shared/encoding/bytes.ts';
import { orRefuse } from '../../../shared/refusal.ts';
import type { RandomSource } from '../../../shared/secret/random.ts';
import {
  openKeyEnvelope,
  responseCheck,
  sealKeyEnvelope,
} from '../../../shared/sharing/key-envelope-seal.ts';
import type {
  FidoLock,
  KeyEnvelope,
  KeyEnvelopeFacts,
} from '../../../shared/sharing/key-envelope.ts';
import { refuseKeyEnvelope } from '../../../shared/sharing/key-envelope-refusals.ts';
import type { Attestation, FidoCredential, KnownCredential } from '../../devices/ctap/index.ts';
import type { Waiting } from '../../devices/yubikey-otp/index.ts';
import { withFidoKey, type KeySockets, type PluggedKey } from './keys.ts';

export type FidoEnvelope = Extract<KeyEnvelope, { method: 'fido2' }>;

/** A credential that was just made, and what it answers to the salt of its envelope. */
export interface FidoAnswer {
  readonly serial: number | null;
  readonly credential: KnownCredential;
  readonly userVerified: boolean;
  /** 32 bytes: the salt of hmac-secret. */
  readonly challenge: Uint8Array;
  /** 32 bytes, secret; the caller wipes them. */
  readonly response: Uint8Array;
}

/** Locks a share once for each of the keys. */
export async function lockToCredentials(
  facts: KeyEnvelopeFacts,
  share: Uint8Array,
  answers: readonly FidoAnswer[],
): Promise<FidoEnvelope> {
  const keys = answers.map(
    ({ serial, credential, userVerified, challenge, response }): FidoLock => ({
      serial,
      credentialId: plainBytes(credential.credentialId),
      publicKey: compressed(credential.publicKey),
      userVerified,
      challenge,
      responseCheck: responseCheck(facts, 'fido2', challenge, response),
    }),
  );
  const keyed = { ...facts, method: 'fido2' as const, keys };
  const secrets = answers.map(({ response }) => ({ stretched: new Uint8Array(), response }));
  const { sealed } = await sealKeyEnvelope(keyed, share, secrets);
  return { ...keyed, sealed };
}

/**
 * Makes a credential on a key; the attestation stays with it as the proof of its hardware.
 * @param pin UTF-8; the caller wipes it
 * @param clientDataHash 32 bytes that the attestation signs
 * @throws Refusal of the driver
 */
export function newCredential(
  sockets: KeySockets,
  key: PluggedKey,
  pin: Uint8Array,
  random: RandomSource,
  waiting: Waiting,
  clientDataHash: Uint8Array,
): Promise<FidoCredential> {
  return withFidoKey(sockets, key.path, (open) =>
    open.makeCredential({ userId: random(32), pin, ...waiting, clientDataHash }),
  );
}

/**
 * What a credential answers to a salt, after the PIN.
 * @returns 32 bytes, secret; the caller wipes them
 * @throws Refusal of the driver; `fido-wrong-key` before the PIN was sent
 */
export async function askCredential(
  sockets: KeySockets,
  key: PluggedKey,
  { credential, challenge }: Pick<FidoAnswer, 'credential' | 'challenge'>,
  pin: Uint8Array,
  waiting: Waiting,
): Promise<{ readonly response: Uint8Array; readonly userVerified: boolean }> {
  const { secrets, userVerified } = await withFidoKey(sockets, key.path, (open) =>
    open.hmacSecret({ credentials: [credential], salt1: challenge, pin, ...waiting }),
  );
  const [response] = secrets;
  if (response === undefined) throw new Error('The driver gives one secret for each salt.');
  return { response, userVerified };
}

/**
 * Opens the part of one key.
 * @returns the share's wire bytes; the caller wipes them
 * @throws Refusal `key-response-differs`, `key-envelope-not-genuine`
 */
export function openWithCredential(
  envelope: FidoEnvelope,
  at: number,
  response: Uint8Array,
): Promise<Uint8Array> {
  return openKeyEnvelope(envelope, at, { stretched: new Uint8Array(), response });
}

/**
 * A credential of an envelope as the driver wants it.
 * @throws Refusal `key-envelope-not-genuine` where its public key is no point of the curve
 */
export function credentialOf({ keys, index, count }: FidoEnvelope, at: number): KnownCredential {
  const lock = keys[at];
  if (lock === undefined) throw new RangeError(`the envelope has no key ${at}`);
  const { credentialId, publicKey } = lock;
  return orRefuse(
    () => ({ credentialId, publicKey: uncompressed(publicKey) }),
    () => refuseKeyEnvelope('key-envelope-not-genuine', index, count),
  );
}

/** 65 bytes of a driver to 33. */
export function compressed(publicKey: Uint8Array): Uint8Array {
  return plainBytes(p256.Point.fromBytes(publicKey).toBytes(true));
}

/** 33 bytes to the 65 of a driver. Throws where they are no point of the curve. */
export function uncompressed(publicKey: Uint8Array): Uint8Array {
  return plainBytes(p256.Point.fromBytes(publicKey).toBytes(false));
}

/** What the transcript keeps of an attestation: all of it, as base64 texts. */
export function attestationFacts(attestation: Attestation) {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return {
    format: attestation.format,
    statement: text(attestation.statement),
    authenticatorData: text(attestation.authenticatorData),
    clientDataHash: text(attestation.clientDataHash),
  };
}
