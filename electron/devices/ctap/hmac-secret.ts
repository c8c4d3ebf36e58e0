/**
 * The secret that a credential makes of a salt: HMAC-SHA256 under a key that never leaves the
 * hardware, of which there are two, one for use with PIN and one for use without.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { concatBytes, equalBytes, plainBytes } from '../../../shared/encoding/bytes.ts';
import { type Authenticator, CTAP, fields } from './authenticator.ts';
import { type AuthenticatorData, readAuthenticatorData } from './authenticator-data.ts';
import { asBytes, asMap, type CborItem, type CborMap } from './cbor.ts';
import type { CallOptions } from './channel.ts';
import { agree, PERMISSION, type PinToken, pinToken } from './client-pin.ts';
import { demandHmacSecret } from './info.ts';
import { demandOurs } from './demands.ts';
import { isSignedBy, publicKeyOf } from './p256.ts';
import type { SharedSecret } from './pin-protocol.ts';
import { nonsense, refuseFido } from './refusals.ts';
import { STATUS, StatusError } from './status.ts';

/** What is kept of a credential to use it. */
export interface KnownCredential {
  readonly credentialId: Uint8Array;
  /** P-256, uncompressed, 65 bytes. */
  readonly publicKey: Uint8Array;
}

export interface SecretRequest extends CallOptions {
  /** Any of them will do, each on its own key: a YubiKey and its backup, for example. */
  readonly credentials: readonly KnownCredential[];
  /** 32 bytes. Equal salts give equal secrets, of one credential and one way of use. */
  readonly salt1: Uint8Array;
  readonly salt2?: Uint8Array;
  /** 32 bytes that the key signs; random when it does not matter. */
  readonly clientDataHash?: Uint8Array;
  /** UTF-8 in form NFC; null uses the other secret, that without PIN. */
  readonly pin: Uint8Array | null;
}

export interface FidoSecret {
  /** 32 bytes for each salt. The caller wipes them. */
  readonly secrets: readonly Uint8Array[];
  /** Which of the credentials this key has. */
  readonly credentialId: Uint8Array;
  /** Whether the PIN was checked; with and without it the secrets differ. */
  readonly userVerified: boolean;
  /** Grows with each signature; a clone would fall behind. 0 when the key does not count. */
  readonly signCount: number;
}

/**
 * Finds out without PIN and touch whether this key has one of the credentials; only then asks.
 * @throws Refusal fido-wrong-key before the PIN was sent; …
 */
export async function hmacSecret(
  key: Authenticator,
  rpId: string,
  request: SecretRequest,
): Promise<FidoSecret> {
  const { credentials, salt1, salt2, pin, signal } = request;
  for (const salt of [salt1, salt2]) {
    if (salt !== undefined && salt.length !== 32) throw new RangeError('salt: 32 bytes');
  }
  demandHmacSecret(key.info);
  const found = await credentialHere(key, rpId, credentials, signal);
  const here = found === null ? credentials.slice(0, key.info.maxCredentials) : [found];
  // One agreement serves PIN and salts, as in libfido2.
  const shared = await agree(key);
  let token: PinToken | null = null;
  try {
    if (pin !== null) {
      token = await pinToken(key, shared, pin, PERMISSION.getAssertion, rpId, signal);
    }
    return await askForSecret(key, rpId, here, token, shared, request);
  } finally {
    token?.wipe();
    shared.wipe();
  }
}

async function askForSecret(
  key: Authenticator,
  rpId: string,
  credentials: readonly KnownCredential[],
  token: PinToken | null,
  shared: SharedSecret,
  request: SecretRequest,
): Promise<FidoSecret> {
  const { salt1, salt2 } = request;
  const salts = salt2 === undefined ? salt1 : concatBytes(salt1, salt2);
  const saltEnc = shared.encrypt(salts);
  const extension = fields(
    [1, shared.keyAgreement],
    [2, saltEnc],
    [3, shared.authenticate(saltEnc)],
    // Keys that know protocol 1 only may know nothing of this field.
    [4, shared.protocol === 1 ? undefined : shared.protocol],
  );
  const clientDataHash = request.clientDataHash ?? new Uint8Array(randomBytes(32));
  const answer = await key.worded(
    CTAP.getAssertion,
    fields(
      [1, rpId],
      [2, clientDataHash],
      [3, credentials.map(described)],
      [4, fields(['hmac-secret', extension])],
      [6, token?.authenticate(clientDataHash)],
      [7, token?.protocol],
    ),
    request,
  );
  const used = credentialUsed(answer, credentials);
  const data = readAssertion(answer, rpId, used, clientDataHash, token !== null);
  const sealed = asBytes(data.extensions.get('hmac-secret'), 'the secret');
  const secrets = opened(shared, sealed, salts.length);
  const { userVerified, signCount } = data;
  return { secrets, credentialId: plainBytes(used.credentialId), userVerified, signCount };
}

function readAssertion(
  answer: CborMap,
  rpId: string,
  credential: KnownCredential,
  clientDataHash: Uint8Array,
  withPin: boolean,
): AuthenticatorData {
  const authenticatorData = asBytes(answer.get(2), 'the authenticator data');
  const data = readAuthenticatorData(authenticatorData);
  demandOurs(data, rpId, withPin);
  const signature = asBytes(answer.get(3), 'the signature');
  const signer = publicKeyOf(credential.publicKey);
  if (!isSignedBy(signer, authenticatorData, clientDataHash, signature)) {
    throw refuseFido('fido-forged', 'its signature is not that of the credential');
  }
  return data;
}

function opened(shared: SharedSecret, sealed: Uint8Array, length: number): Uint8Array[] {
  const plain = shared.decrypt(sealed);
  try {
    if (plain.length !== length) throw nonsense(`${plain.length} bytes of secret`);
    const secrets = [plain.slice(0, 32)];
    if (length > 32) secrets.push(plain.slice(32));
    return secrets;
  } finally {
    plain.fill(0);
  }
}

function described({ credentialId }: KnownCredential): CborMap {
  return new Map<string, CborItem>([
    ['id', plainBytes(credentialId)],
    ['type', 'public-key'],
  ]);
}

/** A key that was asked for one credential need not say which it used. */
function credentialUsed(answer: CborMap, asked: readonly KnownCredential[]): KnownCredential {
  const [only] = asked;
  if (!answer.has(1) && asked.length === 1 && only !== undefined) return only;
  const id = asBytes(asMap(answer.get(1), 'the credential').get('id'), 'the credential');
  const used = asked.find(({ credentialId }) => equalBytes(credentialId, id));
  if (used === undefined) throw nonsense('an answer for another credential');
  return used;
}

/**
 * Which of the credentials is on this key, asked without touch and without PIN, as many at a time
 * as the key takes. Null for a key that answers no such question.
 * @throws Refusal fido-wrong-key when it has none of them
 */
export async function credentialHere(
  key: Authenticator,
  rpId: string,
  credentials: readonly KnownCredential[],
  signal?: AbortSignal,
): Promise<KnownCredential | null> {
  if (credentials.length === 0) throw new RangeError('No credential to ask for.');
  const many = key.info.maxCredentials;
  for (let at = 0; at < credentials.length; at += many) {
    const some = credentials.slice(at, at + many);
    const request = fields(
      [1, rpId],
      [2, new Uint8Array(32)],
      [3, some.map(described)],
      [5, fields(['up', false])],
    );
    try {
      return credentialUsed(await key.command(CTAP.getAssertion, request, { signal }), some);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.status !== STATUS.noCredentials) return null;
    }
  }
  throw refuseFido('fido-wrong-key');
}
