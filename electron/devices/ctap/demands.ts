/**
 * What must be true of what a key signed for Conclave.
 * @module
 */
import { createHash } from 'node:crypto';
import { equalBytes, utf8ToBytes } from '../../../shared/encoding/bytes.ts';
import {
  type AuthenticatorData,
  type NewCredential,
  readAuthenticatorData,
} from './authenticator-data.ts';
import { publicKeyOf } from './p256.ts';
import { nonsense, refuseFido } from './refusals.ts';

/** Whom all credentials are for. A name that no website can have (RFC 6761). */
export const RELYING_PARTY = 'conclave.invalid';

/** @throws Refusal fido-forged unless it is for Conclave, touched, and verified if it should be */
export function demandOurs(data: AuthenticatorData, rpId: string, withPin: boolean): void {
  const ours = createHash('sha256').update(utf8ToBytes(rpId)).digest();
  if (!equalBytes(data.rpIdHash, ours)) throw refuseFido('fido-forged', 'it is not for Conclave');
  if (!data.userPresent) throw refuseFido('fido-forged', 'nobody touched the key');
  if (withPin && !data.userVerified) throw refuseFido('fido-forged', 'the PIN was not checked');
}

/**
 * A credential that was just made, with hmac-secret.
 * @throws Refusal as {@link demandOurs}; `fido-no-hmac-secret`; `fido-nonsense`
 */
export function readNewCredential(
  authenticatorData: Uint8Array,
  rpId: string,
  withPin: boolean,
): Omit<AuthenticatorData, 'credential'> & { readonly credential: NewCredential } {
  const data = readAuthenticatorData(authenticatorData);
  demandOurs(data, rpId, withPin);
  const { credential } = data;
  if (credential === null) throw nonsense('no credential in the answer');
  if (data.extensions.get('hmac-secret') !== true) throw refuseFido('fido-no-hmac-secret');
  if (publicKeyOf(credential.publicKey) === null) {
    throw nonsense('a public key that is no point of P-256');
  }
  return { ...data, credential };
}
