/**
 * Asking the browser for a passkey, and what of its answer goes to sync.
 * @module
 */
import {
  startAuthentication,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { call } from './api.ts';

export interface Assertion {
  readonly id: string;
  readonly rawId: string;
  readonly type: string;
  readonly response: Readonly<Record<string, string>>;
}

/** @throws the browser's own errors, which `problemOf` knows */
export async function askPasskey(
  options: PublicKeyCredentialRequestOptionsJSON,
): Promise<Assertion> {
  const { id, rawId, type, response } = await startAuthentication({ optionsJSON: options });
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    id,
    rawId,
    type,
    response: {
      clientDataJSON,
      authenticatorData,
      signature,
      ...(userHandle === undefined ? {} : { userHandle }),
    },
  };
}

export interface AskedOfKey {
  readonly challengeId: string;
  readonly options: PublicKeyCredentialRequestOptionsJSON;
}

/** Shows the key again: what a new key or token of one's own takes. */
export async function confirmMyself(): Promise<{
  readonly challengeId: string;
  readonly response: Assertion;
}> {
  const { challengeId, options } = await call<AskedOfKey>('POST', '/v1/me/confirm/options');
  return { challengeId, response: await askPasskey(options) };
}
